//! What stands in a batch where a value could not be decrypted.

use pyo3::prelude::*;

use crate::primitives::fields;

/// In place of a value that cannot be decrypted. It is false, equal only to itself, and no cipher encrypts it: it cannot be
/// written back by mistake.
#[pyclass(frozen, module = "zenoo_security.fields")]
pub(crate) struct Undecryptable {
    /// The key id that the token names, or None when it is not a well-formed token.
    #[pyo3(get)]
    key_id: Option<u32>,
}

impl Undecryptable {
    pub(super) fn of(token: &str) -> Self {
        Self { key_id: fields::key_id(token).ok() }
    }
}

#[pymethods]
impl Undecryptable {
    #[expect(clippy::unused_self, reason = "Python's protocol")]
    const fn __bool__(&self) -> bool {
        false
    }

    fn __repr__(&self) -> String {
        self.key_id.map_or_else(|| "<Undecryptable>".to_owned(), |id| format!("<Undecryptable key_id={id}>"))
    }
}
