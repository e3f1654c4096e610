//! One pass over bytes that stops at nothing, so that the compiler turns it into vector instructions.

/// Bytes looked at before the first decision: long enough for vectors, short enough to stop early on dirty text.
const BLOCK: usize = 64;

/// The index of the first block that holds a byte for which `wanted` is true; `None` when no byte does.
///
/// `wanted` must not branch: comparisons joined by `|`.
#[inline]
pub(super) fn first_block(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    bytes
        .chunks(BLOCK)
        .position(|block| block.iter().fold(false, |found, &byte| found | wanted(byte)))
        .map(|index| index.saturating_mul(BLOCK))
}

/// Whether `wanted` is true for any byte.
#[inline]
pub(super) fn any(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    first_block(bytes, wanted).is_some()
}

#[cfg(test)]
mod tests {
    use super::{any, first_block};

    #[test]
    fn the_block_of_the_first_hit_is_found() {
        let mut bytes = [b'a'; 200];
        assert_eq!(first_block(&bytes, |byte| byte == b'x'), None);
        bytes[130] = b'x';
        bytes[199] = b'x';
        assert_eq!(first_block(&bytes, |byte| byte == b'x'), Some(128));
        assert!(any(&bytes[199..], |byte| byte == b'x'));
        assert!(!any(b"", |_| true));
    }
}
