//! The native core of zenoo-security: [`primitives`] that know nothing of Python, a [`shared_file`] that
//! processes have in common, and thin `bindings` that know nothing else.

pub mod primitives;
pub mod shared_file;

#[cfg(feature = "python")]
mod bindings;
