//! Many values at once: blocks of them, which [`super::pipeline`] hands to the threads.
//!
//! A block owns what it works on, so that whoever fills it may go on with the next one meanwhile.

use core::ops::Range;

use zeroize::Zeroizing;

use super::{FieldCipher, FieldKeys, NONCE_BYTES, Value, envelope, seal};
use crate::primitives::{Error, Result, random};

/// A block has so many values or bytes at most: a few hundred microseconds of work, one request for nonces.
pub(super) const BLOCK_VALUES: usize = 1024;
pub(super) const BLOCK_BYTES: usize = 256 * 1024;

/// What a thread can work on.
pub trait Block: Default + Send {
    /// Does the work of the block.
    fn run(&mut self, cipher: &FieldCipher);

    /// Whether the block has enough to do.
    fn is_full(&self) -> bool;
}

/// Values to encrypt. What was not encrypted, because another value was refused, is wiped on drop.
#[derive(Default)]
pub struct Sealing<'k> {
    envelopes: Zeroizing<Vec<u8>>,
    items: Vec<(&'k FieldKeys, Range<usize>)>,
    tokens: String,
    ends: Vec<usize>,
    failure: Option<Error>,
}

impl core::fmt::Debug for Sealing<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Sealing(<secret>)")
    }
}

impl<'k> Sealing<'k> {
    /// Adds a value.
    ///
    /// # Errors
    /// As [`FieldCipher::encrypt`], without [`Error::Randomness`].
    pub fn push(&mut self, cipher: &FieldCipher, keys: &'k FieldKeys, value: &Value<'_>) -> Result<()> {
        let start = self.envelopes.len();
        cipher.append_plain(keys, value, &mut self.envelopes)?;
        self.items.push((keys, start..self.envelopes.len()));
        Ok(())
    }

    /// The tokens, in the order of the values.
    ///
    /// # Errors
    /// [`Error::Randomness`]: then there is none.
    pub fn tokens(&self) -> Result<impl Iterator<Item = &str>> {
        let starts = core::iter::once(&0).chain(&self.ends);
        let tokens = starts.zip(&self.ends).map(|(&start, &end)| self.tokens.get(start..end).unwrap_or_default());
        self.failure.map_or(Ok(tokens), Err)
    }

    /// Makes room for other values.
    pub fn clear(&mut self) {
        self.envelopes.clear();
        self.items.clear();
        self.tokens.clear();
        self.ends.clear();
    }

    fn seal(&mut self) -> Result<()> {
        let mut nonces = vec![[0; NONCE_BYTES]; self.items.len()];
        random::fill(nonces.as_flattened_mut())?;
        for ((keys, range), nonce) in self.items.iter().zip(&nonces) {
            let envelope = self.envelopes.get_mut(range.clone()).ok_or(Error::Decryption)?;
            seal(keys, nonce, envelope)?;
            envelope::append_token(envelope, &mut self.tokens);
            self.ends.push(self.tokens.len());
        }
        Ok(())
    }
}

impl Block for Sealing<'_> {
    fn run(&mut self, _cipher: &FieldCipher) {
        self.failure = self.seal().err();
    }

    fn is_full(&self) -> bool {
        self.items.len() >= BLOCK_VALUES || self.envelopes.len() >= BLOCK_BYTES
    }
}

/// Tokens to decrypt. The plaintexts are wiped on drop.
#[derive(Default)]
pub struct Opening<'k> {
    tokens: String,
    items: Vec<(&'k FieldKeys, Range<usize>)>,
    plaintexts: Zeroizing<Vec<u8>>,
    ranges: Vec<Option<Range<usize>>>,
}

impl core::fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Opening(<secret>)")
    }
}

impl<'k> Opening<'k> {
    /// Adds a token.
    pub fn push(&mut self, keys: &'k FieldKeys, token: &str) {
        let start = self.tokens.len();
        self.tokens.push_str(token);
        self.items.push((keys, start..self.tokens.len()));
    }

    /// The values, in the order of the tokens, each with its token; [`Error::Decryption`] for what cannot be decrypted.
    pub fn values(&self) -> impl Iterator<Item = (&str, Result<Value<'_>>)> {
        self.items.iter().zip(&self.ranges).map(|((_, token), range)| {
            let plaintext = range.clone().and_then(|range| self.plaintexts.get(range)).ok_or(Error::Decryption);
            (self.tokens.get(token.clone()).unwrap_or_default(), plaintext.and_then(Value::parse))
        })
    }

    /// Makes room for other tokens.
    pub fn clear(&mut self) {
        self.tokens.clear();
        self.items.clear();
        self.ranges.clear();
        // Wiped when the block goes; until then the next plaintexts are written over these.
        self.plaintexts.clear();
    }
}

impl Block for Opening<'_> {
    fn run(&mut self, cipher: &FieldCipher) {
        // A plaintext is shorter than its token: neither buffer grows, so nothing is left behind in freed memory.
        if self.plaintexts.capacity() < self.tokens.len() {
            self.plaintexts = Zeroizing::new(Vec::with_capacity(self.tokens.len()));
        }
        let longest = self.items.iter().map(|(_, range)| range.len()).max();
        let mut scratch = Zeroizing::new(Vec::with_capacity(longest.unwrap_or(0)));
        for (keys, range) in &self.items {
            let token = self.tokens.get(range.clone()).unwrap_or_default();
            let plaintext = cipher.decrypt(keys, token, &mut scratch).ok();
            self.ranges.push(plaintext.map(|plaintext| {
                let start = self.plaintexts.len();
                self.plaintexts.extend_from_slice(plaintext);
                start..self.plaintexts.len()
            }));
        }
    }

    fn is_full(&self) -> bool {
        self.items.len() >= BLOCK_VALUES || self.tokens.len() >= BLOCK_BYTES
    }
}
