//! Tests that concern the crate as a whole; those of one module stand beside it.

mod codegen;
mod hostile;
mod properties;
mod rules;
