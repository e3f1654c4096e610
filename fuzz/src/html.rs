//! Markup: what is left is a fixed point, and holds nothing that runs.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use zenoo_security::primitives::Error;
use zenoo_security::primitives::sanitize::html::{Profile, clean};

/// Elements that run, load, send, or change how the rest is read.
const ACTIVE: [&str; 26] = [
    "applet",
    "base",
    "button",
    "embed",
    "form",
    "frame",
    "frameset",
    "iframe",
    "input",
    "link",
    "math",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "option",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

const PROFILES: [Profile; 3] = [Profile::Strict, Profile::Default, Profile::Odoo];

/// Cleans the bytes as markup, in the profile that their number chooses.
pub fn fuzz(data: &[u8]) {
    let profile = PROFILES[data.len() % PROFILES.len()];
    match clean(&String::from_utf8_lossy(data), profile) {
        Ok(cleaned) => assert_cleaned(&cleaned, profile),
        Err(error) => assert!(matches!(error, Error::TooLarge(_) | Error::TooDeep), "{error:?}"),
    }
}

fn assert_cleaned(cleaned: &str, profile: Profile) {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(cleaned));
    let tokenizer = Tokenizer::new(Harmless(profile), TokenizerOpts::default());
    drop(tokenizer.feed(&input));
    tokenizer.end();
    assert_eq!(clean(cleaned, profile).as_deref(), Ok(cleaned), "cleaned twice");
}

struct Harmless(Profile);

impl TokenSink for Harmless {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.assert_harmless(&tag),
            Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("{token:?}"),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Harmless {
    fn assert_harmless(&self, tag: &Tag) {
        assert!(!ACTIVE.contains(&&*tag.name), "{tag:?}");
        for attribute in &tag.attrs {
            let name = &*attribute.name.local;
            assert!(!name.starts_with("on") && !name.starts_with("t-") && !name.contains(':'), "{tag:?}");
            assert!(!["action", "formaction", "id", "name", "srcdoc", "srcset"].contains(&name), "{tag:?}");
            assert!(name != "style" || self.0 == Profile::Odoo, "{tag:?}");
            if ["background", "cite", "data", "href", "longdesc", "poster", "src"].contains(&name) {
                self.assert_harmless_url(&tag.name, name, &attribute.value);
            }
        }
    }

    /// As browsers read it: without control characters and spaces at the ends, tabs and line breaks anywhere.
    fn assert_harmless_url(&self, element: &str, attribute: &str, value: &str) {
        let url = value.trim_matches(|character: char| character <= ' ').replace(['\t', '\n', '\r'], "");
        let Some((scheme, _)) = url.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else { return };
        let image = self.0 == Profile::Odoo && (element, attribute) == ("img", "src");
        let scheme = scheme.to_ascii_lowercase();
        let of_image = image && (scheme == "cid" || scheme == "data");
        assert!(of_image || SCHEMES.contains(&&*scheme), "{element} {attribute}={value:?}");
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}
