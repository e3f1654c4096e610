//! The native core of zenoo-security: [`primitives`] that know nothing of Python, and thin `bindings` that know nothing else.

pub mod primitives;

#[cfg(feature = "python")]
mod bindings;
