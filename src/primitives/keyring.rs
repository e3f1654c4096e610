//! The key ring: root keys with ids and states, and one root key for blind indexes.
//!
//! Changing a ring makes a new one; the keys themselves are shared between the two and wiped when the last is dropped.
//! The JSON form is in [`document`], the form that a key-encryption key protects in [`wrap`].

mod document;
pub mod passphrase;
mod wrap;

pub use wrap::KeyEncryptionKey;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secret::Key;
use super::{Error, Result};

/// A ring has at most this many keys.
pub const MAX_KEYS: usize = 100;

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// Encrypts and decrypts. Exactly one key of a ring is primary.
    Primary,
    /// Decrypts what it once encrypted, or will encrypt soon.
    DecryptOnly,
    /// Does nothing; it stays in the ring so that its id is not given out again.
    Retired,
}

impl State {
    /// The name of the state, as the JSON document has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::DecryptOnly => "decrypt-only",
            Self::Retired => "retired",
        }
    }
}

/// One root key of a ring.
#[derive(Debug, Clone)]
pub struct RingKey {
    id: u32,
    state: State,
    created: Box<str>,
    root: Arc<Key>,
}

impl RingKey {
    /// The id that every envelope of this key carries; never 0.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What the key may be used for.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// The day on which the key was made, `YYYY-MM-DD`.
    #[must_use]
    pub fn created(&self) -> &str {
        &self.created
    }

    /// The root key, for the derivation of subkeys.
    #[must_use]
    pub fn root(&self) -> &Key {
        &self.root
    }
}

/// Root keys with ids and states. `Debug` shows no key.
#[derive(Debug, Clone)]
pub struct KeyRing {
    keys: Vec<RingKey>,
    index: Arc<Key>,
}

impl KeyRing {
    /// A ring with one fresh primary key, id 1, and a fresh index key. `created` is today's date, `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`Error::Randomness`]; [`Error::Parameter`] when `created` is not a date.
    pub fn generate(created: &str) -> Result<Self> {
        Self::with_one_key(1, created, Key::generate()?, Key::generate()?)
    }

    /// A ring with one primary key, from key material made elsewhere.
    fn with_one_key(id: u32, created: &str, root: Key, index: Key) -> Result<Self> {
        let key = RingKey { id, state: State::Primary, created: date(created)?.into(), root: Arc::new(root) };
        Self::checked(vec![key], Arc::new(index))
    }

    /// Reads the JSON document of `docs/formats.md`.
    ///
    /// # Errors
    /// [`Error::KeyRing`] with what is wrong; never with what was read.
    pub fn from_json(text: &str) -> Result<Self> {
        document::parse(text)
    }

    /// Writes the JSON document. **It holds the keys.**
    ///
    /// # Errors
    /// [`Error::KeyRing`] should the document not serialize.
    pub fn to_json(&self) -> Result<Zeroizing<String>> {
        document::write(self)
    }

    /// The ring with a fresh decrypt-only key, whose id comes second. Give that ring to every process before
    /// [`KeyRing::promote`] makes the key encrypt.
    ///
    /// # Errors
    /// [`Error::Randomness`]; [`Error::KeyRing`] when the ring is full; [`Error::Parameter`] when `created` is no date.
    pub fn add(&self, created: &str) -> Result<(Self, u32)> {
        let highest = self.keys.iter().map(RingKey::id).max().unwrap_or(0);
        let id = highest.checked_add(1).ok_or(Error::KeyRing("the key ring has no free key id left"))?;
        let root = Arc::new(Key::generate()?);
        let mut keys = self.keys.clone();
        keys.push(RingKey { id, state: State::DecryptOnly, created: date(created)?.into(), root });
        Ok((Self::checked(keys, Arc::clone(&self.index))?, id))
    }

    /// The ring with the key of this id as primary, and the primary one until now decrypt-only.
    ///
    /// # Errors
    /// [`Error::KeyRing`] when the ring has no such key, or it is retired.
    pub fn promote(&self, id: u32) -> Result<Self> {
        self.usable(id).ok_or(Error::KeyRing("the key ring has no key of this id that is not retired"))?;
        let mut keys = self.keys.clone();
        for key in &mut keys {
            match key.state {
                _ if key.id == id => key.state = State::Primary,
                State::Primary => key.state = State::DecryptOnly,
                State::DecryptOnly | State::Retired => {}
            }
        }
        Self::checked(keys, Arc::clone(&self.index))
    }

    /// The ring with a fresh primary key, and the primary one until now decrypt-only.
    ///
    /// # Errors
    /// As [`KeyRing::add`].
    pub fn rotate(&self, created: &str) -> Result<Self> {
        let (ring, id) = self.add(created)?;
        ring.promote(id)
    }

    /// The ring with this key retired: what it encrypted can no longer be read.
    ///
    /// # Errors
    /// [`Error::KeyRing`] when the ring has no such key, or it is the primary one.
    pub fn retire(&self, id: u32) -> Result<Self> {
        let mut keys = self.keys.clone();
        match keys.iter_mut().find(|key| key.id == id) {
            Some(key) if key.state != State::Primary => key.state = State::Retired,
            Some(_) => return Err(Error::KeyRing("the primary key cannot be retired: rotate first")),
            None => return Err(Error::KeyRing("the key ring has no key of this id")),
        }
        Self::checked(keys, Arc::clone(&self.index))
    }

