//! The primitives. None of them reads a clock, a file or the environment; randomness comes through [`random`] alone.

pub mod error;
pub mod limits;
pub mod random;
pub mod secret;

pub use error::{Error, Result};
