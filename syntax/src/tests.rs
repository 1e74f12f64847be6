//! Tests that concern the crate as a whole; those of one module stand beside it.

mod codegen;
mod documents;
mod hostile;
mod productions;
mod properties;
mod rules;
