//! The pass that counts: depth, items, names and the size of numbers, without a copy and without recursion. What is no JSON
//! it leaves to the parser.

use super::super::Result;
use super::super::validate::codes;
use super::Limits;

/// No number has more characters; Python and JavaScript write at most 24.
const NUMBER_MAX: usize = 40;

/// Refuses a document that is over the limits.
pub(super) fn within(bytes: &[u8], limits: Limits) -> Result<()> {
    let mut rest = bytes;
    let (mut depth, mut items, mut keys) = (0_usize, 0_usize, 0_usize);
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => rest = after_text(after),
            b'-' | b'0'..=b'9' => {
                let (number, after) = rest_of_number(after);
                is_in_range(byte, number)?;
                rest = after;
            }
            b'[' | b'{' => {
                depth = depth.saturating_add(1);
                items = items.saturating_add(1);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => items = items.saturating_add(1),
            b':' => keys = keys.saturating_add(1),
            _ => {}
        }
        if depth > limits.depth {
            return Err(codes::JSON_TOO_DEEP);
        }
        if keys > limits.keys || items.saturating_add(keys) > limits.items {
            return Err(codes::JSON_TOO_MANY);
        }
    }
    Ok(())
}

/// What follows a text that has begun; nothing where it does not end.
fn after_text(mut rest: &[u8]) -> &[u8] {
    while let Some(end) = memchr::memchr2(b'"', b'\\', rest) {
        let (found, after) = rest.split_at(end).1.split_first().unwrap_or((&b'"', &[]));
        if *found == b'"' {
            return after;
        }
        rest = after.get(1..).unwrap_or_default();
    }
    &[]
}

fn rest_of_number(bytes: &[u8]) -> (&[u8], &[u8]) {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    bytes.split_at(bytes.iter().take_while(|byte| is_part(byte)).count())
}

/// Refuses an integer of more than 64 bits, which others would take for another number, and what is longer than any number.
fn is_in_range(first: u8, rest: &[u8]) -> Result<()> {
    if rest.len() >= NUMBER_MAX {
        return Err(codes::JSON_NUMBER);
    }
    if rest.len() < 18 || !rest.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    let digits = core::str::from_utf8(rest).map_err(|_| codes::JSON_NUMBER)?;
    let whole = format!("{}{digits}", char::from(first));
    whole.parse::<i64>().map(drop).map_err(|_| codes::JSON_NUMBER)
}
