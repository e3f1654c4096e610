//! The known answers that Rust and Python share: `tests/vectors/sanitize.json`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::borrow::Cow;

use serde_json::Value;
use zenoo_security::primitives::sanitize::html::Profile;
use zenoo_security::primitives::sanitize::text::Lines;
use zenoo_security::primitives::sanitize::{csv, escape, file_name, header, html, template, text};

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/sanitize.json")).unwrap()
}

/// `None` where the encoder refuses.
fn encode<'t>(encoder: &str, text: &'t str) -> Option<Cow<'t, str>> {
    match encoder {
        "escape_html" => Some(escape::html_text(text)),
        "escape_attribute" => Some(escape::html_attribute(text)),
        "escape_js" => Some(escape::js_string(text)),
        "escape_like" => Some(escape::like_pattern(text)),
        "encode_url_part" => Some(escape::url_part(text)),
        "encode_csv_cell" => Some(csv::cell(text)),
        "header_value" => header::value(text).ok().map(Cow::Borrowed),
        "safe_file_name" => file_name::safe(text).ok(),
        "refuse_templates" => template::refuse(text).ok().map(|()| Cow::Borrowed(text)),
        other => panic!("no encoder {other}"),
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, Option<&str>)> {
    value.as_array().unwrap().iter().map(|entry| (entry["in"].as_str().unwrap(), entry["out"].as_str()))
}

#[test]
fn encoders_give_the_known_answers() {
    for group in ["encoders", "refused"] {
        for (encoder, list) in vectors()[group].as_object().unwrap() {
            for (input, expected) in entries(list) {
                assert_eq!(encode(encoder, input).as_deref(), expected, "{encoder}({input:?})");
            }
        }
    }
}

#[test]
fn cleaning_gives_the_known_answers() {
    for (group, lines) in [("clean_multiline", Lines::Multi), ("clean_single_line", Lines::Single)] {
        for (input, expected) in entries(&vectors()[group]) {
            assert_eq!(text::clean(input, lines), expected.unwrap(), "{input:?}");
        }
    }
}

#[test]
fn active_markup_is_gone_and_stays_gone() {
    let active = [
        "<script",
        "<style",
        "<iframe",
        "<svg",
        "<math",
        "<form",
        "<object",
        "<embed",
        " onerror=\"",
        "javascript:alert(1)\">",
    ];
    for profile in [Profile::Strict, Profile::Default, Profile::Odoo] {
        for (input, _) in entries(&vectors()["active_html"]) {
            let out = html::clean(input, profile).unwrap();
            for needle in active {
                assert!(!out.contains(needle), "{input:?} gave {out:?}");
            }
            assert_eq!(html::clean(&out, profile).unwrap(), out, "{input:?}");
        }
    }
}
