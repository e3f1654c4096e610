//! PBKDF2-HMAC-SHA-512 (RFC 8018, section 5.2) for one block of output: what Odoo's 600,000 rounds go through.
//!
//! The pbkdf2 crate computes the same, and every round clones two hashers with their buffers, which is an eighth of the
//! time. Here the two key blocks of HMAC (RFC 2104) are compressed once and the padding of the message, always 64 bytes
//! after one block, is laid out once; a round is two calls of the sha2 crate's compression function and nothing else.
//! A property test holds it to the crate.

use sha2::block_api::compress512;
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

type State = [u64; 8];
type Block = [u8; 128];

/// FIPS 180-4, section 5.3.5.
const INITIAL: State = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// The bits of one key block and one digest, the length of every message that is hashed in a round.
const MESSAGE_BITS: u16 = (128 + 64) * 8;

/// Derives 64 bytes.
pub(super) fn derive(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 64]> {
    let mut hmac = Hmac::new(password);
    let mut chain = Zeroizing::new(hmac.first(salt));
    let mut sum = Zeroizing::new(*chain);
    for _ in 1..rounds {
        *chain = hmac.next(&chain);
        sum.iter_mut().zip(chain.iter()).for_each(|(sum, word)| *sum ^= word);
    }
    let mut output = Zeroizing::new([0; 64]);
    write(&sum, output.as_mut_slice());
    output
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Hmac {
    inner: State,
    outer: State,
    /// Room for a digest, then the padding that SHA-512 puts after it.
    message: Block,
}

impl Hmac {
    fn new(password: &[u8]) -> Self {
        let key = key_block(password);
        let mut message = [0; 128];
        message[64] = 0x80;
        [message[126], message[127]] = MESSAGE_BITS.to_be_bytes();
        Self { inner: keyed(&key, 0x36), outer: keyed(&key, 0x5c), message }
    }

    /// The MAC of the salt and the number of the block, 1. It may have any length, so it goes the usual way.
    fn first(&mut self, salt: &[u8]) -> State {
        let mut tail = salt.to_vec();
        tail.extend_from_slice(&1_u32.to_be_bytes());
        let length = 128_u128.saturating_add(tail.len() as u128).saturating_mul(8);
        tail.push(0x80);
        while tail.len() % 128 != 112 {
            tail.push(0);
        }
        tail.extend_from_slice(&length.to_be_bytes());
        let (blocks, _none) = tail.as_chunks::<128>();
        let mut state = self.inner;
        compress512(&mut state, blocks);
        self.finish(&state)
    }

    /// The MAC of the MAC before.
    fn next(&mut self, previous: &State) -> State {
        let mut state = self.inner;
        write(previous, &mut self.message);
        compress512(&mut state, core::slice::from_ref(&self.message));
        self.finish(&state)
    }

    fn finish(&mut self, inner: &State) -> State {
        let mut state = self.outer;
        write(inner, &mut self.message);
        compress512(&mut state, core::slice::from_ref(&self.message));
        state
    }
}

/// RFC 2104: the key, or its digest when it is longer than a block, filled up with zeros.
fn key_block(password: &[u8]) -> Zeroizing<Block> {
    let mut block = Zeroizing::new([0; 128]);
    if password.len() > block.len() {
        let digest = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(password)));
        block.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    } else {
        block.iter_mut().zip(password).for_each(|(to, from)| *to = *from);
    }
    block
}

fn keyed(key: &Block, pad: u8) -> State {
    let mut state = INITIAL;
    let block = Zeroizing::new(key.map(|byte| byte ^ pad));
    compress512(&mut state, core::slice::from_ref(&block));
    state
}

/// The words, big endian, at the start of `bytes`.
fn write(words: &State, bytes: &mut [u8]) {
    let (chunks, _rest) = bytes.as_chunks_mut::<8>();
    chunks.iter_mut().zip(words).for_each(|(chunk, word)| *chunk = word.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::Sha512;

    use super::derive;

    /// RFC 2104 takes a key of exactly one block as it is, and the digest of a longer one.
    #[test]
    fn a_password_of_one_block_is_its_own_key() {
        for length in 127..=129 {
            let password = vec![b'x'; length];
            let expected = pbkdf2::pbkdf2_hmac_array::<Sha512, 64>(&password, b"salt", 2);
            assert_eq!(*derive(&password, b"salt", 2), expected, "{length}");
        }
    }

    proptest! {
        /// It gives what the pbkdf2 crate gives, for passwords and salts on both sides of every boundary of a block.
        #[test]
        fn equals_the_crate(
            password in prop::collection::vec(any::<u8>(), 0..300),
            salt in prop::collection::vec(any::<u8>(), 0..300),
            rounds in 1_u32..20,
        ) {
            let expected = pbkdf2::pbkdf2_hmac_array::<Sha512, 64>(&password, &salt, rounds);
            prop_assert_eq!(*derive(&password, &salt, rounds), expected);
        }
    }
}