    /// All keys, in the order of the document.
    #[must_use]
    pub fn keys(&self) -> &[RingKey] {
        &self.keys
    }

    /// The position and the key of this id, unless it is retired.
    #[must_use]
    pub fn usable(&self, id: u32) -> Option<(usize, &RingKey)> {
        self.keys.iter().enumerate().find(|(_, key)| key.id == id && key.state != State::Retired)
    }

    /// The id of the key that encrypts.
    #[must_use]
    pub fn primary_id(&self) -> u32 {
        // `checked` lets no ring exist without a primary key, and no key has the id 0.
        self.keys.iter().find(|key| key.state == State::Primary).map_or(0, RingKey::id)
    }

    /// The root key of blind indexes.
    #[must_use]
    pub fn index(&self) -> &Key {
        &self.index
    }

    /// The only constructor: a ring that breaks a rule does not exist.
    fn checked(keys: Vec<RingKey>, index: Arc<Key>) -> Result<Self> {
        if keys.len() > MAX_KEYS {
            return Err(Error::KeyRing("the key ring has more than 100 keys"));
        }
        if keys.iter().filter(|key| key.state == State::Primary).count() != 1 {
            return Err(Error::KeyRing("the key ring must have exactly one primary key"));
        }
        let mut ids: Vec<_> = keys.iter().map(RingKey::id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != keys.len() || ids.first() == Some(&0) {
            return Err(Error::KeyRing("the ids of a key ring are different numbers from 1 on"));
        }
        Ok(Self { keys, index })
    }
}

/// Checks the form of a date: `YYYY-MM-DD`.
fn date(text: &str) -> Result<&str> {
    let in_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let within = |range, low, high| text.get(range).is_some_and(|part| (low..=high).contains(&part));
    if in_form && within(5..7, "01", "12") && within(8..10, "01", "31") {
        Ok(text)
    } else {
        Err(Error::Parameter("created must be a date, YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRing, State, date};
    use crate::primitives::Error;

    const DAY: &str = "2026-11-24";

    #[test]
    fn rotation_keeps_the_old_key_for_decryption() {
        let old = KeyRing::generate(DAY).unwrap();
        let new = old.rotate(DAY).unwrap();
        assert_eq!((old.primary_id(), new.primary_id()), (1, 2));
        assert_eq!(new.usable(1).unwrap().1.state(), State::DecryptOnly);
        assert_eq!(new.usable(1).unwrap().1.root().expose(), old.keys()[0].root().expose());
        assert_eq!(new.index().expose(), old.index().expose());
    }

    #[test]
    fn a_key_can_be_handed_out_before_it_encrypts() {
        let (ring, id) = KeyRing::generate(DAY).unwrap().add(DAY).unwrap();
        assert_eq!((ring.primary_id(), id), (1, 2));
        assert_eq!(ring.promote(2).unwrap().primary_id(), 2);
        assert!(matches!(ring.promote(3), Err(Error::KeyRing(_))));
    }

    #[test]
    fn a_retired_key_is_not_usable_and_its_id_stays_taken() {
        let ring = KeyRing::generate(DAY).unwrap().rotate(DAY).unwrap();
        assert!(matches!(ring.retire(2), Err(Error::KeyRing(_))));
        let ring = ring.retire(1).unwrap();
        assert!(ring.usable(1).is_none());
        assert!(matches!(ring.promote(1), Err(Error::KeyRing(_))));
        assert_eq!(ring.add(DAY).unwrap().1, 3);
    }

    #[test]
    fn the_json_document_comes_back() {
        let ring = KeyRing::generate(DAY).unwrap().rotate(DAY).unwrap().rotate(DAY).unwrap().retire(1).unwrap();
        let text = ring.to_json().unwrap();
        let again = KeyRing::from_json(&text).unwrap();
        assert_eq!(*again.to_json().unwrap(), *text);
        assert_eq!(again.primary_id(), 3);
    }

    #[test]
    fn a_full_ring_takes_no_more_keys() {
        let mut ring = KeyRing::generate(DAY).unwrap();
        for _ in 1..super::MAX_KEYS {
            ring = ring.rotate(DAY).unwrap();
        }
        assert!(matches!(ring.rotate(DAY), Err(Error::KeyRing(_))));
    }

    #[test]
    fn debug_shows_no_key() {
        let text = format!("{:?}", KeyRing::generate(DAY).unwrap());
        assert!(text.contains("<secret>") && !text.contains('['.to_string().repeat(2).as_str()), "{text}");
    }

    #[test]
    fn dates_have_one_form() {
        assert!(date("2026-11-24").is_ok());
        for text in ["", "2026-13-01", "2026-00-01", "2026-01-32", "26-01-01", "2026/01/01", "2026-1-011", "２026-01-1"]
        {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
