//! Many values at once, on all cores, with one request for nonces for every 256 of them.
//!
//! Threads are started for each large batch and joined before it ends: a pool would not survive a fork, and web servers fork.

use core::ops::Range;
use std::sync::OnceLock;
use std::thread;

use zeroize::Zeroizing;

use super::{FieldCipher, FieldKeys, NONCE_BYTES, Value, envelope};
use crate::primitives::{Error, Result, random};

/// So many nonces come from one request to the operating system.
const NONCES_PER_REQUEST: usize = 256;

/// The fixed cost of one value, in bytes of bulk encryption.
const VALUE_COST: usize = 512;

/// A thread costs some 30 microseconds to start: it must have at least so much to do, about 250 microseconds.
const COST_PER_THREAD: usize = 256 * 1024;

/// A value to encrypt, and the keys of its context.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// From [`FieldCipher::keys`].
    pub keys: &'a FieldKeys,
    /// What is encrypted.
    pub value: Value<'a>,
}

/// A token to decrypt, and the keys of its context.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// From [`FieldCipher::keys`].
    pub keys: &'a FieldKeys,
    /// What is decrypted.
    pub token: &'a str,
}

/// Tokens in the order of their values.
#[derive(Debug)]
pub struct Tokens<'a>(Vec<SealingPart<'a>>);

impl Tokens<'_> {
    /// The tokens.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|part| part.ranges.iter().map(|range| part.text.get(range.clone()).unwrap_or_default()))
    }
}

/// Plaintexts in the order of their tokens. Wiped on drop; `Debug` shows nothing of them.
pub struct Plaintexts<'a>(Vec<OpeningPart<'a>>);

impl core::fmt::Debug for Plaintexts<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Plaintexts(<secret>)")
    }
}

impl Plaintexts<'_> {
    /// The values; [`Error::Decryption`] for what could not be decrypted.
    pub fn iter(&self) -> impl Iterator<Item = Result<Value<'_>>> {
        self.0.iter().flat_map(|part| {
            part.ranges.iter().map(|range| {
                let plaintext = range.clone().and_then(|range| part.bytes.get(range)).ok_or(Error::Decryption)?;
                Value::parse(plaintext)
            })
        })
    }
}

/// Encrypts every item.
///
/// # Errors
/// The position of the first item that cannot be encrypted, and why.
pub fn encrypt<'a>(cipher: &FieldCipher, items: &'a [Sealing<'a>]) -> Result<Tokens<'a>, (usize, Error)> {
    let size = part_size(items.len(), items.iter().map(|item| item.value.len()));
    let mut parts: Vec<_> = items.chunks(size).map(|items| SealingPart::new(cipher, items)).collect();
    in_parallel(&mut parts, |part| part.result = part.encrypt(cipher));
    let mut offset = 0_usize;
    for part in &parts {
        part.result.map_err(|error| (offset.saturating_add(part.ranges.len()), error))?;
        offset = offset.saturating_add(part.items.len());
    }
    Ok(Tokens(parts))
}

/// Decrypts every item.
#[must_use]
pub fn decrypt<'a>(cipher: &FieldCipher, items: &'a [Opening<'a>]) -> Plaintexts<'a> {
    let size = part_size(items.len(), items.iter().map(|item| item.token.len()));
    let mut parts: Vec<_> = items.chunks(size).map(OpeningPart::new).collect();
    in_parallel(&mut parts, |part| part.decrypt(cipher));
    Plaintexts(parts)
}

/// What one thread encrypts: tokens one after the other, and where each of them stands.
#[derive(Debug)]
struct SealingPart<'a> {
    items: &'a [Sealing<'a>],
    text: String,
    ranges: Vec<Range<usize>>,
    result: Result<()>,
}

impl<'a> SealingPart<'a> {
    fn new(cipher: &FieldCipher, items: &'a [Sealing<'a>]) -> Self {
        let sizes = items.iter().map(|item| envelope::token_len(item.value.plaintext_len(cipher.padding)));
        let text = String::with_capacity(sizes.fold(0, usize::saturating_add));
        Self { items, text, ranges: Vec::with_capacity(items.len()), result: Ok(()) }
    }

    fn encrypt(&mut self, cipher: &FieldCipher) -> Result<()> {
        let mut scratch = Vec::new();
        let mut nonces = [[0; NONCE_BYTES]; NONCES_PER_REQUEST];
        for group in self.items.chunks(NONCES_PER_REQUEST) {
            let nonces = nonces.get_mut(..group.len()).unwrap_or_default();
            random::fill(nonces.as_flattened_mut())?;
            for (item, nonce) in group.iter().zip(nonces) {
                let start = self.text.len();
                cipher.append_token(item.keys, &item.value, nonce, &mut scratch, &mut self.text)?;
                self.ranges.push(start..self.text.len());
            }
        }
        Ok(())
    }
}

/// What one thread decrypts: plaintexts one after the other, and where each of them stands that could be decrypted.
struct OpeningPart<'a> {
    items: &'a [Opening<'a>],
    bytes: Zeroizing<Vec<u8>>,
    ranges: Vec<Option<Range<usize>>>,
}

impl<'a> OpeningPart<'a> {
    fn new(items: &'a [Opening<'a>]) -> Self {
        // A plaintext is shorter than its token: the buffer never grows, so nothing is left behind in freed memory.
        let size = items.iter().map(|item| item.token.len()).fold(0, usize::saturating_add);
        Self { items, bytes: Zeroizing::new(Vec::with_capacity(size)), ranges: Vec::with_capacity(items.len()) }
    }

    fn decrypt(&mut self, cipher: &FieldCipher) {
        let longest = self.items.iter().map(|item| item.token.len()).max();
        let mut scratch = Zeroizing::new(Vec::with_capacity(longest.unwrap_or(0)));
        for item in self.items {
            let plaintext = cipher.decrypt(item.keys, item.token, &mut scratch);
            self.ranges.push(plaintext.ok().map(|plaintext| {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(plaintext);
                start..self.bytes.len()
            }));
        }
    }
}

/// How many items one thread gets.
fn part_size(count: usize, lengths: impl Iterator<Item = usize>) -> usize {
    let cost = lengths.fold(count.saturating_mul(VALUE_COST), usize::saturating_add);
    let threads = (cost / COST_PER_THREAD).clamp(1, cores());
    count.div_ceil(threads).max(1)
}

/// Does `work` on every part: the first one here, each of the others in a thread of its own.
fn in_parallel<T: Send>(parts: &mut [T], work: impl Fn(&mut T) + Sync) {
    let work = &work;
    let mut unstarted = Vec::new();
    thread::scope(|scope| {
        let mut numbered = parts.iter_mut().enumerate();
        let first = numbered.next();
        for (number, part) in numbered {
            if thread::Builder::new().spawn_scoped(scope, || work(part)).is_err() {
                unstarted.push(number);
            }
        }
        if let Some((_, part)) = first {
            work(part);
        }
    });
    // The system had no more threads to give.
    for number in unstarted {
        parts.get_mut(number).into_iter().for_each(work);
    }
}

/// The cores that this process may use, asked once: the answer takes file reads.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}
