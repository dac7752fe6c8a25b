//! A corpus of generated wheels: good ones, which are accepted, and broken ones, each with one fault,
//! which are refused with its code and no other.
