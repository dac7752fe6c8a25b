//! Text that comes from outside: paths, names, values, and what other programs print.
//!
//! Takes text and gives text that is safe to print and to put into documents. Prints nothing.

pub(crate) mod credentials;
pub(crate) mod escape;
pub(crate) mod list;
pub(crate) mod path;
pub(crate) mod place;
pub(crate) mod table;
pub(crate) mod wrap;
