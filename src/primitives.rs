//! The primitives. None of them reads a clock, a file or the environment; randomness comes through [`random`] alone.

pub mod accounts;
mod aead;
pub mod attempts;
pub mod audit;
pub mod blind_index;
mod casefold;
pub mod derive;
pub mod error;
pub mod fields;
pub mod json;
pub mod keyring;
pub mod limits;
pub mod otp;
pub mod passwords;
pub mod qr;
pub mod random;
pub mod sanitize;
pub mod secret;
pub mod validate;
pub mod web;

pub use error::{Error, Result};
