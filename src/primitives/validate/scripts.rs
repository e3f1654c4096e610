//! Hosts that can be mistaken for others: UTS 39, section 5, on every label.
//!
//! A label is at the level "highly restrictive" when its letters are of one script, or of Latin beside the scripts of
//! Chinese, Japanese or Korean. Two of the many letters of one script that look alike are not looked for; what is, are
//! labels that are Cyrillic or Greek alone and have no letter that a reader would not take for Latin.

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use icu_properties::script::ScriptWithExtensions;
use idna::uts46::{AsciiDenyList, Hyphens, Uts46};

use super::{Result, codes, host};

/// The writing systems that use several scripts (UTS 39, 5.1: `Hanb`, `Jpan`, `Kore`).
const SYSTEMS: [&[Script]; 3] = [
    &[Script::Han, Script::Bopomofo],
    &[Script::Han, Script::Hiragana, Script::Katakana],
    &[Script::Han, Script::Hangul],
];

/// Small letters that readers take for Latin ones, Cyrillic then Greek. Those of UTS 39's table of confusables that can be
/// in a host, chosen by hand.
const LATIN_LOOKALIKES: &str = "асԁеһіјӏорԛѕԝхуѵьαγικνορσυ";

/// Whether a host has a label that mixes scripts, or one that looks Latin and is not.
///
/// # Errors
/// `url_host` when it is no public host name.
pub fn looks_alike(text: &str) -> Result<bool> {
    let ascii = host::normalized(text).ok_or(codes::URL_HOST)?;
    if !ascii.contains("xn--") {
        return Ok(false);
    }
    let (unicode, _) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    let (_, last) = unicode.rsplit_once('.').unwrap_or(("", &unicode));
    let latin_zone = last.is_ascii();
    Ok(unicode.split('.').any(|label| !is_of_one_system(label) || (latin_zone && looks_latin(label))))
}

fn is_of_one_system(label: &str) -> bool {
    let scripts = CodePointMapData::<Script>::new();
    let extensions = ScriptWithExtensions::new();
    let fits = |allowed: &[Script]| {
        label.chars().all(|character| {
            let mut possible = [Script::Common, Script::Inherited].iter().chain(allowed);
            possible.any(|script| extensions.has_script(character, *script))
        })
    };
    let with_latin = |system: &[Script]| fits(&[&[Script::Latin], system].concat());
    let mut own = label.chars().map(|character| scripts.get(character));
    match own.find(|script| !matches!(*script, Script::Common | Script::Inherited)) {
        None => true,
        Some(first) => fits(&[first]) || SYSTEMS.iter().any(|system| with_latin(system)),
    }
}

/// Whether a label outside ASCII has nothing but lookalikes of Latin letters, beside digits and hyphens.
fn looks_latin(label: &str) -> bool {
    let known = |character: char| LATIN_LOOKALIKES.contains(character) || matches!(character, '0'..='9' | '-');
    !label.is_ascii() && label.chars().all(known)
}
