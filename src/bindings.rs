//! The Python module: a list of what it exports, and nothing else.

mod blind_index;
mod contexts;
mod error;
mod fields;
mod keyring;
mod places;
mod values;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use super::blind_index::BlindIndex;
    #[pymodule_export]
    use super::fields::{FieldCipher, Undecryptable};
    #[pymodule_export]
    use super::keyring::KeyRing;

    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
