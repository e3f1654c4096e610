//! The primitives. None of them reads a clock, a file or the environment; randomness comes through [`random`] alone.

pub mod error;
pub mod random;
pub mod sanitize;
pub mod secret;
pub mod validate;

pub use error::{Error, Result};
