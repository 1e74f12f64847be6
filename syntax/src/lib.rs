//! Text to lossless syntax tree.

mod edition;

pub use edition::Edition;
pub use rowan::{TextRange, TextSize};
