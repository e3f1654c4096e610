//! The provisioning URI that authenticator apps read from a QR code: `otpauth://totp/Issuer:account?...`.
//!
//! There is no RFC for it; the Key Uri Format of Google Authenticator is what the apps follow. Percent-encoding is that of
//! RFC 3986: everything but unreserved characters is encoded, and a space is `%20`, because some apps show `+` as it is.

use zeroize::Zeroizing;

use super::Totp;
use crate::primitives::{Error, Result, validate::codes};

/// With these limits the URI of the longest secret still fits a QR code of level Q.
const MAX_ISSUER: usize = 64;
/// As long as an e-mail address can be (RFC 5321).
const MAX_ACCOUNT: usize = 254;

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
        Ok(Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={}&digits={}&period={}",
            self.secret().to_base32().as_str(),
            self.algorithm().name(),
            self.digits().count(),
            self.period_s(),
        )))
    }
}

fn label(text: &str) -> Result<String> {
    if text.trim().is_empty() || text.contains(|c: char| c == ':' || c.is_control()) {
        return Err(codes::OTP_LABEL);
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 0x0f)]),
        }
    }
    Ok(encoded)
}

fn hex_digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
