//! Blocks of work for a few threads, while the caller prepares and collects them.
//!
//! The threads are started for one batch and joined before it ends: a pool would not survive a fork, and web servers fork.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::thread;

use parking_lot::{Condvar, Mutex};

/// Below so many values nothing is gained by a thread, which takes some 30 microseconds to start.
const VALUES_PER_THREAD: usize = 512;

/// So many blocks may wait.
const MAX_WAITING: usize = 3;

/// Work that waits, and work that is done.
pub struct Pipeline<'w, B> {
    work: &'w (dyn Fn(&mut B) + Sync),
    state: Mutex<State<B>>,
    changed: Condvar,
}

struct State<B> {
    waiting: VecDeque<B>,
    done: Vec<B>,
    running: usize,
    closed: bool,
}

impl<B> core::fmt::Debug for Pipeline<'_, B> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}

/// Runs `drive` with threads at hand that do `work`: as many as `values` values deserve, and none where the system starts
/// none.
pub fn run<B: Send, R>(values: usize, work: &(dyn Fn(&mut B) + Sync), drive: impl FnOnce(&Pipeline<'_, B>) -> R) -> R {
    let state = State { waiting: VecDeque::new(), done: Vec::new(), running: 0, closed: false };
    let pipeline = Pipeline { work, state: Mutex::new(state), changed: Condvar::new() };
    thread::scope(|scope| {
        let closing = Closing(&pipeline);
        for _ in 1..(values / VALUES_PER_THREAD).clamp(1, cores()) {
            // Without the thread, `next_done` does the work.
            drop(thread::Builder::new().spawn_scoped(scope, || pipeline.serve()));
        }
        let result = drive(&pipeline);
        drop(closing);
        result
    })
}

impl<B> Pipeline<'_, B> {
    /// Hands over a block.
    pub fn submit(&self, block: B) {
        self.state.lock().waiting.push_back(block);
        self.changed.notify_one();
    }

    /// A block that is done, if there is one.
    pub fn done(&self) -> Option<B> {
        self.state.lock().done.pop()
    }

    /// Whether so much waits that the caller should help before it prepares more: that keeps the memory small.
    pub fn is_behind(&self) -> bool {
        self.state.lock().waiting.len() >= MAX_WAITING
    }

    /// The next block that is done: it works on a waiting one itself, or waits for a running one. None when nothing is left.
    pub fn next_done(&self) -> Option<B> {
        let mut state = self.state.lock();
        loop {
            if let Some(block) = state.done.pop() {
                return Some(block);
            }
            if let Some(mut block) = state.waiting.pop_front() {
                drop(state);
                (self.work)(&mut block);
                return Some(block);
            }
            if state.running == 0 {
                return None;
            }
            self.changed.wait(&mut state);
        }
    }

    /// What a thread does until the pipeline is closed.
    fn serve(&self) {
        let mut state = self.state.lock();
        while !state.closed {
            let Some(mut block) = state.waiting.pop_front() else {
                self.changed.wait(&mut state);
                continue;
            };
            state.running = state.running.saturating_add(1);
            drop(state);
            let running = Running(self);
            (self.work)(&mut block);
            self.state.lock().done.push(block);
            drop(running);
            state = self.state.lock();
        }
    }
}

/// Counts a thread as running; also when its work panics, so that nobody waits for it.
struct Running<'p, 'w, B>(&'p Pipeline<'w, B>);

impl<B> Drop for Running<'_, '_, B> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.running = state.running.saturating_sub(1);
        self.0.changed.notify_all();
    }
}

/// Lets the threads end when the driver ends, however it ends.
struct Closing<'p, 'w, B>(&'p Pipeline<'w, B>);

impl<B> Drop for Closing<'_, '_, B> {
    fn drop(&mut self) {
        self.0.state.lock().closed = true;
        self.0.changed.notify_all();
    }
}

/// The cores that this process may use, asked once: the answer takes file reads.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(test)]
mod tests {
    use super::{cores, run};

    #[test]
    fn every_block_is_done_once_with_and_without_threads() {
        for values in [0, 1_000_000] {
            let sum = run(values, &|number: &mut u64| *number *= 2, |pipeline| {
                (0..1000).for_each(|number| pipeline.submit(number));
                core::iter::from_fn(|| pipeline.next_done()).sum::<u64>()
            });
            assert_eq!(sum, 999_000);
        }
    }

    #[test]
    fn a_thread_works_while_the_driver_does_not() {
        run(1_000_000, &|number: &mut u64| *number *= 2, |pipeline| {
            pipeline.submit(21);
            // With one core there is no thread, and the driver is left to do it.
            let look = || if cores() == 1 { pipeline.next_done() } else { pipeline.done() };
            assert_eq!(core::iter::repeat_with(look).flatten().next(), Some(42));
            assert!(pipeline.next_done().is_none());
        });
    }

    #[test]
    fn three_blocks_that_wait_are_too_many() {
        run(0, &|_: &mut u64| (), |pipeline| {
            assert!(pipeline.next_done().is_none());
            for number in 0..3 {
                assert!(!pipeline.is_behind());
                pipeline.submit(number);
            }
            assert!(pipeline.is_behind());
            assert!(pipeline.done().is_none(), "nobody has worked on them");
            assert_eq!(pipeline.next_done(), Some(0));
            assert!(!pipeline.is_behind());
        });
    }

    #[test]
    fn a_driver_that_gives_up_leaves_no_thread_waiting() {
        run(1_000_000, &|_: &mut u64| (), |pipeline| (0..10).for_each(|number| pipeline.submit(number)));
    }
}
