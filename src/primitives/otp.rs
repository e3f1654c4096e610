//! One-time passwords: HOTP (RFC 4226) and TOTP (RFC 6238).
//!
//! [`Totp::verify`] answers with the time step that a code belongs to. The caller stores that step and passes it back as
//! `after_step`: RFC 6238, section 5.2, forbids a second use, and only the caller's storage can know of the first.
//!
//! Out of scope: the clock (time is an argument), the counting of failures, and the storage of the secret.
//! `docs/decisions/own-totp-verifier.md` says why no crate does this.

pub mod secret;
pub mod uri;

use core::{
    fmt,
    num::{NonZeroU32, NonZeroU64},
};

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

pub use secret::Secret;

use super::{Error, Result};

/// The hash under the HMAC. SHA-1 is what every authenticator app supports; it is unbroken inside HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA-1, the default of RFC 6238.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl Algorithm {
    /// The algorithm by the name that it has in a provisioning URI.
    ///
    /// # Errors
    /// [`Error::Parameter`] for any other name.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "SHA1" => Ok(Self::Sha1),
            "SHA256" => Ok(Self::Sha256),
            "SHA512" => Ok(Self::Sha512),
            _ => Err(Error::Parameter("algorithm must be SHA1, SHA256 or SHA512")),
        }
    }

    /// Its name in a provisioning URI.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

/// The length of a code: 6 digits at least (RFC 4226, R4), 8 at most, as authenticator apps show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Digits {
    /// Six digits, the default.
    Six = 6,
    /// Seven digits.
    Seven = 7,
    /// Eight digits.
    Eight = 8,
}

impl Digits {
    /// Parses a number of digits.
    ///
    /// # Errors
    /// [`Error::Parameter`] for anything but 6, 7 and 8.
    pub const fn new(count: u8) -> Result<Self> {
        match count {
            6 => Ok(Self::Six),
            7 => Ok(Self::Seven),
            8 => Ok(Self::Eight),
            _ => Err(Error::Parameter("digits must be 6, 7 or 8")),
        }
    }

    /// How many they are.
    pub const fn count(self) -> usize {
        self as usize
    }

    /// The last digits of a number. The divisors are constants, so this compiles to multiplications: the time of a
    /// division instruction would depend on the secret.
    const fn last_of(self, number: u32) -> u32 {
        match self {
            Self::Six => number % 1_000_000,
            Self::Seven => number % 10_000_000,
            Self::Eight => number % 100_000_000,
        }
    }
}

/// The time steps whose codes are accepted, around the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    back: u64,
    ahead: u64,
}

impl Window {
    /// The most steps on either side. Each step more is one more code that a guess can hit.
    pub const MAX_STEPS: u8 = 10;

    /// A window of `back` steps before the current one and `ahead` steps after it.
    ///
    /// # Errors
    /// [`Error::Parameter`] for more than [`Self::MAX_STEPS`] on a side.
    pub fn new(back: u8, ahead: u8) -> Result<Self> {
        if back > Self::MAX_STEPS || ahead > Self::MAX_STEPS {
            return Err(Error::Parameter("steps_back and steps_ahead must be 0 to 10"));
        }
        Ok(Self { back: back.into(), ahead: ahead.into() })
    }
}

impl Default for Window {
    /// The current step and the one before, for a code that was typed slowly (RFC 6238, section 5.2). None ahead.
    fn default() -> Self {
        Self { back: 1, ahead: 0 }
    }
}

/// The HMAC with its key schedule done: it is copied for every step.
enum Keyed {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl Keyed {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self> {
        // HMAC takes keys of any length; the trait cannot say so.
        let never = |_| Error::Parameter("the secret cannot be a key");
        match algorithm {
            Algorithm::Sha1 => Hmac::new_from_slice(key).map(Self::Sha1),
            Algorithm::Sha256 => Hmac::new_from_slice(key).map(Self::Sha256),
            Algorithm::Sha512 => Hmac::new_from_slice(key).map(Self::Sha512),
        }
        .map_err(never)
    }

