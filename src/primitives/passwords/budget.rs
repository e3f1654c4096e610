//! The memory that argon2 works in: bounded for all hashes together, kept between calls, wiped after each.
//!
//! argon2 is made to need memory, so a flood of logins could take all of a machine's. A [`Budget`] bounds what all
//! hashes take at once; the next one waits, for a bounded time. Fresh memory costs a page fault every 4 KiB, which is
//! more than a third of the time of a hash; so as many areas as there are cores stay allocated, within the budget.

use core::fmt;
use core::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Block;
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSliceMut;
use zeroize::Zeroize;

use crate::primitives::{Error, Result};

/// One KiB of memory is one block of argon2 (RFC 9106, section 3.2).
const _: () = assert!(Block::SIZE == 1024);

/// 1 MiB is wiped in some 40 microseconds, enough for a task of its own.
const BLOCKS_A_TASK: usize = 1024;

/// A bound on the memory of all hashes that run at the same time.
///
/// A process that forks must make a new one in the child: the hashes that ran at that moment run on in the parent only,
/// and what they hold is never given back in the child.
pub struct Budget {
    total_kib: usize,
    wait: Duration,
    cores: usize,
    state: Mutex<State>,
    given_back: Condvar,
}

/// Invariant: `used_kib` and the lengths of `kept` together never exceed the budget.
#[derive(Default)]
struct State {
    used_kib: usize,
    kept: Vec<Vec<Block>>,
}

impl State {
    fn kept_kib(&self) -> usize {
        self.kept.iter().map(Vec::len).sum()
    }

    /// Books `kib`, and takes a kept area of just that size if there is one.
    fn book(&mut self, kib: usize) -> Vec<Block> {
        self.used_kib = self.used_kib.saturating_add(kib);
        let position = self.kept.iter().position(|area| area.len() == kib);
        position.map(|index| self.kept.swap_remove(index)).unwrap_or_default()
    }

    /// Takes out kept areas, oldest first, until no more than `kib` and `count` are left.
    fn evict(&mut self, kib: usize, count: usize) -> Vec<Vec<Block>> {
        let mut evicted = Vec::new();
        while !self.kept.is_empty() && (self.kept_kib() > kib || self.kept.len() > count) {
            evicted.push(self.kept.remove(0));
        }
        evicted
    }
}

impl Budget {
    /// A budget of `total_kib` KiB. A hash that finds it in use waits up to `wait`. `cores` bounds the threads of one
    /// hash and the memory areas that stay allocated.
    pub fn new(total_kib: u32, wait: Duration, cores: usize) -> Self {
        Self {
            total_kib: usize::try_from(total_kib).unwrap_or(usize::MAX),
            wait,
            cores: cores.max(1),
            state: Mutex::default(),
            given_back: Condvar::new(),
        }
    }

    /// Frees the memory that is kept for the next hash, and returns how many KiB that were.
    pub fn trim(&self) -> usize {
        let kept = mem::take(&mut self.lock().kept);
        kept.iter().map(Vec::len).sum()
    }

    pub(super) const fn cores(&self) -> usize {
        self.cores
    }

    /// Books memory of `kib` blocks, and waits for it if it must.
    ///
    /// # Errors
    /// [`Error::HashCost`] for more than the whole budget; [`Error::HashingBusy`] when it stays in use, or when the
    /// system has no memory left.
    pub(super) fn claim(&self, kib: usize) -> Result<Memory<'_>> {
        if kib > self.total_kib {
            return Err(Error::HashCost);
        }
        let (area, evicted) = {
            let mut state = self.wait_for(kib)?;
            let area = state.book(kib);
            let left = self.total_kib.saturating_sub(state.used_kib);
            (area, state.evict(left, self.cores))
        };
        drop(evicted);
        let mut memory = Memory { budget: self, kib, area, is_wiped: true };
        memory.allocate()?;
        Ok(memory)
    }

    fn wait_for(&self, kib: usize) -> Result<MutexGuard<'_, State>> {
        let in_use = |state: &mut State| state.used_kib.saturating_add(kib) > self.total_kib;
        let waited = self.given_back.wait_timeout_while(self.lock(), self.wait, in_use);
        let (state, outcome) = waited.unwrap_or_else(PoisonError::into_inner);
        if outcome.timed_out() { Err(Error::HashingBusy) } else { Ok(state) }
    }

    fn give_back(&self, kib: usize, area: Vec<Block>) {
        let evicted = {
            let mut state = self.lock();
            state.used_kib = state.used_kib.saturating_sub(kib);
            if area.len() == kib {
                state.kept.push(area);
            }
            state.evict(self.total_kib, self.cores)
        };
        self.given_back.notify_all();
        drop(evicted);
    }

    /// No panic can leave the state half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("total_kib", &self.total_kib).field("wait", &self.wait).finish_non_exhaustive()
    }
}

