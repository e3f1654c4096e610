//! The one error type of the core. It never holds input: what an attacker sent must not come back in a message or a log.

use core::fmt;

/// What can go wrong in a primitive.
///
/// `Copy` and free of input by design. Every failure to decrypt is [`Error::Decryption`] and nothing finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An argument that the programmer chose is outside its documented range; the text names it and the range.
    Parameter(&'static str),
    /// The operating system gave no random bytes.
    Randomness,
    /// A password is longer than the limit. It is refused, never truncated.
    PasswordTooLong,
    /// A stored password hash is not a well-formed string of its scheme.
    HashMalformed,
    /// A stored password hash names a scheme that is not verified here.
    HashUnsupported,
    /// A stored password hash asks for more memory or rounds than the cap allows.
    HashCost,
    /// No memory or thread for another password hash became free in the time that the caller would wait.
    HashingBusy,
    /// The value could not be decrypted: wrong key, wrong context, or not what was encrypted.
    Decryption,
    /// A key ring could not be read; the text says why, and never holds key material.
    KeyRing(&'static str),
    /// The input is larger than the limit that the text names.
    TooLarge(&'static str),
    /// The input is nested deeper than the limit, or contains itself.
    TooDeep,
    /// The input is not what it should be; the code is stable and documented.
    Invalid(&'static str),
    /// Shared state cannot be reached; the text says why.
    StoreUnavailable(&'static str),
    /// Shared state is not what it should be: of something else, damaged, or of a newer version; the text says which.
    StoreIncompatible(&'static str),
}

/// The result of a primitive.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parameter(text)
            | Self::KeyRing(text)
            | Self::TooLarge(text)
            | Self::Invalid(text)
            | Self::StoreUnavailable(text)
            | Self::StoreIncompatible(text) => text,
            Self::Randomness => "the operating system gave no random bytes",
            Self::PasswordTooLong => "the password is too long: at most 4096 bytes are accepted, 72 for a bcrypt hash",
            Self::HashMalformed => "the stored password hash is malformed",
            Self::HashUnsupported => "the stored password hash has an unknown scheme",
            Self::HashCost => "the stored password hash asks for more memory or rounds than the cap allows",
            Self::HashingBusy => {
                "too many passwords are being hashed at once: try again later, or raise the memory budget"
            }
            Self::Decryption => "the value cannot be decrypted",
            Self::TooDeep => "the value is nested too deeply, or contains itself",
        })
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn an_error_is_shown_by_its_text() {
        assert_eq!(Error::Parameter("a text").to_string(), "a text");
        assert_eq!(Error::Randomness.to_string(), "the operating system gave no random bytes");
    }
}
