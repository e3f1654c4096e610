//! Encrypted values: nothing opens but what was sealed, where it was sealed; a plaintext has one spelling.

use std::sync::{Arc, LazyLock};

use zenoo_security::primitives::derive::Context;
use zenoo_security::primitives::fields::{self, FieldCipher, FieldKeys, Value};
use zenoo_security::primitives::keyring::KeyRing;
use zenoo_security::primitives::{Error, Result};

/// Tokens of the ring of `tests/vectors/fields.json`, which the corpus begins with.
const VECTORS: &str = include_str!("../../tests/vectors/fields.json");

struct Sealed {
    cipher: FieldCipher,
    padded: FieldCipher,
    here: Arc<FieldKeys>,
    elsewhere: Arc<FieldKeys>,
    tokens: Vec<String>,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    let ring = Arc::new(KeyRing::from_json(&vectors["key_ring"].to_string()).unwrap());
    let cipher = FieldCipher::new(Arc::clone(&ring), None).unwrap();
    let keys = |field| cipher.keys(&Context::new(["res.partner", field]).unwrap()).unwrap();
    let (here, elsewhere) = (keys("email"), keys("vat"));
    // Those that are invalid may open, to a plaintext that is none.
    let cases = ["valid", "invalid"].into_iter().flat_map(|kind| vectors[kind].as_array().unwrap());
    let tokens = cases.map(|case| case["token"].as_str().unwrap().to_owned()).collect();
    Sealed { padded: FieldCipher::new(ring, Some(16)).unwrap(), cipher, here, elsewhere, tokens }
});

/// Reads the bytes as a token and as a plaintext.
pub fn fuzz(data: &[u8]) {
    if let Ok(token) = str::from_utf8(data) {
        assert_only_sealed_opens(token);
    }
    match Value::parse(data) {
        Ok(value) => assert_value(data, &value),
        Err(error) => assert_eq!(error, Error::Decryption),
    }
}

fn assert_only_sealed_opens(token: &str) {
    let opened = SEALED.cipher.decrypt(&SEALED.here, token, &mut Vec::new()).map(<[u8]>::to_vec);
    assert!(opened == Err(Error::Decryption) || SEALED.tokens.iter().any(|sealed| sealed == token));
    assert_eq!(fields::is_token(token), fields::key_id(token).is_ok());
    if fields::is_token(token) {
        let refused = SEALED.cipher.encrypt(&SEALED.here, &Value::Text(token));
        assert!(matches!(refused, Err(Error::Invalid("already_encrypted"))));
    }
}

/// What was read is written as it was; sealed, it opens in its place alone and with no bit changed.
fn assert_value(plaintext: &[u8], value: &Value<'_>) {
    let mut written = Vec::new();
    value.append_to(&mut written, None).unwrap();
    assert!(written == plaintext || plaintext[0] & 0x80 != 0);
    let Ok(token) = SEALED.padded.encrypt(&SEALED.here, value) else {
        assert!(matches!(value, Value::Text(text) if fields::is_token(text)));
        return;
    };
    let mut buffer = Vec::new();
    let opened = SEALED.cipher.decrypt(&SEALED.here, &token, &mut buffer).and_then(Value::parse).unwrap();
    let mut reopened = Vec::new();
    opened.append_to(&mut reopened, None).unwrap();
    assert_eq!(reopened, written);
    let open = |keys, token: &str| -> Result<()> { SEALED.cipher.decrypt(keys, token, &mut Vec::new()).map(|_| ()) };
    assert_eq!(open(&SEALED.elsewhere, &token), Err(Error::Decryption));
    let changed = with_one_character_changed(token, plaintext.len());
    assert_eq!(open(&SEALED.here, &changed), Err(Error::Decryption));
}

fn with_one_character_changed(token: String, choice: usize) -> String {
    let mut bytes = token.into_bytes();
    let at = choice.wrapping_mul(31) % bytes.len();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}
