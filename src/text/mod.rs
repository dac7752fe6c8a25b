//! Text that comes from outside: paths, names, values, and what other programs print.
//!
//! Takes text, gives text that can be shown to people and put into documents. Prints nothing.

pub(crate) mod credentials;
pub(crate) mod escape;
pub(crate) mod path;
