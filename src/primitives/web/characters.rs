//! The characters of names and values of headers.

/// What kinds of bytes there are in a text, one bit each.
pub(super) type Kinds = u8;

/// Not part of a token (RFC 9110, section 5.6.2).
pub(super) const NO_TOKEN: Kinds = 1;
/// Not in a value: a control character but a tab (RFC 9110, section 5.5).
pub(super) const CONTROL: Kinds = 1 << 1;
/// A letter in upper case.
pub(super) const UPPER: Kinds = 1 << 2;
/// An underscore.
pub(super) const UNDERSCORE: Kinds = 1 << 3;

static KINDS: [Kinds; 256] = table();

#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where a panic is an error of the compiler"
)]
const fn table() -> [Kinds; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = kinds_of_byte(byte as u8);
        byte += 1;
    }
    table
}

const fn kinds_of_byte(byte: u8) -> Kinds {
    match byte {
        b'A'..=b'Z' => UPPER,
        b'_' => UNDERSCORE,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'0'..=b'9' | b'^'..=b'z' | b'|' | b'~' => 0,
        0..=8 | 10..=0x1f | 0x7f => NO_TOKEN | CONTROL,
        _ => NO_TOKEN,
    }
}

/// The kinds of all bytes of a text.
pub(super) fn kinds(text: &[u8]) -> Kinds {
    text.iter().fold(0, |found, byte| found | KINDS.get(usize::from(*byte)).copied().unwrap_or(NO_TOKEN | CONTROL))
}

/// Whether a response with this header would be split, or not understood: its name is no token (RFC 9110, section 5.6.2),
/// or its value has a control character other than a tab (section 5.5).
pub fn is_hostile(name: &[u8], value: &[u8]) -> bool {
    name.is_empty() || kinds(name) & NO_TOKEN != 0 || kinds(value) & CONTROL != 0
}
