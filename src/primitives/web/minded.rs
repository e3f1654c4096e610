//! Which controls the head of a response concerns: each minds the headers of some names.

use std::collections::HashMap;

use super::Header;
use crate::primitives::{Error, Result};

/// So many sets of names are told apart.
pub const MAX_SETS: usize = 32;

/// Sets of names of headers.
#[derive(Debug)]
pub struct Minded {
    sets: HashMap<Vec<u8>, u32>,
    longest: usize,
}

impl Minded {
    /// The sets, in lower case; the bit of the first is 1, of the next 2, and so on.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there are more than [`MAX_SETS`].
    pub fn new(given: Vec<Vec<Vec<u8>>>) -> Result<Self> {
        let mut sets: HashMap<Vec<u8>, u32> = HashMap::new();
        if given.len() > MAX_SETS {
            return Err(Error::Parameter("at most 32 controls have additions"));
        }
        for (number, names) in (0_u32..).zip(given) {
            for name in names {
                let bits = sets.entry(name).or_default();
                *bits |= 1_u32.checked_shl(number).unwrap_or_default();
            }
        }
        let longest = sets.keys().map(Vec::len).max().unwrap_or_default();
        Ok(Self { sets, longest })
    }

    /// The bits of the sets that a head has a name of.
    pub fn look<'a>(&self, headers: impl Iterator<Item = Header<'a>>) -> u32 {
        headers.fold(0, |found, (name, _)| found | self.bits(name))
    }

    fn bits(&self, name: &[u8]) -> u32 {
        if name.len() > self.longest { 0 } else { self.sets.get(name).copied().unwrap_or_default() }
    }
}
