//! A key ring from a passphrase, for those who cannot keep a file: argon2id (RFC 9106) or PBKDF2-HMAC-SHA256 (RFC 8018).
//!
//! The 32 bytes that come out are split by HKDF into the root key and the index key, so that a guess costs one whole
//! derivation whichever of the two an attacker is after.

use core::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::KeyRing;
use crate::primitives::derive::subkey;
use crate::primitives::passwords::{Budget, argon2id};
use crate::primitives::secret::Key;
use crate::primitives::{Error, Result};

/// NIST SP 800-63B-4 asks for 15 characters where a password stands alone.
const MIN_CHARS: usize = 15;

/// "aaaaaaaaaaaaaaa" has one.
const MIN_DIFFERENT_CHARS: usize = 6;

const MAX_PASSPHRASE_BYTES: usize = 4096;

/// How the passphrase is stretched.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Stretch {
    /// argon2id, version 0x13. RFC 9106, section 4, second recommended option: 65536 KiB, 3 passes, 4 lanes.
    Argon2id {
        /// 19456 (OWASP's least) to 4194304.
        memory_kib: u32,
        /// 2 to 100.
        passes: u32,
        /// 1 to 16.
        lanes: u32,
    },
    /// PBKDF2-HMAC-SHA256 with 600,000 (OWASP's least) to 100,000,000 rounds.
    Pbkdf2 {
        /// The rounds.
        rounds: u32,
    },
}

/// The ring that a passphrase and its salt always give: one primary key of id 1.
///
/// # Errors
/// [`Error::Parameter`] for a weak passphrase, a salt that is not 16 to 64 bytes, or a cost out of range.
pub fn key_ring(passphrase: &str, salt: &[u8], stretch: Stretch, created: &str) -> Result<KeyRing> {
    check_strength(passphrase)?;
    if !(16..=64).contains(&salt.len()) {
        return Err(Error::Parameter("the salt must be 16 to 64 random bytes, kept beside the passphrase"));
    }
    let mut stretched = [0; 32];
    stretch.derive(passphrase.as_bytes(), salt, &mut stretched)?;
    let master = Key::take(&mut stretched);
    let root = subkey(&master, &["zenoo-security/passphrase", "root"], &[])?;
    let index = subkey(&master, &["zenoo-security/passphrase", "index"], &[])?;
    KeyRing::with_one_key(1, created, root, index)
}

fn check_strength(passphrase: &str) -> Result<()> {
    const WEAK: Error =
        Error::Parameter("a passphrase needs at least 15 characters, 6 of them different, and at most 4096 bytes");
    if passphrase.len() > MAX_PASSPHRASE_BYTES {
        return Err(WEAK);
    }
    // The buffer never grows, so no part of the passphrase is left behind in freed memory.
    let mut characters = Zeroizing::new(Vec::with_capacity(passphrase.len()));
    characters.extend(passphrase.chars());
    let count = characters.len();
    characters.sort_unstable();
    characters.dedup();
    if count < MIN_CHARS || characters.len() < MIN_DIFFERENT_CHARS { Err(WEAK) } else { Ok(()) }
}

impl Stretch {
    fn derive(self, passphrase: &[u8], salt: &[u8], output: &mut [u8; 32]) -> Result<()> {
        match self {
            Self::Argon2id { memory_kib, passes, lanes } => {
                stretch_argon2id(passphrase, salt, (memory_kib, passes, lanes), output)
            }
            Self::Pbkdf2 { rounds } if (600_000..=100_000_000).contains(&rounds) => {
                pbkdf2::pbkdf2_hmac::<sha2::Sha256>(passphrase, salt, rounds, output);
                Ok(())
            }
            Self::Pbkdf2 { .. } => Err(Error::Parameter("PBKDF2 needs 600,000 to 100,000,000 rounds")),
        }
    }
}

fn stretch_argon2id(
    passphrase: &[u8],
    salt: &[u8],
    (memory_kib, passes, lanes): (u32, u32, u32),
    output: &mut [u8; 32],
) -> Result<()> {
    let in_range =
        (19_456..=4_194_304).contains(&memory_kib) && (2..=100).contains(&passes) && (1..=16).contains(&lanes);
    if !in_range {
        return Err(Error::Parameter("argon2id needs 19456 to 4194304 KiB, 2 to 100 passes and 1 to 16 lanes"));
    }
    let params = Params::new(memory_kib, passes, lanes, Some(output.len()));
    let params = params.map_err(|_| Error::Parameter("argon2id refuses these parameters"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // A budget of its own: a ring is derived at the start of a program, not at the request of a stranger.
    let budget = Budget::new(memory_kib, Duration::ZERO, usize::try_from(lanes).unwrap_or(1));
    let stretched = argon2id::tag(&argon2, passphrase, salt, output.len(), &budget)?;
    output.copy_from_slice(&stretched);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MAX_PASSPHRASE_BYTES, Stretch, check_strength, key_ring};
    use crate::primitives::Error;

    const SALT: &[u8] = b"0123456789abcdef";
    const CHEAPEST: Stretch = Stretch::Argon2id { memory_kib: 19_456, passes: 2, lanes: 1 };

    #[test]
    fn the_same_passphrase_gives_the_same_ring() {
        let ring = |passphrase, salt| key_ring(passphrase, salt, CHEAPEST, "2026-11-24").unwrap().to_json().unwrap();
        let one = ring("correct horse battery", SALT);
        assert_eq!(one, ring("correct horse battery", SALT));
        assert_ne!(one, ring("correct horse batterz", SALT));
        assert_ne!(one, ring("correct horse battery", b"0123456789abcdeg"));
        let rounds = Stretch::Pbkdf2 { rounds: 600_000 };
        assert_ne!(one, key_ring("correct horse battery", SALT, rounds, "2026-11-24").unwrap().to_json().unwrap());
    }

    #[test]
    fn every_bound_of_a_passphrase_is_exact() {
        let of_bytes = |bytes: usize| format!("{:f<1$}", "abcdé", bytes.saturating_sub(1));
        for fits in ["abcdéffffffffff", &of_bytes(MAX_PASSPHRASE_BYTES)] {
            assert_eq!(check_strength(fits), Ok(()), "{fits}");
        }
        for weak in ["abcdéfffffffff", "abcdeeeeeeeeeee", &of_bytes(MAX_PASSPHRASE_BYTES.saturating_add(1))] {
            assert!(matches!(check_strength(weak), Err(Error::Parameter(_))), "{weak}");
        }
    }

    #[test]
    fn weak_input_is_refused_before_any_work() {
        for (passphrase, salt, stretch) in [
            ("x", SALT, CHEAPEST),
            ("fourteen chars", SALT, CHEAPEST),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", SALT, CHEAPEST),
            (&"correct horse battery".repeat(200), SALT, CHEAPEST),
            ("correct horse battery", &SALT[1..], CHEAPEST),
            ("correct horse battery", SALT, Stretch::Pbkdf2 { rounds: 599_999 }),
            ("correct horse battery", SALT, Stretch::Pbkdf2 { rounds: 100_000_001 }),
            ("correct horse battery", SALT, Stretch::Argon2id { memory_kib: 1024, passes: 2, lanes: 1 }),
            ("correct horse battery", SALT, Stretch::Argon2id { memory_kib: u32::MAX, passes: 2, lanes: 1 }),
        ] {
            assert!(matches!(key_ring(passphrase, salt, stretch, "2026-11-24"), Err(Error::Parameter(_))));
        }
    }
}
