//! One-time passwords: a secret, however it was typed, and a provisioning URI that says what it was made of.

use ammonia::Url;
use arbitrary::{Arbitrary, Unstructured};
use zenoo_security::primitives::Error;
use zenoo_security::primitives::otp::secret::{MAX_BYTES, MIN_BYTES};
use zenoo_security::primitives::otp::{Algorithm, Digits, Secret, Totp, Window};

#[derive(Debug, Arbitrary)]
struct Enrolment<'a> {
    algorithm: u8,
    digits: u8,
    period_s: u32,
    at_s: u64,
    code: &'a str,
    issuer: &'a str,
    account: &'a str,
    secret: &'a [u8],
}

/// Reads the bytes as a secret in base32, and as an enrolment.
pub fn fuzz(data: &[u8]) {
    match Secret::parse(&String::from_utf8_lossy(data)) {
        Ok(secret) => assert_spelled_out(&secret),
        Err(error) => assert!(matches!(error, Error::TooLarge(_) | Error::Invalid("otp_secret" | "otp_secret_length"))),
    }
    let Ok(enrolment) = Enrolment::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let Ok(secret) = Secret::from_bytes(enrolment.secret.to_vec()) else { return };
    assert_spelled_out(&secret);
    let algorithm = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][usize::from(enrolment.algorithm % 3)];
    let digits = Digits::new(6 + enrolment.digits % 3).unwrap();
    if let Ok(totp) = Totp::new(secret, algorithm, digits, enrolment.period_s) {
        assert_codes(&totp, &enrolment);
        assert_uri(&totp, &enrolment);
    }
}

fn assert_spelled_out(secret: &Secret) {
    assert!((MIN_BYTES..=MAX_BYTES).contains(&secret.expose().len()));
    let text = secret.to_base32();
    assert_eq!(Secret::parse(&text).unwrap().expose(), secret.expose());
    assert_eq!(Secret::parse(&text.to_lowercase()).unwrap().expose(), secret.expose());
}

/// A code is good for its own step, once; whatever else is accepted is the code of the step that is answered.
fn assert_codes(totp: &Totp, enrolment: &Enrolment<'_>) {
    let verify = |code: &str, after_step| totp.verify(code, enrolment.at_s, Window::default(), after_step);
    let step = totp.step_at(enrolment.at_s);
    let code = totp.code(step);
    assert_eq!(code.len(), totp.digits().count());
    assert_eq!((verify(&code, None), verify(&code, Some(step))), (Some(step), None));
    if let Some(matched) = verify(enrolment.code, None) {
        assert_eq!(totp.code(matched), enrolment.code);
    }
}

fn assert_uri(totp: &Totp, enrolment: &Enrolment<'_>) {
    let Enrolment { account, issuer, .. } = *enrolment;
    let refused = |label: &str| label.trim().is_empty() || label.contains(|c: char| c == ':' || c.is_control());
    let text = match totp.uri(account, issuer) {
        Ok(text) => text,
        Err(Error::TooLarge(_)) => return assert!(issuer.len() > 64 || account.len() > 254),
        Err(error) => return assert!(error == Error::Invalid("otp_label") && (refused(issuer) || refused(account))),
    };
    let uri = Url::parse(&text).unwrap();
    assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
    let pairs: Vec<_> = uri.query_pairs().collect();
    let (secret, digits, period_s) = (totp.secret().to_base32(), totp.digits().count(), totp.period_s());
    let expected = [
        ("secret", secret.as_str()),
        ("issuer", issuer),
        ("algorithm", totp.algorithm().name()),
        ("digits", &digits.to_string()),
        ("period", &period_s.to_string()),
    ];
    assert!(pairs.iter().map(|(name, value)| (&**name, &**value)).eq(expected));
    assert!(uri.path().starts_with('/') && uri.path().split(':').count() == 2 && uri.fragment().is_none());
}
