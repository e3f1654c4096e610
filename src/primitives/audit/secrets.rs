//! What must not get into a log, found by its form or by its name.

use std::borrow::Cow;

use memchr::memchr_iter;

/// How the texts begin that this package makes secrets of.
const PREFIXES: [&[u8]; 5] = [b"zst_", b"ztk_", b"zdt_", b"zs1.", b"zi1."];

/// A prefix with fewer characters after it is a word about tokens and no token, unless the text ends there.
const MIN_CHARS: usize = 16;

const HIDDEN: &str = "[hidden]";

/// Words in names of what is secret, without `-`, `_` and spaces.
const WORDS: [&[u8]; 14] = [
    b"password",
    b"passwd",
    b"passphrase",
    b"passcode",
    b"pwd",
    b"secret",
    b"credential",
    b"token",
    b"apikey",
    b"privatekey",
    b"recoverycode",
    b"authorization",
    b"cookie",
    b"jwt",
];

/// Whether a text, a number, a list or a dict under this name is hidden, whatever it is.
#[must_use]
pub fn names_secret(name: &str) -> bool {
    let name: Vec<u8> = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect();
    // Names are short: to prepare a search for each word would take longer than to look.
    (0..name.len()).filter_map(|start| name.get(start..)).any(|rest| WORDS.iter().any(|word| rest.starts_with(word)))
}

/// The text with `[hidden]` in place of each token in it.
pub(super) fn without_tokens(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0_usize;
    for start in memchr_iter(b'z', text.as_bytes()) {
        if start < done {
            continue;
        }
        if let Some(length) = text.get(start..).and_then(token_length) {
            out.push_str(text.get(done..start).unwrap_or_default());
            out.push_str(HIDDEN);
            done = start.saturating_add(length);
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// The bytes of the token that the text begins with.
fn token_length(text: &str) -> Option<usize> {
    let prefix = PREFIXES.iter().find(|prefix| text.as_bytes().starts_with(prefix))?;
    let rest = text.as_bytes().get(prefix.len()..)?;
    let run = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    (run >= MIN_CHARS || run == rest.len()).then(|| prefix.len().saturating_add(run))
}

#[cfg(test)]
mod tests {
    use super::{names_secret, without_tokens};

    #[test]
    fn tokens_are_hidden_wherever_they_stand() {
        let token = "a".repeat(43);
        assert_eq!(without_tokens(&format!("zst_{token}")), "[hidden]");
        assert_eq!(without_tokens(&format!("é zz zs1.{token}, zdt_{token}!")), "é zz [hidden], [hidden]!");
        assert_eq!(without_tokens("cut: ztk_abc"), "cut: [hidden]");
    }

    #[test]
    fn words_about_tokens_stay() {
        for text in ["", "zoo", "zs1. is a prefix", "zst_ and ztk_ are two", "ẑst_"] {
            assert_eq!(without_tokens(text), text);
        }
    }

    #[test]
    fn names_of_secrets_are_known_in_every_case() {
        assert!(names_secret("new_Password") && names_secret("X-Api_Key") && names_secret("totp_token"));
        assert!(
            names_secret("X-Api-Key")
                && names_secret("apiKey")
                && names_secret("private key")
                && names_secret("DB_PWD")
        );
        assert!(!names_secret("model") && !names_secret("reason"));
    }
}
