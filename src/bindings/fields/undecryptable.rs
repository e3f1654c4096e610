//! What stands in a batch where a value could not be decrypted.

use pyo3::prelude::*;

use crate::primitives::fields::Reason;
use crate::primitives::keyring::KeyRing;

/// In place of a value that cannot be decrypted. It is false, equal only to itself, and no cipher encrypts it: it cannot be
/// written back by mistake.
#[pyclass(frozen, module = "zenoo_security.fields")]
pub(crate) struct Undecryptable(Reason);

impl Undecryptable {
    pub(super) fn of(ring: &KeyRing, token: &str) -> Self {
        Self(Reason::of(ring, token))
    }
}

#[pymethods]
impl Undecryptable {
    /// `"plaintext"`, `"unknown_key"`, `"retired_key"` or `"altered"`.
    #[getter]
    const fn reason(&self) -> &'static str {
        self.0.name()
    }

    /// The key id that the token names, or None when it is not a well-formed token.
    #[getter]
    const fn key_id(&self) -> Option<u32> {
        self.0.key_id()
    }

    #[expect(clippy::unused_self, reason = "Python's protocol")]
    const fn __bool__(&self) -> bool {
        false
    }

    fn __repr__(&self) -> String {
        let key_id = self.0.key_id().map_or_else(String::new, |id| format!(" key_id={id}"));
        format!("<Undecryptable {}{key_id}>", self.0.name())
    }
}
