//! The first page of the file: what it is, how large, with which secret, and since which start of the machine.

use sha2::{Digest, Sha256};

use crate::primitives::limits::SLOTS_PER_BUCKET;
use crate::primitives::{Error, Result, secret};

/// The length of the header in bytes: a page, so that slots begin on one.
pub(super) const LEN: usize = 4096;
pub(super) const BUCKET_LEN: usize = 64;
const MAGIC: [u8; 8] = *b"ZSLIMITS";
const VERSION: u32 = 1;
/// So that two free slots are there for each key and a bit: measured in `docs/decisions/shared-table.md`.
const SLOTS_FOR_KEYS: usize = 2;
/// A power of two from so many slots on: what is left of it after the header is the table.
const LEAST_SLOTS: usize = 1024;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) buckets: usize,
    pub(super) secret: [u8; 16],
    pub(super) boot: [u8; 16],
}

/// How many buckets a file for so many keys has: header and buckets fill a power of two.
pub(super) fn buckets_for(max_keys: usize) -> usize {
    let slots = max_keys.saturating_mul(SLOTS_FOR_KEYS).max(LEAST_SLOTS).next_power_of_two();
    let bytes = slots.saturating_div(SLOTS_PER_BUCKET).saturating_mul(BUCKET_LEN);
    bytes.saturating_sub(LEN).saturating_div(BUCKET_LEN)
}

/// The length of a file with so many buckets.
pub(super) fn file_len(buckets: usize) -> usize {
    buckets.saturating_mul(BUCKET_LEN).saturating_add(LEN)
}

impl Header {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let slots = (self.buckets as u64).saturating_mul(SLOTS_PER_BUCKET as u64);
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(u32::try_from(LEN).unwrap_or_default().to_le_bytes());
        bytes.extend(slots.to_le_bytes());
        bytes.extend(self.secret);
        bytes.extend(self.boot);
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        bytes.resize(LEN, 0);
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (magic, rest) = field::<8>(bytes)?;
        if magic != MAGIC {
            return Err(Error::StoreIncompatible("this file is no table of rate limits; name another path"));
        }
        let (version, rest) = field(rest)?;
        if u32::from_le_bytes(version) != VERSION {
            return Err(Error::StoreIncompatible("a newer version made this table; use that, or another path"));
        }
        let (_, rest) = field::<4>(rest)?;
        let (slots, rest) = field(rest)?;
        let (secret, rest) = field(rest)?;
        let (boot, _) = field(rest)?;
        let buckets = usize::try_from(u64::from_le_bytes(slots)).unwrap_or_default().saturating_div(SLOTS_PER_BUCKET);
        let header = Self { buckets, secret, boot };
        if !secret::eq(&header.to_bytes(), bytes) {
            return Err(DAMAGED);
        }
        Ok(header)
    }
}

const DAMAGED: Error =
    Error::StoreIncompatible("this table of rate limits is damaged; remove the file, and it is made anew");

fn field<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8])> {
    bytes.split_first_chunk::<N>().map(|(field, rest)| (*field, rest)).ok_or(DAMAGED)
}

/// The id that the kernel drew at its start, from the text that it gives.
pub(super) fn boot_id(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text.trim().bytes().filter(|byte| *byte != b'-').collect();
    data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{BUCKET_LEN, Header, LEN, boot_id, buckets_for, file_len};
    use crate::primitives::Error;
    use crate::primitives::limits::Bucket;

    const HEADER: Header = Header { buckets: 192, secret: [7; 16], boot: [9; 16] };

    #[test]
    fn a_header_reads_as_it_was_written() {
        assert_eq!(Header::from_bytes(&HEADER.to_bytes()), Ok(HEADER));
        assert_eq!(HEADER.to_bytes().len(), LEN);
        assert_eq!(size_of::<Bucket>(), BUCKET_LEN);
    }

    #[test]
    fn any_byte_that_changed_is_seen() {
        for place in 0..LEN {
            let mut bytes = HEADER.to_bytes();
            bytes[place] ^= 1;
            assert!(matches!(Header::from_bytes(&bytes), Err(Error::StoreIncompatible(_))), "{place}");
        }
        for length in 0..LEN {
            assert!(Header::from_bytes(&HEADER.to_bytes()[..length]).is_err());
        }
    }

    #[test]
    fn a_million_keys_take_32_mib() {
        assert_eq!(file_len(buckets_for(1_000_000)), 32 << 20);
        assert_eq!(file_len(buckets_for(1)), 16 << 10);
    }

    #[test]
    fn a_boot_id_is_the_16_bytes_of_a_uuid() {
        let bytes = *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
        assert_eq!(boot_id("01234567-89ab-cdef-0123-456789abcdef\n"), Some(bytes));
        assert_eq!(boot_id("01234567"), None);
        assert_eq!(boot_id(""), None);
    }
}
