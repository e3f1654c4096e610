//! A search that decides once a block, so that the compiler turns it into vector instructions.

/// One vector on every processor that we build for.
const BLOCK: usize = 16;

/// Where the first block begins that holds a byte for which `wanted` is true; `None` when no byte does.
///
/// `wanted` must not branch: comparisons joined by `|` and `&`.
#[inline]
pub(super) fn first_block(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    if let Some(index) = blocks.iter().position(|block| any_of(block, &wanted)) {
        return Some(index.saturating_mul(BLOCK));
    }
    // A block that ends where the text ends overlaps the one before it, in which nothing was found.
    let found =
        if let Some(last) = bytes.last_chunk::<BLOCK>() { any_of(last, &wanted) } else { any_short(rest, &wanted) };
    found.then_some(bytes.len().saturating_sub(rest.len()))
}

/// For less than a block: two halves that overlap, or the bytes one by one.
#[inline]
fn any_short(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => any_of(first, &wanted) | any_of(last, &wanted),
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => any_of(first, &wanted) | any_of(last, &wanted),
            _ => bytes.iter().any(|&byte| wanted(byte)),
        },
    }
}

#[expect(clippy::inline_always, reason = "measured: as calls, the blocks of short texts cost twice as much")]
#[inline(always)]
fn any_of<const N: usize>(block: &[u8; N], wanted: impl Fn(u8) -> bool) -> bool {
    block.iter().fold(false, |found, &byte| found | wanted(byte))
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
        let is_x = |byte| byte == b'x';
        for length in (1..40).chain([200]) {
            assert_eq!(first_block(&vec![b'a'; length], is_x), None);
            for hit in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[hit] = b'x';
                assert_eq!(first_block(&bytes, is_x), Some(hit / 16 * 16), "{hit} of {length}");
            }
        }
        assert!(!any(b"", |_| true));
    }
}