/// Memory that is booked in a budget; wiped, where it is not yet, and given back on drop.
pub(super) struct Memory<'a> {
    budget: &'a Budget,
    kib: usize,
    area: Vec<Block>,
    is_wiped: bool,
}

impl Memory<'_> {
    pub(super) fn blocks(&mut self) -> &mut [Block] {
        self.is_wiped = false;
        &mut self.area
    }

    /// Wipes on the threads of the pool that this is called in: 64 MiB take 3 milliseconds on one.
    pub(super) fn wipe_in_parallel(&mut self) {
        self.area.par_chunks_mut(BLOCKS_A_TASK).for_each(|blocks| blocks.iter_mut().zeroize());
        self.is_wiped = true;
    }

    fn allocate(&mut self) -> Result<()> {
        let missing = self.kib.saturating_sub(self.area.len());
        self.area.try_reserve_exact(missing).map_err(|_| Error::HashingBusy)?;
        self.area.resize(self.kib, Block::new());
        Ok(())
    }
}

impl Drop for Memory<'_> {
    fn drop(&mut self) {
        if !self.is_wiped {
            self.area.iter_mut().zeroize();
        }
        self.budget.give_back(self.kib, mem::take(&mut self.area));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::super::lanes;
    use super::{Block, Budget};
    use crate::primitives::Error;

    const FOREVER: Duration = Duration::from_secs(60);

    #[test]
    fn more_than_the_budget_is_refused_at_once() {
        let budget = Budget::new(16, FOREVER, 1);
        assert_eq!(budget.claim(17).err(), Some(Error::HashCost));
        assert!(budget.claim(16).is_ok());
    }

    #[test]
    fn memory_in_use_is_waited_for_and_then_refused() {
        let budget = Budget::new(16, Duration::from_millis(5), 1);
        let first = budget.claim(9).unwrap();
        assert_eq!(budget.claim(8).err(), Some(Error::HashingBusy));
        drop(first);
        assert!(budget.claim(8).is_ok());
    }

    #[test]
    fn a_waiting_claim_goes_on_when_memory_is_given_back() {
        let budget = Budget::new(16, FOREVER, 1);
        let (started, wait_for_start) = mpsc::channel();
        let first = budget.claim(16).unwrap();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                started.send(()).unwrap();
                budget.claim(16).is_ok()
            });
            wait_for_start.recv().unwrap();
            drop(first);
            assert!(waiting.join().unwrap());
        });
    }

    // asvs: 1.4.3, 11.7.2
    #[test]
    fn memory_is_wiped_and_used_again() {
        let budget = Budget::new(64, FOREVER, 1);
        let mut memory = budget.claim(16).unwrap();
        memory.blocks().iter_mut().for_each(|block| block.as_mut().fill(u64::MAX));
        let address = memory.blocks().as_ptr();
        drop(memory);
        let mut memory = budget.claim(16).unwrap();
        assert_eq!(memory.blocks().as_ptr(), address);
        assert!(is_zero(memory.blocks()));
    }

    // asvs: 1.4.3, 11.7.2
    #[test]
    fn wiping_in_parallel_reaches_every_block() {
        let budget = Budget::new(4096, FOREVER, 2);
        let mut memory = budget.claim(2500).unwrap();
        memory.blocks().iter_mut().for_each(|block| block.as_mut().fill(u64::MAX));
        lanes::run(2, || memory.wipe_in_parallel()).unwrap();
        assert!(is_zero(memory.blocks()));
    }

    fn is_zero(blocks: &[Block]) -> bool {
        blocks.iter().all(|block| block.as_ref() == Block::new().as_ref())
    }

    #[test]
    fn no_more_areas_are_kept_than_there_are_cores() {
        let budget = Budget::new(1024, FOREVER, 2);
        let claimed: Vec<_> = (0..4).map(|_| budget.claim(16).unwrap()).collect();
        drop(claimed);
        assert_eq!(budget.trim(), 2 * 16);
        assert_eq!(budget.trim(), 0);
    }

    #[test]
    fn memory_as_large_as_the_budget_is_kept() {
        let budget = Budget::new(16, FOREVER, 1);
        drop(budget.claim(16).unwrap());
        assert_eq!(budget.trim(), 16);
    }

    #[test]
    fn kept_memory_makes_room_for_another_size() {
        let budget = Budget::new(24, Duration::ZERO, 4);
        drop(budget.claim(16).unwrap());
        let other = budget.claim(12).unwrap();
        assert_eq!(budget.trim(), 0, "16 KiB kept and 12 in use would be over the budget");
        drop(other);
        assert_eq!(budget.trim(), 12);
    }
}
