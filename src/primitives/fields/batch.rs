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
pub struct Tokens(Vec<TokenPart>);

/// Tokens one after the other, and where each of them stands.
type TokenPart = (String, Vec<Range<usize>>);

impl Tokens {
    /// The tokens.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(text, ranges)| ranges.iter().map(|range| text.get(range.clone()).unwrap_or_default()))
    }
}

/// Plaintexts in the order of their tokens. Wiped on drop; `Debug` shows nothing of them.
pub struct Plaintexts(Vec<PlaintextPart>);

/// Plaintexts one after the other, and where each of them stands that could be decrypted.
type PlaintextPart = (Zeroizing<Vec<u8>>, Vec<Option<Range<usize>>>);

impl core::fmt::Debug for Plaintexts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Plaintexts(<secret>)")
    }
}

impl Plaintexts {
    /// The plaintexts; [`Error::Decryption`] for what could not be decrypted.
    pub fn iter(&self) -> impl Iterator<Item = Result<Value<'_>>> {
        self.0.iter().flat_map(|(bytes, ranges)| {
            ranges.iter().map(|range| {
                let plaintext = range.clone().and_then(|range| bytes.get(range)).ok_or(Error::Decryption)?;
                Value::parse(plaintext)
            })
        })
    }
}

/// Encrypts every item.
///
/// # Errors
/// The position of the first item that cannot be encrypted, and why.
pub fn encrypt(cipher: &FieldCipher, items: &[Sealing<'_>]) -> Result<Tokens, (usize, Error)> {
    let bytes = items.iter().map(|item| item.value.plaintext_len(cipher.padding)).fold(0, usize::saturating_add);
    let parts = in_parallel(items, bytes, |offset, items| {
        encrypt_part(cipher, items).map_err(|(position, error)| (offset.saturating_add(position), error))
    });
    Ok(Tokens(parts.into_iter().collect::<Result<_, _>>()?))
}

/// Decrypts every item.
#[must_use]
pub fn decrypt(cipher: &FieldCipher, items: &[Opening<'_>]) -> Plaintexts {
    let bytes = items.iter().map(|item| item.token.len()).fold(0, usize::saturating_add);
    Plaintexts(in_parallel(items, bytes, |_, items| decrypt_part(cipher, items)))
}

fn encrypt_part(cipher: &FieldCipher, items: &[Sealing<'_>]) -> Result<TokenPart, (usize, Error)> {
    let sizes = items.iter().map(|item| envelope::token_len(item.value.plaintext_len(cipher.padding)));
    let mut text = String::with_capacity(sizes.fold(0, usize::saturating_add));
    let mut ranges = Vec::with_capacity(items.len());
    let mut scratch = Vec::new();
    let mut nonces = [[0; NONCE_BYTES]; NONCES_PER_REQUEST];
    for group in items.chunks(NONCES_PER_REQUEST) {
        let nonces = nonces.get_mut(..group.len()).unwrap_or_default();
        random::fill(nonces.as_flattened_mut()).map_err(|error| (ranges.len(), error))?;
        for (item, nonce) in group.iter().zip(nonces) {
            let start = text.len();
            let result = cipher.append_token(item.keys, &item.value, nonce, &mut scratch, &mut text);
            result.map_err(|error| (ranges.len(), error))?;
            ranges.push(start..text.len());
        }
    }
    Ok((text, ranges))
}

fn decrypt_part(cipher: &FieldCipher, items: &[Opening<'_>]) -> PlaintextPart {
    // A plaintext is shorter than its token: the buffer never grows, so nothing is left behind in freed memory.
    let size = items.iter().map(|item| item.token.len()).fold(0, usize::saturating_add);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    let mut scratch = Zeroizing::new(Vec::with_capacity(items.iter().map(|item| item.token.len()).max().unwrap_or(0)));
    let ranges = items.iter().map(|item| {
        let plaintext = cipher.decrypt(item.keys, item.token, &mut scratch).ok()?;
        let start = bytes.len();
        bytes.extend_from_slice(plaintext);
        Some(start..bytes.len())
    });
    let ranges = ranges.collect();
    (bytes, ranges)
}

/// Runs `work` on parts of `items`, with the position where each begins, and gives the results in order.
fn in_parallel<T: Sync, R: Send>(items: &[T], bytes: usize, work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let cost = items.len().saturating_mul(VALUE_COST).saturating_add(bytes);
    let threads = (cost / COST_PER_THREAD).clamp(1, cores());
    let size = items.len().div_ceil(threads).max(1);
    let work = &work;
    thread::scope(|scope| {
        let mut parts = items.chunks(size).enumerate().map(|(number, part)| (number.saturating_mul(size), part));
        let first = parts.next();
        let rest: Vec<_> =
            parts.map(|(offset, part)| (offset, part, spawn(scope, move || work(offset, part)))).collect();
        let mut results: Vec<_> = first.map(|(offset, part)| work(offset, part)).into_iter().collect();
        results.extend(rest.into_iter().map(
            |(offset, part, thread)| match thread.map(thread::ScopedJoinHandle::join) {
                Some(Ok(result)) => result,
                Some(Err(panic)) => std::panic::resume_unwind(panic),
                None => work(offset, part),
            },
        ));
        results
    })
}

/// A thread for `work`, or nothing when the system starts no more of them.
fn spawn<'scope, R: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    work: impl FnOnce() -> R + Send + 'scope,
) -> Option<thread::ScopedJoinHandle<'scope, R>> {
    thread::Builder::new().spawn_scoped(scope, work).ok()
}

/// The cores that this process may use, asked once: the answer takes file reads.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}
