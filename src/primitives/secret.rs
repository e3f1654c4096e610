//! Secrets: wiped on drop, silent in `Debug`, compared in constant time.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Result, random};

/// A 256-bit key. It has no `Clone`, and `Debug` shows nothing of it.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// Takes over the bytes; the caller wipes its own copy.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes the bytes and wipes the place they came from.
    #[must_use]
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let key = Self(*bytes);
        bytes.zeroize();
        key
    }

    /// A fresh key from the operating system.
    ///
    /// # Errors
    /// [`super::Error::Randomness`] when the operating system gives no bytes.
    pub fn generate() -> Result<Self> {
        let mut key = Self([0; 32]);
        random::fill(&mut key.0)?;
        Ok(key)
    }

    /// The key itself, for the primitive that uses it.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(<secret>)")
    }
}

/// Makes room for more bytes. Where the buffer has to move it is wiped at its old place, which `Vec::reserve` does not do.
pub(super) fn reserve(buffer: &mut Vec<u8>, more: usize) {
    let wanted = buffer.len().saturating_add(more);
    if wanted > buffer.capacity() {
        let mut larger = Vec::with_capacity(wanted.max(buffer.capacity().saturating_mul(2)));
        larger.extend_from_slice(buffer);
        buffer.zeroize();
        *buffer = larger;
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
#[must_use]
pub fn eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::{Key, eq, reserve};

    /// Compiles for what is wiped on drop, and for nothing else.
    const fn is_wiped_on_drop<T: ZeroizeOnDrop>() {}

    // asvs: 1.4.3, 11.7.2
    #[test]
    fn a_key_is_wiped_on_drop_and_where_it_came_from() {
        const { is_wiped_on_drop::<Key>() };
        let mut bytes = [7; 32];
        assert_eq!(Key::take(&mut bytes).expose(), &[7; 32]);
        assert_eq!(bytes, [0; 32]);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Key::new([7; 32])), "Key(<secret>)");
    }

    #[test]
    fn a_buffer_keeps_what_it_holds_and_grows_by_doubling() {
        let mut buffer = Vec::with_capacity(4);
        buffer.extend(*b"abc");
        for (more, capacity) in [(1, 4), (2, 8), (5, 8), (6, 16), (40, 43)] {
            reserve(&mut buffer, more);
            assert_eq!((buffer.as_slice(), buffer.capacity()), (&b"abc"[..], capacity), "{more}");
        }
    }

    #[test]
    fn equality_is_of_bytes_and_length() {
        assert!(eq(b"abc", b"abc"));
        assert!(!eq(b"abc", b"abd"));
        assert!(!eq(b"abc", b"ab"));
    }
}
