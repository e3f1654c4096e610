//! TOTP against the published answers in `tests/vectors/otp.json`, and its properties.
#![allow(missing_docs, reason = "a test explains itself by its name")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

use proptest::prelude::*;
use serde_json::Value;
use zenoo_security::primitives::{
    Error,
    otp::{Algorithm, Digits, Secret, Totp, Window, unix_seconds},
};

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/otp.json")).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

fn totp(secret: &str, algorithm: &str, digits: u8) -> Totp {
    let digits = Digits::new(digits).unwrap();
    Totp::new(Secret::parse(secret).unwrap(), Algorithm::parse(algorithm).unwrap(), digits, 30).unwrap()
}

#[test]
fn counters_give_the_codes_of_rfc_4226() {
    let hotp = &vectors()["hotp"];
    let secret = Secret::from_bytes(text(hotp, "secret_ascii").into()).unwrap();
    assert_eq!(secret.to_base32().as_str(), text(hotp, "secret"));
    let hotp_codes = Totp::new(secret, Algorithm::Sha1, Digits::Six, 30).unwrap();
    for (counter, code) in (0..).zip(list(hotp, "codes")) {
        assert_eq!(hotp_codes.code(counter), code.as_str().unwrap());
    }
}

/// RFC 4226, appendix D: the number of counter 0 is 1284755224.
#[test]
fn a_code_is_the_last_digits_of_its_number() {
    let secret = text(&vectors()["hotp"], "secret").to_owned();
    for (digits, code) in [(6, "755224"), (7, "4755224"), (8, "84755224")] {
        assert_eq!(totp(&secret, "SHA1", digits).code(0), code);
    }
}

#[test]
fn a_moment_counts_in_whole_seconds() {
    for (at_s, seconds) in [(0.0, 0), (59.999, 59), (1_764_526_200.5, 1_764_526_200), (2_f64.powi(53), 1 << 53)] {
        assert_eq!(unix_seconds(at_s), Ok(seconds));
    }
    for at_s in [-0.001, 2_f64.powi(53) + 2.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(unix_seconds(at_s), Err(Error::Parameter(_))));
    }
}

#[test]
fn moments_give_the_codes_of_rfc_6238_with_its_errata() {
    let totp_vectors = &vectors()["totp"];
    for algorithm in ["SHA1", "SHA256", "SHA512"] {
        let totp = totp(text(&totp_vectors["secrets"], algorithm), algorithm, 8);
        for row in list(totp_vectors, "codes") {
            let (at_s, step) = (row["at"].as_u64().unwrap(), row["step"].as_u64().unwrap());
            assert_eq!(totp.step_at(at_s), step);
            assert_eq!(totp.code(step), text(row, algorithm), "{algorithm} at {at_s}");
            assert_eq!(totp.verify(text(row, algorithm), at_s, Window::default(), None), Some(step));
        }
    }
}

#[test]
fn base32_is_that_of_rfc_4648() {
    let base32 = &vectors()["base32"];
    let prefix = &base32["prefix"];
    for row in list(base32, "valid") {
        let encoded = format!("{}{}", text(prefix, "base32"), text(row, "base32"));
        let secret = Secret::parse(&encoded).unwrap();
        assert_eq!(secret.expose(), format!("{}{}", text(prefix, "ascii"), text(row, "ascii")).as_bytes());
        assert_eq!(secret.to_base32().as_str(), encoded.trim_end_matches('='));
    }
}

#[test]
fn bits_beyond_the_last_byte_are_ignored() {
    let base32 = &vectors()["base32"];
    let (prefix, row) = (&base32["prefix"], &base32["leftover"]);
    let secret = Secret::parse(&format!("{}{}", text(prefix, "base32"), text(row, "base32"))).unwrap();
    assert_eq!(secret.expose(), format!("{}{}", text(prefix, "ascii"), text(row, "ascii")).as_bytes());
}

#[test]
fn what_people_type_is_read_and_what_is_not_base32_is_refused() {
    let base32 = &vectors()["base32"];
    for row in list(base32, "tolerated") {
        assert_eq!(Secret::parse(text(row, "text")).unwrap().expose(), b"12345678901234567890", "{row}");
    }
    for row in list(base32, "invalid") {
        let error = Secret::parse(text(row, "text")).unwrap_err();
        assert!(matches!(error, Error::Invalid(code) if code == text(row, "code")), "{row} {error:?}");
    }
}

