//! Many tokens to encrypt anew: a block of them, which [`super::pipeline`] hands to the threads.

use core::ops::Range;

use zeroize::Zeroizing;

use super::batch::{BLOCK_BYTES, BLOCK_VALUES, Block};
use super::{FieldCipher, FieldKeys, NONCE_BYTES, Value, envelope, seal};
use crate::primitives::{Error, Result, random};

/// Tokens to encrypt anew under the primary key. The plaintexts in between are wiped.
#[derive(Debug, Default)]
pub struct Rewrapping<'k> {
    given: String,
    items: Vec<(&'k FieldKeys, Range<usize>)>,
    tokens: String,
    ranges: Vec<Option<Range<usize>>>,
    failure: Option<Error>,
}

impl<'k> Rewrapping<'k> {
    /// Adds a token.
    pub fn push(&mut self, keys: &'k FieldKeys, token: &str) {
        let start = self.given.len();
        self.given.push_str(token);
        self.items.push((keys, start..self.given.len()));
    }

    /// The new tokens, in the order of the given ones; none for what is under the primary key already, does not decrypt, or
    /// is refused by [`FieldCipher::encrypt`].
    ///
    /// # Errors
    /// [`Error::Randomness`]: then there is none.
    pub fn tokens(&self) -> Result<impl Iterator<Item = Option<&str>>> {
        let tokens = self.ranges.iter().map(|range| self.tokens.get(range.clone()?));
        self.failure.map_or(Ok(tokens), Err)
    }

    /// Makes room for other tokens.
    pub fn clear(&mut self) {
        self.given.clear();
        self.items.clear();
        self.tokens.clear();
        self.ranges.clear();
    }

    fn rewrap(&mut self, cipher: &FieldCipher) -> Result<()> {
        let mut nonces = vec![[0; NONCE_BYTES]; self.items.len()];
        random::fill(nonces.as_flattened_mut())?;
        // A plaintext is shorter than its token: the buffer does not grow, so nothing is left behind in freed memory.
        let longest = self.items.iter().map(|(_, range)| range.len()).max();
        let mut opened = Zeroizing::new(Vec::with_capacity(longest.unwrap_or(0)));
        for ((keys, range), nonce) in self.items.iter().zip(&nonces) {
            let given = self.given.get(range.clone()).unwrap_or_default();
            let start = self.tokens.len();
            let done = append(cipher, keys, given, nonce, &mut opened, &mut self.tokens).is_ok();
            self.ranges.push(done.then_some(start..self.tokens.len()));
        }
        Ok(())
    }
}

/// Appends the new token to `tokens`, or nothing.
fn append(
    cipher: &FieldCipher,
    keys: &FieldKeys,
    given: &str,
    nonce: &[u8; NONCE_BYTES],
    opened: &mut Vec<u8>,
    tokens: &mut String,
) -> Result<()> {
    envelope::decode(given, opened)?;
    if envelope::key_id_of(opened)? == keys.primary().id() {
        return Err(Error::Decryption);
    }
    let value = Value::parse(cipher.open(keys, opened)?)?;
    let mut envelope = Zeroizing::new(Vec::new());
    cipher.append_plain(keys, &value, &mut envelope)?;
    seal(keys, nonce, &mut envelope)?;
    envelope::append_token(&envelope, tokens);
    Ok(())
}

impl Block for Rewrapping<'_> {
    fn run(&mut self, cipher: &FieldCipher) {
        self.failure = self.rewrap(cipher).err();
    }

    fn is_full(&self) -> bool {
        self.items.len() >= BLOCK_VALUES || self.given.len() >= BLOCK_BYTES
    }
}
