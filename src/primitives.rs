//! The primitives. None of them reads a clock, a file or the environment; randomness comes through [`random`] alone.

pub mod blind_index;
pub mod derive;
pub mod error;
pub mod fields;
pub mod keyring;
pub mod random;
pub mod secret;

pub use error::{Error, Result};