#[test]
fn uris_are_those_of_the_key_uri_format() {
    let uri = &vectors()["uri"];
    let totp = totp(text(uri, "secret"), "SHA1", 6);
    for row in list(uri, "valid") {
        assert_eq!(totp.uri(text(row, "account"), text(row, "issuer")).unwrap().as_str(), text(row, "uri"));
    }
    for row in list(uri, "invalid") {
        let error = totp.uri(text(row, "account"), text(row, "issuer")).unwrap_err();
        assert_eq!(error, Error::Invalid("otp_label"), "{row}");
    }
    for (account, issuer, fits) in [(254, 64, true), (255, 64, false), (254, 65, false)] {
        assert_eq!(totp.uri(&"a".repeat(account), &"b".repeat(issuer)).is_ok(), fits);
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    assert!(Algorithm::parse("MD5").is_err());
    assert!(Digits::new(5).is_err() && Digits::new(9).is_err());
    assert!(Window::new(10, 10).is_ok() && Window::new(11, 0).is_err() && Window::new(0, 11).is_err());
    let secret = Secret::generate().unwrap();
    assert!(Totp::new(secret, Algorithm::Sha1, Digits::Six, 0).is_err());
}

#[test]
fn debug_shows_no_secret() {
    let totp = totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "SHA1", 6);
    assert_eq!(format!("{totp:?}"), "Totp { algorithm: Sha1, digits: Six, period_s: 30, .. }");
}

#[test]
fn no_other_text_stands_for_the_number_of_a_code() {
    let totp = totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "SHA1", 6);
    // The first step of this secret whose code is all zeros.
    let step = 349_495;
    assert_eq!(totp.code(step), "000000");
    for code in ["", "0", "00000", "0000000", "+00000", "-00000", "00000a", "abcdef", " 00000", "00000\n"] {
        assert_eq!(totp.verify(code, step * 30, Window::default(), None), None, "{code}");
    }
}

#[test]
fn a_code_that_fits_two_steps_is_given_the_later_one() {
    let totp = totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "SHA1", 6);
    // The first two neighbours of this secret that share a code.
    let step = 910_737;
    assert_eq!(totp.code(step), totp.code(step + 1));
    let code = totp.code(step);
    assert_eq!(totp.verify(&code, (step + 1) * 30, Window::default(), None), Some(step + 1));
    assert_eq!(totp.verify(&code, (step + 1) * 30, Window::default(), Some(step + 1)), None);
}

prop_compose! {
    fn any_totp()(
        bytes in prop::collection::vec(any::<u8>(), 16..=128),
        algorithm in prop::sample::select(&["SHA1", "SHA256", "SHA512"][..]),
        digits in 6u8..=8,
        period_s in 1u32..=100_000,
    ) -> Totp {
        let secret = Secret::from_bytes(bytes).unwrap();
        let digits = Digits::new(digits).unwrap();
        Totp::new(secret, Algorithm::parse(algorithm).unwrap(), digits, period_s).unwrap()
    }
}

proptest! {
    #[test]
    fn base32_round_trips(bytes in prop::collection::vec(any::<u8>(), 16..=128)) {
        let text = Secret::from_bytes(bytes.clone()).unwrap().to_base32();
        let secret = Secret::parse(&text).unwrap();
        prop_assert_eq!(secret.expose(), &bytes[..]);
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise_than_by_an_error(text in any::<String>()) {
        let _ = Secret::parse(&text);
    }

    #[test]
    fn a_code_is_accepted_in_its_window_and_nowhere_else(
        totp in any_totp(), at_s in 0u64..=1 << 40, offset in -14i64..=14, back in 0u8..=10, ahead in 0u8..=10,
    ) {
        let now = totp.step_at(at_s);
        let Some(step) = now.checked_add_signed(offset) else { return Ok(()) };
        let code = totp.code(step);
        let inside = offset >= -i64::from(back) && offset <= i64::from(ahead);
        let matched = totp.verify(&code, at_s, Window::new(back, ahead).unwrap(), None);
        // What is matched has this very code; another step than ours only by a collision.
        prop_assert!(matched.is_none_or(|matched| totp.code(matched) == code));
        prop_assert!(!inside || matched >= Some(step));
        let window = now.saturating_sub(back.into())..=now + u64::from(ahead);
        prop_assert_eq!(matched.is_some(), window.clone().any(|step| totp.code(step) == code));
        prop_assert!(matched.is_none_or(|matched| window.contains(&matched)));
    }

    #[test]
    fn a_step_is_never_accepted_after_itself(
        totp in any_totp(), at_s in 0u64..=1 << 40, offset in 0u64..=1, after in 0u64..=4,
    ) {
        let step = totp.step_at(at_s).saturating_sub(offset);
        let after_step = (step + after).saturating_sub(2);
        let matched = totp.verify(&totp.code(step), at_s, Window::default(), Some(after_step));
        prop_assert!(matched.is_none_or(|matched| matched > after_step));
        prop_assert!(after_step >= step || matched.is_some());
    }

    #[test]
    fn nothing_but_the_right_number_of_ascii_digits_is_accepted(totp in any_totp(), code in any::<String>()) {
        let digits = totp.digits().count();
        prop_assume!(code.len() != digits || !code.bytes().all(|byte| byte.is_ascii_digit()));
        prop_assert_eq!(totp.verify(&code, 59, Window::new(10, 10).unwrap(), None), None);
    }

    // asvs: 1.4.2
    #[test]
    fn the_ends_of_time_are_no_special_case(totp in any_totp(), code in "[0-9]{6,8}") {
        for at_s in [0, 1, u64::MAX - 1, u64::MAX] {
            let _ = totp.verify(&code, at_s, Window::new(10, 10).unwrap(), Some(u64::MAX));
        }
    }
}
