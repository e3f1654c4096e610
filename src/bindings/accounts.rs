//! `AccountKeys`: what a login, an address and a device become as the counters of an attempt.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::attempts::{Counters, Slowing};
use super::error::invalid;
use super::input::text;
use super::keyring::KeyRing;
use crate::primitives::accounts::{self, Account, Network};
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

#[pymethods]
impl AccountKeys {
    /// Digests under a key that is derived from the index key of the ring, which outlives its rotation.
    #[new]
    fn new(key_ring: &Bound<'_, KeyRing>) -> Result<Self> {
        accounts::AccountKeys::new(&key_ring.get().0).map(Self)
    }

    /// The counters of an account, of it from a network, and of the network; without an address, the first two.
    /// Raises `InvalidInput` and `InputTooLarge`.
    fn source(
        &self,
        database: &Bound<'_, PyAny>,
        login: &Bound<'_, PyAny>,
        client_ip: &Bound<'_, PyAny>,
        slowing: &Bound<'_, Slowing>,
    ) -> PyResult<Counters> {
        let account = self.account(database, login)?;
        let network = if client_ip.is_none() { None } else { Some(self.network_of(client_ip)?) };
        let source = account.key_from(network.as_ref());
        Ok(Counters::new([Some(account.key()), Some(source), network.map(|network| network.key())], slowing))
    }

    /// The counter of an account on a device. Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
    fn device(
        &self,
        database: &Bound<'_, PyAny>,
        login: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        slowing: &Bound<'_, Slowing>,
    ) -> PyResult<Counters> {
        let account = self.account(database, login)?;
        let device = device.cast::<PyBytes>().map_err(|_| Error::Parameter("what stands for a device is bytes"))?;
        Ok(Counters::new([Some(self.0.device(&account, device.as_bytes())?), None, None], slowing))
    }

    /// The counter of a network. Raises `InvalidInput`.
    fn network(&self, client_ip: &Bound<'_, PyAny>, slowing: &Bound<'_, Slowing>) -> PyResult<Counters> {
        Ok(Counters::new([Some(self.network_of(client_ip)?.key()), None, None], slowing))
    }
}
