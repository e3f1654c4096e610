//! The chain of an audit file: a tag for each line, HMAC-SHA256 (RFC 2104) over the tag before it and the line itself.
//!
//! There is a key for each key of a ring, derived from its root for this purpose alone. A line names the id of its key, so
//! that the lines before a rotation of the ring can still be checked.

mod secrets;
mod text;
mod time;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::derive::subkey;
use super::keyring::KeyRing;
use super::{Error, Result};
pub use secrets::names_secret;
pub use text::Line;

/// The length of a tag.
pub const TAG_BYTES: usize = 32;

const PURPOSE: &str = "zenoo-security/audit";

/// The tag of a line. That before the first line is all zeros.
pub type Tag = [u8; TAG_BYTES];

/// The keys of a ring for audit files: all but the retired ones.
pub struct AuditKeys {
    primary_id: u32,
    keys: Vec<(u32, Hmac<Sha256>)>,
}

impl AuditKeys {
    /// Derives the keys.
    ///
    /// # Errors
    /// None in practice, see [`subkey`].
    pub fn new(ring: &KeyRing) -> Result<Self> {
        let usable = ring.keys().iter().filter_map(|key| ring.usable(key.id()));
        let keys = usable.map(|(_, key)| {
            let derived = subkey(key.root(), &[PURPOSE], &[])?;
            let mac = Hmac::new_from_slice(derived.expose());
            mac.map(|mac| (key.id(), mac)).map_err(|_| Error::Parameter("HMAC takes keys of every length"))
        });
        Ok(Self { primary_id: ring.primary_id(), keys: keys.collect::<Result<_>>()? })
    }

    /// The id of the key that new lines are tagged with.
    #[must_use]
    pub const fn primary_id(&self) -> u32 {
        self.primary_id
    }

    /// The tag of a line after the one that has the tag `previous`; nothing when the ring has no such key.
    #[must_use]
    pub fn tag(&self, key_id: u32, previous: &Tag, line: &[u8]) -> Option<Tag> {
        let (_, mac) = self.keys.iter().find(|(id, _)| *id == key_id)?;
        Some(mac.clone().chain_update(previous).chain_update(line).finalize().into_bytes().into())
    }
}

impl core::fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AuditKeys(<secret>)")
    }
}

#[cfg(test)]
mod tests {
    use super::AuditKeys;
    use crate::primitives::keyring::KeyRing;

    const DAY: &str = "2026-11-24";
    const NONE: super::Tag = [0; 32];

    #[test]
    fn debug_shows_no_key() {
        let keys = AuditKeys::new(&KeyRing::generate(DAY).unwrap()).unwrap();
        assert_eq!(format!("{keys:?}"), "AuditKeys(<secret>)");
    }

    #[test]
    fn a_rotation_keeps_the_tags_of_the_key_before_it() {
        let ring = KeyRing::generate(DAY).unwrap();
        let (old, new) = (AuditKeys::new(&ring).unwrap(), AuditKeys::new(&ring.rotate(DAY).unwrap()).unwrap());
        assert_eq!((old.primary_id(), new.primary_id()), (1, 2));
        assert_eq!(old.tag(1, &NONE, b"a"), new.tag(1, &NONE, b"a"));
        assert_ne!(new.tag(1, &NONE, b"a"), new.tag(2, &NONE, b"a"));
    }

    #[test]
    fn a_tag_depends_on_the_one_before_and_on_the_line() {
        let keys = AuditKeys::new(&KeyRing::generate(DAY).unwrap()).unwrap();
        let tag = keys.tag(1, &NONE, b"a").unwrap();
        assert_ne!(keys.tag(1, &NONE, b"b"), Some(tag));
        assert_ne!(keys.tag(1, &tag, b"a"), Some(tag));
    }

    #[test]
    fn unknown_and_retired_keys_tag_nothing() {
        let ring = KeyRing::generate(DAY).unwrap().rotate(DAY).unwrap().retire(1).unwrap();
        let keys = AuditKeys::new(&ring).unwrap();
        assert!(keys.tag(1, &NONE, b"a").is_none() && keys.tag(3, &NONE, b"a").is_none());
    }
}
