//! The provisioning URI that authenticator apps read from a QR code: `otpauth://totp/Issuer:account?...`.
//!
//! There is no RFC for it; the Key Uri Format of Google Authenticator is what the apps follow. Percent-encoding is that of
//! RFC 3986: everything but unreserved characters is encoded, and a space is `%20`, because some apps show `+` as it is.

use core::fmt::Write as _;
use std::borrow::Cow;

use zeroize::Zeroizing;

use super::Totp;
use crate::primitives::sanitize::escape::url_part;
use crate::primitives::{Error, Result, validate::codes};

/// With these limits the URI of the longest secret still fits a QR code of level Q.
const MAX_ISSUER: usize = 64;
/// As long as an e-mail address can be (RFC 5321).
const MAX_ACCOUNT: usize = 254;
/// The issuer twice and the account, each byte as `%XX`; 205 characters of secret; 80 of all the rest.
const MAX_URI: usize = 3 * (2 * MAX_ISSUER + MAX_ACCOUNT) + 205 + 80;

impl Totp {
    /// The URI for an account (a login or an e-mail address) at an issuer (the name that the app shows above the code).
    ///
    /// # Errors
    /// [`Error::Invalid`] when either is blank, holds a colon (it separates the two) or a control character;
    /// [`Error::TooLarge`] over 64 bytes of issuer or 254 of account.
    pub fn uri(&self, account: &str, issuer: &str) -> Result<Zeroizing<String>> {
        if issuer.len() > MAX_ISSUER || account.len() > MAX_ACCOUNT {
            return Err(Error::TooLarge("the issuer has at most 64 bytes, the account at most 254"));
        }
        let issuer = label(issuer)?;
        let account = label(account)?;
        // The buffer never grows, so no part of the secret is left behind in freed memory.
        let mut uri = Zeroizing::new(String::with_capacity(MAX_URI));
        // Writing to a String cannot fail.
        let _ = write!(
            uri,
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={}&digits={}&period={}",
            self.secret().to_base32().as_str(),
            self.algorithm().name(),
            self.digits().count(),
            self.period_s(),
        );
        Ok(uri)
    }
}

fn label(text: &str) -> Result<Cow<'_, str>> {
    if text.trim().is_empty() || text.contains(|c: char| c == ':' || c.is_control()) {
        return Err(codes::OTP_LABEL);
    }
    Ok(url_part(text))
}

#[cfg(test)]
mod tests {
    use super::{MAX_ACCOUNT, MAX_ISSUER, MAX_URI};
    use crate::primitives::otp::secret::MAX_BYTES;
    use crate::primitives::otp::{Algorithm, Digits, Secret, Totp};

    #[test]
    fn the_longest_uri_fits_its_buffer() {
        let secret = Secret::from_bytes(vec![0xff; MAX_BYTES]).unwrap();
        let totp = Totp::new(secret, Algorithm::Sha512, Digits::Eight, u32::MAX).unwrap();
        let uri = totp.uri(&"\u{e9}".repeat(MAX_ACCOUNT / 2), &"\u{e9}".repeat(MAX_ISSUER / 2)).unwrap();
        assert_eq!(uri.capacity(), MAX_URI);
        assert!(uri.len() > MAX_URI - 10, "{}", uri.len());
    }
}
