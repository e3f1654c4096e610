//! The scheme of a stored hash, by its prefix.

use crate::primitives::{Error, Result};

/// No hash of a known scheme is longer: a PBKDF2 hash with passlib's longest salt (1,024 bytes) has 1,479 characters.
const MAX_HASH_LEN: usize = 1500;

/// What a stored hash was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// `$argon2id$`, RFC 9106: the only one that new hashes get.
    Argon2id,
    /// `$argon2i$`, RFC 9106.
    Argon2i,
    /// `$argon2d$`, RFC 9106.
    Argon2d,
    /// `$2a$`, `$2b$`, `$2y$`. Not `$2x$`, which marks the hashes of an old fault, nor the first `$2$`.
    Bcrypt,
    /// `$pbkdf2-sha256$`, as passlib writes it.
    Pbkdf2Sha256,
    /// `$pbkdf2-sha512$`, as passlib writes it; what Odoo stores.
    Pbkdf2Sha512,
}

const PREFIXES: [(&str, Scheme); 8] = [
    ("$argon2id$", Scheme::Argon2id),
    ("$argon2i$", Scheme::Argon2i),
    ("$argon2d$", Scheme::Argon2d),
    ("$2a$", Scheme::Bcrypt),
    ("$2b$", Scheme::Bcrypt),
    ("$2y$", Scheme::Bcrypt),
    ("$pbkdf2-sha256$", Scheme::Pbkdf2Sha256),
    ("$pbkdf2-sha512$", Scheme::Pbkdf2Sha512),
];

impl Scheme {
    /// The scheme that the prefix names, and the text after the prefix. The rest of the hash is not looked at.
    ///
    /// # Errors
    /// [`Error::HashUnsupported`] for any other prefix, [`Error::HashMalformed`] when the text is far too long.
    pub fn recognize(text: &str) -> Result<(Self, &str)> {
        if text.len() > MAX_HASH_LEN {
            return Err(Error::HashMalformed);
        }
        PREFIXES
            .iter()
            .find_map(|(prefix, scheme)| Some((*scheme, text.strip_prefix(prefix)?)))
            .ok_or(Error::HashUnsupported)
    }

    /// The name in messages and settings: passlib's, where passlib has one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argon2id => "argon2id",
            Self::Argon2i => "argon2i",
            Self::Argon2d => "argon2d",
            Self::Bcrypt => "bcrypt",
            Self::Pbkdf2Sha256 => "pbkdf2_sha256",
            Self::Pbkdf2Sha512 => "pbkdf2_sha512",
        }
    }
}
