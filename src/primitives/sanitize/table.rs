//! Replacement of ASCII bytes by short ASCII texts, at one step a byte whatever the bytes are.

use std::borrow::Cow;

use super::scan;

/// What stands for one byte: up to seven bytes, and in the last one how many of them count. A number, so that it is
/// loaded and stored whole.
type Entry = u64;

/// The longest replacement.
const LONGEST: usize = 7;

/// Bytes of input for which room is made at once, all of them replaced by the longest.
const BLOCK: usize = 4096;

/// One entry a byte.
#[derive(Debug)]
pub(super) struct Table([Entry; 256]);

#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where a panic is an error of the compiler"
)]
impl Table {
    /// Each byte for itself, but for the given ones.
    pub(super) const fn new(replacements: &[(u8, &str)]) -> Self {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < table.len() {
            table[byte] = Entry::from_le_bytes([byte as u8, 0, 0, 0, 0, 0, 0, 1]);
            byte += 1;
        }
        Self(table).and(replacements)
    }

    /// The same with more replacements, each an ASCII byte and at most seven bytes of ASCII.
    pub(super) const fn and(mut self, replacements: &[(u8, &str)]) -> Self {
        let mut index = 0;
        while index < replacements.len() {
            let (byte, text) = (replacements[index].0, replacements[index].1.as_bytes());
            assert!(byte.is_ascii() && text.is_ascii() && text.len() <= LONGEST);
            let mut entry = [0; 8];
            entry.split_at_mut(text.len()).0.copy_from_slice(text);
            entry[LONGEST] = text.len() as u8;
            self.0[byte as usize] = Entry::from_le_bytes(entry);
            index += 1;
        }
        self
    }
}

impl Table {
    /// `text` with its replacements made; borrowed when no byte is `special`, which is true for the replaced bytes only.
    #[inline]
    pub(super) fn replace<'t>(&self, text: &'t str, special: impl Fn(u8) -> bool) -> Cow<'t, str> {
        scan::first_block(text.as_bytes(), special)
            .map_or(Cow::Borrowed(text), |start| Cow::Owned(self.replaced(text.as_bytes(), start)))
    }

    /// Apart from the search, which would pay for the registers that this needs.
    #[inline(never)]
    fn replaced(&self, bytes: &[u8], start: usize) -> String {
        let (plain, rest) = bytes.split_at_checked(start).unwrap_or_default();
        let mut out = Vec::with_capacity(start.saturating_add(room(rest.len().min(BLOCK))));
        out.extend_from_slice(plain);
        for block in rest.chunks(BLOCK) {
            self.append(&mut out, block);
        }
        // ASCII was replaced by ASCII, so this is UTF-8; if it were not, an empty text would be the safe answer.
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes eight bytes for each byte, of which the next one overwrites those that do not count.
    #[inline]
    fn append(&self, out: &mut Vec<u8>, block: &[u8]) {
        let start = out.len();
        out.resize(start.saturating_add(room(block.len())), 0);
        let mut free = out.get_mut(start..).unwrap_or_default();
        for &byte in block {
            let entry = self.0.get(usize::from(byte)).copied().unwrap_or_default();
            // There is always room: it was made for the longest of all replacements.
            if let Some(slot) = free.first_chunk_mut() {
                *slot = entry.to_le_bytes();
            }
            free = free.split_at_mut_checked(length(entry)).map_or_else(Default::default, |(_, next)| next);
        }
        let left = free.len();
        out.truncate(out.len().saturating_sub(left));
    }
}

#[inline]
fn length(entry: Entry) -> usize {
    let [.., length] = entry.to_le_bytes();
    usize::from(length)
}

/// Bytes for the replacements of `bytes` bytes, and for the end of the last entry.
#[inline]
fn room(bytes: usize) -> usize {
    bytes.saturating_mul(LONGEST).saturating_add(size_of::<Entry>())
}
