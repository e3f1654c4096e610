//! Why a text does not open.

use super::envelope::key_id;
use crate::primitives::keyring::{KeyRing, RingKey, State};

/// Why a text does not open, with the key id of a token. It follows from what everyone can see, the text and the ids and
/// states of the ring, so an attacker who is told it learns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is no token, so nothing that we encrypted.
    Plaintext,
    /// The ring has no key of this id.
    UnknownKey(u32),
    /// The key of this id is retired.
    RetiredKey(u32),
    /// The tag does not fit: another context, another key of the same id, or not what was written.
    Altered(u32),
}

impl Reason {
    /// The reason for a text that was tried with this ring and did not open.
    #[must_use]
    pub fn of(ring: &KeyRing, text: &str) -> Self {
        let Ok(id) = key_id(text) else { return Self::Plaintext };
        match ring.keys().iter().find(|key| key.id() == id).map(RingKey::state) {
            None => Self::UnknownKey(id),
            Some(State::Retired) => Self::RetiredKey(id),
            Some(State::Primary | State::DecryptOnly) => Self::Altered(id),
        }
    }

    /// The name of the reason, as an audit log has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "plaintext",
            Self::UnknownKey(_) => "unknown_key",
            Self::RetiredKey(_) => "retired_key",
            Self::Altered(_) => "altered",
        }
    }

    /// The key id of the token; a text that is none has none.
    #[must_use]
    pub const fn key_id(self) -> Option<u32> {
        match self {
            Self::Plaintext => None,
            Self::UnknownKey(id) | Self::RetiredKey(id) | Self::Altered(id) => Some(id),
        }
    }
}
