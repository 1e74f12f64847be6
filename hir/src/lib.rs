//! What S++ code means: names, types, control flow, ownership and where every value lives.
//!
//! Everything here is a pure function of the inputs in [`db`]: no file is read, no clock looked at. Queries are
//! memoised by salsa. Data that crosses a function's border carries no text positions (so that typing inside a body
//! invalidates nothing outside it); positions inside a function are relative to the start of that function's node.

pub mod alloc_summary;
pub mod body;
pub mod call_graph;
pub mod db;
pub mod diagnostic;
pub mod diagnostics;
pub mod display;
pub mod eviction;
pub mod facts;
pub mod frame;
pub mod green;
pub mod ids;
pub mod infer;
pub mod item_tree;
pub mod items;
pub mod lang;
mod latest;
pub mod layout;
pub mod library;
pub mod lower;
pub mod members;
pub mod mir;
pub mod ownership;
pub mod parse;
pub mod placement;
pub mod resolve;
pub mod scope;
pub mod semantics;
pub mod signature;
pub mod similar;
pub mod sups;
pub mod transfer;
pub mod ty;
pub mod type_ref;
pub mod unify;

pub use db::{Database, Db, File, Program, ProgramKind};
pub use diagnostic::{Diagnostic, Severity};
pub use diagnostics::file_diagnostics;
pub use ids::{ClassId, FuncId, ItemId, LocalItemId, Name, SupId};
pub use ty::{Convention, Ty, TyArgs};
