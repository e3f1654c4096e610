//! `AccountKeys`: what a login, an address and a device become in the keys of counters.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use super::error::invalid;
use super::input::text;
use super::keyring::KeyRing;
use crate::primitives::accounts::{self, Account, CounterKey, Network};
use crate::primitives::{Error, Result};

/// Keys of counters of attempts, made of keyed digests (HMAC-SHA256) of accounts, networks and devices.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(super) struct AccountKeys(accounts::AccountKeys);

impl AccountKeys {
    fn account(&self, database: &Bound<'_, PyAny>, login: &Bound<'_, PyAny>) -> PyResult<Account> {
        let py = login.py();
        let database = text(database).and_then(|database| accounts::check_database(database).map(|()| database));
        let database = database.map_err(|error| invalid(py, error, Some("database")))?;
        let account = text(login).and_then(|login| self.0.account(database, login));
        account.map_err(|error| invalid(py, error, Some("username")))
    }

    fn network_of(&self, client_ip: &Bound<'_, PyAny>) -> PyResult<Network> {
        let network = text(client_ip).and_then(|address| self.0.network(address));
        network.map_err(|error| invalid(client_ip.py(), error, Some("client_ip")))
    }
}

fn key<'py>(py: Python<'py>, key: &CounterKey) -> Bound<'py, PyBytes> {
    PyBytes::new(py, key.as_bytes())
}

#[pymethods]
impl AccountKeys {
    /// Digests under a key that is derived from the index key of the ring, which outlives its rotation.
    #[new]
    fn new(key_ring: &Bound<'_, KeyRing>) -> Result<Self> {
        accounts::AccountKeys::new(&key_ring.get().0).map(Self)
    }

    /// The keys of an account, of it from a network, and of the network; without an address, the first two.
    /// Raises `InvalidInput` and `InputTooLarge`.
    fn source<'py>(
        &self,
        database: &Bound<'py, PyAny>,
        login: &Bound<'py, PyAny>,
        client_ip: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = login.py();
        let account = self.account(database, login)?;
        let first = key(py, &account.key());
        if client_ip.is_none() {
            return PyTuple::new(py, [first, key(py, &account.key_from(None))]);
        }
        let network = self.network_of(client_ip)?;
        PyTuple::new(py, [first, key(py, &account.key_from(Some(&network))), key(py, &network.key())])
    }

    /// The key of an account on a device. Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
    fn device<'py>(
        &self,
        database: &Bound<'py, PyAny>,
        login: &Bound<'py, PyAny>,
        device: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let account = self.account(database, login)?;
        let device = device.cast::<PyBytes>().map_err(|_| Error::Parameter("what stands for a device is bytes"))?;
        Ok(key(login.py(), &self.0.device(&account, device.as_bytes())?))
    }

    /// The key of a network. Raises `InvalidInput`.
    fn network<'py>(&self, client_ip: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(key(client_ip.py(), &self.network_of(client_ip)?.key()))
    }
}
