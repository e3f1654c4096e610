//! What holds for any bytes: one file a surface, each with a function `fuzz` that panics where its property fails.
//!
//! libFuzzer calls them through `fuzz_targets/`, and `tests/fuzz.rs` includes this file.

pub mod domain;
pub mod email;
pub mod fields;
pub mod html;
pub mod json;
pub mod keyring;
pub mod otpauth;
pub mod phc;
pub mod url;

use zenoo_security::primitives::Error;
use zenoo_security::primitives::validate::codes;

/// A refused input has a code that the documentation lists, and nothing else.
fn assert_documented(error: Error) {
    let Error::Invalid(code) = error else { panic!("{error:?} is no code") };
    assert!(codes::message(code).is_some(), "{code} has no message");
}
