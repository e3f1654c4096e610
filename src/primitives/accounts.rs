//! Keys of counters: keyed digests of an account, of the network that an attempt comes from, and of a device.
//!
//! HMAC-SHA256 (RFC 2104), the first 16 bytes, under a key that HKDF derives from the index key of a ring: the digests stay
//! the same when the ring is rotated, and tell nothing of what people typed into the field for the login. Two of a
//! billion accounts share a digest with probability 1.5e-21 (`n^2 / 2^129`).
//!
//! Who attempts what is written as
//!
//! - `attempt/a/` and the digest of the account,
//! - `attempt/p/` and the digests of the account and of the network; without an address, of the account alone,
//! - `attempt/n/` and the digest of the network,
//! - `attempt/d/` and the digests of the account and of the device.

mod login;
mod network;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::derive::subkey;
use super::keyring::KeyRing;
use super::validate::codes;
use super::{Error, Result};
pub use login::{MAX_LOGIN_BYTES, check_login};

/// The longest name of a database in bytes.
pub const MAX_DATABASE_BYTES: usize = 255;
/// How long what stands for a device may be, in bytes.
pub const DEVICE_BYTES: core::ops::RangeInclusive<usize> = 16..=64;

const PURPOSE: &str = "zenoo-security/attempts";
const DIGEST_BYTES: usize = 16;

/// The first byte of what is hashed.
const ACCOUNT: u8 = b'a';
const NETWORK: u8 = b'n';
const DEVICE: u8 = b'd';

type Digest = [u8; DIGEST_BYTES];

/// Makes the keys of counters.
pub struct AccountKeys(Hmac<Sha256>);

/// A key: one of the four words above, and one or two digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterKey {
    bytes: [u8; Self::WORD + 2 * DIGEST_BYTES],
    length: usize,
}

impl AccountKeys {
    /// Derives the key of the digests.
    ///
    /// # Errors
    /// None in practice, see [`subkey`].
    pub fn new(ring: &KeyRing) -> Result<Self> {
        let key = subkey(ring.index(), &[PURPOSE], &[])?;
        Hmac::new_from_slice(key.expose()).map(Self).map_err(|_| Error::Parameter("HMAC takes keys of every length"))
    }

    /// The digest of an account: of the database, with its length before it, and of the canonical login.
    /// [`check_database`] is asked before, so that an error tells of the login.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it cannot be a login.
    pub fn account(&self, database: &str, login: &str) -> Result<Account> {
        let length = u32::try_from(database.len()).unwrap_or(u32::MAX).to_be_bytes();
        let mac = self.0.clone().chain_update([ACCOUNT]).chain_update(length).chain_update(database);
        login::canonical(login, |login| digest(mac, login)).map(Account)
    }

    /// The digest of the network of an address.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the text is no address.
    pub fn network(&self, address: &str) -> Result<Network> {
        network::with_prefix(address, |prefix| digest(self.0.clone().chain_update([NETWORK]), prefix)).map(Network)
    }

    /// `attempt/d/`: an account on a device.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `device` has not [`DEVICE_BYTES`].
    pub fn device(&self, account: &Account, device: &[u8]) -> Result<CounterKey> {
        if !DEVICE_BYTES.contains(&device.len()) {
            return Err(Error::Parameter("what stands for a device has 16 to 64 bytes"));
        }
        let digest = digest(self.0.clone().chain_update([DEVICE]), device);
        Ok(CounterKey::new(b"attempt/d/", &account.0, &digest))
    }
}

impl core::fmt::Debug for AccountKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AccountKeys(<secret>)")
    }
}

/// An account, digested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account(Digest);

impl Account {
    /// `attempt/a/`: the account, wherever an attempt comes from.
    pub fn key(&self) -> CounterKey {
        CounterKey::new(b"attempt/a/", &self.0, &[])
    }

    /// `attempt/p/`: the account from a network, or from nobody knows where.
    pub fn key_from(&self, network: Option<&Network>) -> CounterKey {
        CounterKey::new(b"attempt/p/", &self.0, network.map_or(&[], |network| &network.0))
    }
}

/// A network, digested: an IPv4 address, or an IPv6 network of /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(Digest);

impl Network {
    /// `attempt/n/`: the network, whatever the account.
    pub fn key(&self) -> CounterKey {
        CounterKey::new(b"attempt/n/", &self.0, &[])
    }
}

