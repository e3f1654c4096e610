//! Password hashes: argon2id made and verified; the schemes that other systems left behind verified only.
//!
//! A stored hash is parsed once, into a [`StoredHash`] that cannot be malformed and whose cost is within the caps.
//! A password is a string of bytes, taken exactly as given: no trimming, no Unicode normalization, no truncation.

pub mod argon2id;
mod bcrypt;
pub mod budget;
mod lanes;
mod parse;
mod pbkdf2;
mod pbkdf2_sha512;
mod phc;
pub mod scheme;

pub use argon2id::Parameters;
pub use budget::Budget;
pub use scheme::Scheme;

use core::fmt;

use ::argon2::Algorithm;

use super::{Error, Result};

/// The longest password that is accepted, in bytes. It bounds the work that a request can ask for.
pub const MAX_PASSWORD_LEN: usize = 4096;

/// A password hash as it was stored: well formed, of a known scheme, and affordable. `Debug` shows its scheme alone.
pub struct StoredHash {
    scheme: Scheme,
    kind: Kind,
}

enum Kind {
    Argon2(phc::Argon2Hash),
    Bcrypt(bcrypt::BcryptHash),
    Pbkdf2(pbkdf2::Pbkdf2Hash),
}

impl StoredHash {
    /// Reads a stored hash; does none of the work that it asks for.
    ///
    /// # Errors
    /// [`Error::HashUnsupported`] for an unknown scheme, [`Error::HashMalformed`] for anything but the canonical form
    /// of a known one, [`Error::HashCost`] when the cost is over the cap of its scheme.
    pub fn parse(text: &str) -> Result<Self> {
        let (scheme, rest) = Scheme::recognize(text)?;
        let argon2 = |algorithm| phc::Argon2Hash::parse(algorithm, rest).map(Kind::Argon2);
        let pbkdf2 = |digest| pbkdf2::Pbkdf2Hash::parse(digest, rest).map(Kind::Pbkdf2);
        let kind = match scheme {
            Scheme::Argon2id => argon2(Algorithm::Argon2id)?,
            Scheme::Argon2i => argon2(Algorithm::Argon2i)?,
            Scheme::Argon2d => argon2(Algorithm::Argon2d)?,
            Scheme::Bcrypt => Kind::Bcrypt(bcrypt::BcryptHash::parse(rest)?),
            Scheme::Pbkdf2Sha256 => pbkdf2(pbkdf2::Digest::Sha256)?,
            Scheme::Pbkdf2Sha512 => pbkdf2(pbkdf2::Digest::Sha512)?,
        };
        Ok(Self { scheme, kind })
    }

    /// The scheme of the hash.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether the password belongs to the hash. The comparison takes the same time wherever the two differ.
    ///
    /// # Errors
    /// [`Error::PasswordTooLong`] over [`MAX_PASSWORD_LEN`], or over the 72 bytes that bcrypt takes in.
    /// For argon2, [`Error::HashCost`] when the hash needs more than the whole budget, and [`Error::HashingBusy`]
    /// when the budget stays in use.
    pub fn verify(&self, password: &[u8], budget: &Budget) -> Result<bool> {
        check_length(password)?;
        match &self.kind {
            Kind::Argon2(hash) => hash.verify(password, budget),
            Kind::Bcrypt(hash) => hash.verify(password),
            Kind::Pbkdf2(hash) => Ok(hash.verify(password)),
        }
    }

    /// Whether [`argon2id::hash`] with these parameters would make a hash of another form: another scheme or version,
    /// other costs, or another length of salt or tag.
    pub fn needs_rehash(&self, parameters: &Parameters) -> bool {
        match &self.kind {
            Kind::Argon2(hash) => !hash.is_as_made_with(parameters),
            Kind::Bcrypt(_) | Kind::Pbkdf2(_) => true,
        }
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredHash").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

fn check_length(password: &[u8]) -> Result<()> {
    if password.len() > MAX_PASSWORD_LEN {
        return Err(Error::PasswordTooLong);
    }
    Ok(())
}