    fn number(&self, counter: u64) -> u32 {
        match self {
            Self::Sha1(mac) => truncate(mac.clone(), counter),
            Self::Sha256(mac) => truncate(mac.clone(), counter),
            Self::Sha512(mac) => truncate(mac.clone(), counter),
        }
    }
}

/// Dynamic truncation (RFC 4226, section 5.3): 31 bits of the tag, at an offset that its last four bits choose.
fn truncate<M: Mac>(mut mac: M, counter: u64) -> u32 {
    mac.update(&counter.to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let offset = tag.last().map_or(0, |byte| usize::from(byte & 0x0f));
    let word = tag.iter().skip(offset).take(4).fold(0, |word, byte| word << 8 | u32::from(*byte));
    word & 0x7fff_ffff
}

/// Whole seconds of a moment in Unix seconds.
///
/// # Errors
/// [`Error::Parameter`] when it is negative, over 2^53, or not a number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
pub fn unix_seconds(at_s: f64) -> Result<u64> {
    if (0.0..=9_007_199_254_740_992.0).contains(&at_s) {
        Ok(at_s as u64)
    } else {
        Err(Error::Parameter("the time must be Unix seconds from 0 to 2**53"))
    }
}

/// A secret with everything that both sides have to agree on.
pub struct Totp {
    secret: Secret,
    keyed: Keyed,
    algorithm: Algorithm,
    digits: Digits,
    period_s: NonZeroU32,
}

impl Totp {
    /// Puts a secret together with its parameters; `period_s` is the length of a time step in seconds.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `period_s` is 0.
    pub fn new(secret: Secret, algorithm: Algorithm, digits: Digits, period_s: u32) -> Result<Self> {
        let period_s = NonZeroU32::new(period_s).ok_or(Error::Parameter("period_s must be at least 1"))?;
        let keyed = Keyed::new(algorithm, secret.expose())?;
        Ok(Self { secret, keyed, algorithm, digits, period_s })
    }

    /// The secret.
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The hash under the HMAC.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The length of a code.
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// The length of a time step in seconds.
    pub const fn period_s(&self) -> u32 {
        self.period_s.get()
    }

    /// The time step at a moment in Unix seconds (RFC 6238, section 4.2, with T0 = 0).
    pub fn step_at(&self, at_s: u64) -> u64 {
        at_s / NonZeroU64::from(self.period_s)
    }

    /// The code of a step, with its leading zeros. For a counter instead of a time step it is HOTP (RFC 4226).
    pub fn code(&self, step: u64) -> String {
        format!("{:0width$}", self.value(step), width = self.digits.count())
    }

    /// The step of the window around `at_s` (Unix seconds) that `code` belongs to, if it is later than `after_step`.
    ///
    /// Every step of the window is computed and compared, whatever `code` is, and the comparison takes constant time.
    /// Should a code fit two steps, the later one is answered: the earlier would leave the code good for a second use.
    pub fn verify(&self, code: &str, at_s: u64, window: Window, after_step: Option<u64>) -> Option<u64> {
        let (given, well_formed) = self.parse(code);
        let now = self.step_at(at_s);
        let mut matched = 0;
        let mut found = Choice::from(0);
        for step in now.saturating_sub(window.back)..=now.saturating_add(window.ahead) {
            let unused = after_step.is_none_or(|last| step > last);
            let hit = self.value(step).ct_eq(&given) & well_formed & Choice::from(u8::from(unused));
            matched.conditional_assign(&step, hit);
            found |= hit;
        }
        bool::from(found).then_some(matched)
    }

    fn value(&self, step: u64) -> u32 {
        self.digits.last_of(self.keyed.number(step))
    }

    /// The number that a code stands for, and whether it is made of the right number of ASCII digits.
    fn parse(&self, code: &str) -> (u32, Choice) {
        let well_formed = code.len() == self.digits.count() && code.bytes().all(|byte| byte.is_ascii_digit());
        let number = if well_formed { code.parse().unwrap_or(0) } else { 0 };
        (number, Choice::from(u8::from(well_formed)))
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Totp")
            .field("algorithm", &self.algorithm)
            .field("digits", &self.digits)
            .field("period_s", &self.period_s)
            .finish_non_exhaustive()
    }
}