impl CounterKey {
    const WORD: usize = 10;

    fn new(word: &[u8; Self::WORD], first: &[u8], second: &[u8]) -> Self {
        let mut bytes = [0; Self::WORD + 2 * DIGEST_BYTES];
        let mut length = 0_usize;
        for part in [word, first, second] {
            let end = length.saturating_add(part.len());
            if let Some(place) = bytes.get_mut(length..end) {
                place.copy_from_slice(part);
                length = end;
            }
        }
        Self { bytes, length }
    }

    /// The key itself.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }
}

fn digest(mac: Hmac<Sha256>, last: &[u8]) -> Digest {
    let full: [u8; 32] = mac.chain_update(last).finalize().into_bytes().into();
    full.first_chunk().copied().unwrap_or_default()
}

/// The name of a database is taken as it is.
///
/// # Errors
/// `empty`, `control` or `too_long` of [`codes`].
pub fn check_database(database: &str) -> Result<()> {
    match database.len() {
        0 => Err(codes::EMPTY),
        1..=MAX_DATABASE_BYTES if database.contains('\0') => Err(codes::CONTROL),
        1..=MAX_DATABASE_BYTES => Ok(()),
        _ => Err(codes::TOO_LONG),
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, AccountKeys, CounterKey, check_database};
    use crate::primitives::Error;
    use crate::primitives::keyring::KeyRing;
    use crate::primitives::validate::codes;

    fn keys() -> (KeyRing, AccountKeys) {
        let ring = KeyRing::generate("2026-11-24").unwrap();
        let keys = AccountKeys::new(&ring).unwrap();
        (ring, keys)
    }

    #[test]
    fn keys_outlive_a_rotation_and_no_other_ring_makes_them() {
        let (ring, keys) = keys();
        let account = keys.account("prod", "anna").unwrap();
        let rotated = AccountKeys::new(&ring.rotate("2026-11-25").unwrap()).unwrap();
        assert_eq!(rotated.account("prod", "anna").unwrap(), account);
        assert_ne!(self::keys().1.account("prod", "anna").unwrap(), account);
    }

    #[test]
    fn the_four_kinds_are_apart() {
        let (_, keys) = keys();
        let account = keys.account("prod", "anna").unwrap();
        let network = keys.network("203.0.113.9").unwrap();
        let device = keys.device(&account, &[7; 32]).unwrap();
        let all = [
            (account.key(), "attempt/a/", 26),
            (account.key_from(Some(&network)), "attempt/p/", 42),
            (account.key_from(None), "attempt/p/", 26),
            (network.key(), "attempt/n/", 26),
            (device, "attempt/d/", 42),
        ];
        for (index, (key, word, length)) in all.iter().enumerate() {
            assert!(key.as_bytes().starts_with(word.as_bytes()));
            assert_eq!(key.as_bytes().len(), *length);
            assert!(all.iter().skip(index + 1).all(|(other, ..)| other != key));
        }
    }

    #[test]
    fn no_two_accounts_are_written_alike() {
        let (_, keys) = keys();
        let of = |database, login| -> Account { keys.account(database, login).unwrap() };
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert_ne!(of("Prod", "anna"), of("prod", "anna"));
        assert_eq!(of("prod", " ANNA\n"), of("prod", "anna"));
    }

    #[test]
    fn what_is_no_account_or_device_is_refused() {
        let (_, keys) = keys();
        for login in ["", " \t", "b\0", &"x".repeat(1025)] {
            assert!(matches!(keys.account("prod", login), Err(Error::Invalid(_))));
        }
        let refused = [("", codes::EMPTY), ("a\0", codes::CONTROL), (&"x".repeat(256), codes::TOO_LONG)];
        for (database, code) in refused {
            assert_eq!(check_database(database), Err(code));
        }
        assert_eq!(check_database(&"x".repeat(255)), Ok(()));
        let account = keys.account("a", "b").unwrap();
        assert!(keys.device(&account, &[0; 15]).is_err() && keys.device(&account, &[0; 65]).is_err());
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", keys().1), "AccountKeys(<secret>)");
    }

    #[test]
    fn a_key_is_its_word_and_its_digests() {
        assert_eq!(CounterKey::new(b"attempt/n/", b"xy", b"z").as_bytes(), b"attempt/n/xyz");
    }
}
