/// An edition of the language. One frontend serves both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Edition {
    #[default]
    E2023,
    E2026,
}
