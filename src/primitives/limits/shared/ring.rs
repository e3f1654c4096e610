//! The exact sliding window of one key: a permit for each unit of the quota, each a slot of its own.
//!
//! A permit is taken for one window, by one compare-and-swap, and nobody can take it again sooner. That alone keeps the
//! quota, whoever dies where. Permits are taken in turn, so they come free in turn, and the one whose turn it is tells
//! whether anything is free. A *cursor*, in one more slot, says whose turn it is. It is a hint: when a process dies between
//! taking a permit and moving the cursor, the next one sees that the permit behind it is older, and moves it.
//!
//! When the order of the permits is lost, by a cost that was given back or a clock that was set, a key may get less
//! than its quota for a window; never more.

use super::no_place;
use super::slots::{Answer, LATEST_NS, Slots, Watch};
use crate::primitives::limits::{Decision, Part, Quota, Receipt};

/// The low bits of the cursor's moment are the number of a permit. They round it up by a millisecond.
const INDEX_BITS: u32 = 20;
const INDEX: u64 = (1 << INDEX_BITS) - 1;
/// The odd number of Weyl sequences, 2^64 divided by the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

pub(super) struct Ring<'a, C> {
    slots: &'a Slots<'a, C>,
    quota: Quota,
    tag: u64,
}

/// A permit that was taken.
struct Taken {
    index: u32,
    moment_ns: u64,
    now_ns: u64,
}

/// Why none was taken.
enum Refusal {
    Busy { index: u32, free_after_ns: u64, now_ns: u64 },
    NoPlace { free_after_ns: u64 },
}

impl<'a, C: Fn() -> u64> Ring<'a, C> {
    pub(super) const fn new(slots: &'a Slots<'a, C>, quota: Quota, tag: u64) -> Self {
        Self { slots, quota, tag }
    }

    #[inline]
    pub(super) fn allow(&self) -> bool {
        self.take_one().is_ok()
    }

    #[inline]
    pub(super) fn hit(&self, cost: u32) -> Decision {
        let taken = if cost == 1 { self.take_one() } else { self.take_many(cost).map(|(last, _)| last) };
        self.decision(taken)
    }

    /// `hit`, with the permits that were taken.
    pub(super) fn take_all(&self, cost: u32) -> (Decision, Receipt) {
        match self.take_many(cost) {
            Ok((last, parts)) => (self.decision(Ok(last)), Receipt(parts)),
            Err(refusal) => (self.decision(Err(refusal)), Receipt(Vec::new())),
        }
    }

    #[inline]
    fn decision(&self, taken: Result<Taken, Refusal>) -> Decision {
        match taken {
            Ok(Taken { index, now_ns, .. }) => {
                let others = self.quota.limit.saturating_sub(1);
                self.quota.allowed(self.free_from(self.after(index, 1), others, now_ns), self.quota.window_ns)
            }
            Err(Refusal::NoPlace { free_after_ns }) => no_place(self.quota, free_after_ns),
            Err(Refusal::Busy { index, free_after_ns, now_ns }) => {
                let remaining = self.free_from(index, self.quota.limit, now_ns);
                let newest_ns = self.permit_moment(self.after(index, self.quota.limit.saturating_sub(1)));
                let reset_ns = newest_ns.saturating_sub(now_ns).min(self.quota.window_ns);
                self.quota.refused(remaining, free_after_ns, reset_ns.max(free_after_ns))
            }
        }
    }

    pub(super) fn peek(&self, cost: u32) -> Decision {
        let (start, now_ns) = self.oldest();
        let last = self.permit_moment(self.after(start, cost.saturating_sub(1)));
        let newest = self.permit_moment(self.after(start, self.quota.limit.saturating_sub(1)));
        let wait_ns = |moment_ns: u64| moment_ns.saturating_sub(now_ns).min(self.quota.window_ns);
        let remaining = self.free_from(start, self.quota.limit, now_ns);
        match wait_ns(last) {
            0 => self.quota.allowed(remaining, wait_ns(newest)),
            retry_ns => self.quota.refused(remaining, retry_ns, wait_ns(newest)),
        }
    }

    /// From the oldest on, so that what is left when it is cut short is still in order.
    pub(super) fn reset(&self) -> bool {
        let (start, _) = self.oldest();
        let mut counted = false;
        for step in 0..self.quota.limit {
            counted |= self.slots.clear(self.permit(self.after(start, step)));
        }
        counted | self.slots.clear(self.cursor())
    }

    #[inline]
    fn take_one(&self) -> Result<Taken, Refusal> {
        let mut refusal = Refusal::NoPlace { free_after_ns: self.quota.window_ns };
        // Each step moves the cursor, or finds that another has. With the permits in order two are enough.
        for _ in 0..=self.quota.limit.saturating_mul(2).saturating_add(64) {
            let (cursor, watch) = self.slots.watch(self.cursor());
            let index = self.index_of(cursor);
            let permit = self.slots.watch(self.permit(index)).1;
            // Reading the clock waits until all that stands before it is read: so this one comes together with the other.
            let next_ns = if permit.is_found() { self.permit_moment(self.after(index, 1)) } else { 0 };
            match self.take(index, &permit) {
                Err(Refusal::Busy { free_after_ns, now_ns, .. }) if self.is_ahead(cursor, now_ns) => {
                    self.bring_back();
                    refusal = Refusal::Busy { index, free_after_ns, now_ns };
                }
                Err(Refusal::Busy { free_after_ns, now_ns, .. }) => {
                    let moment_ns = now_ns.saturating_add(free_after_ns);
                    let is_oldest = next_ns >= moment_ns;
                    refusal = Refusal::Busy { index, free_after_ns, now_ns };
                    if is_oldest && (watch.is_unchanged() || self.slots.read(self.cursor()) == cursor) {
                        return Err(refusal);
                    }
                    if !is_oldest {
                        self.advance(cursor, &watch, moment_ns)?;
                    }
                }
                Ok(taken) => {
                    let is_ahead = self.is_ahead(cursor, taken.now_ns);
                    let (seen, watch) = if is_ahead { self.bring_back() } else { (cursor, watch) };
                    if let Err(refusal) = self.advance(seen, &watch, taken.moment_ns) {
                        self.slots.give_back(self.permit(index), taken.moment_ns);
                        return Err(refusal);
                    }
                    return Ok(taken);
                }
                no_place => return no_place,
            }
        }
        Err(refusal)
    }

    /// All or none. What was taken before somebody else was faster is given back.
    fn take_many(&self, cost: u32) -> Result<(Taken, Vec<Part>), Refusal> {
        let cursor = self.slots.read(self.cursor());
        let (start, now_ns) = self.oldest();
        let last_ns = self.permit_moment(self.after(start, cost.saturating_sub(1)));
        if self.is_ahead(cursor, now_ns) {
            self.bring_back();
        }
        let wait_ns = last_ns.saturating_sub(now_ns).min(self.quota.window_ns);
        if wait_ns > 0 {
            return Err(Refusal::Busy { index: start, free_after_ns: wait_ns, now_ns });
        }
        let mut all: Vec<Part> = Vec::new();
        let mut last = None;
        for _ in 0..cost {
            let Ok(taken) = self.take_one() else {
                self.give_back(&all);
                let free_after_ns = self.peek(cost).retry_after_ns.max(1);
                return Err(Refusal::Busy { index: start, free_after_ns, now_ns });
            };
            all.push(Part { index: taken.index, moment_ns: taken.moment_ns });
            last = Some(taken);
        }
        let last = last.ok_or(Refusal::NoPlace { free_after_ns: self.quota.window_ns })?;
        Ok((last, all))
    }

    /// Frees permits, the last one first, each unless it came free and was taken again.
    pub(super) fn give_back(&self, all: &[Part]) {
        for taken in all.iter().rev() {
            self.slots.give_back(self.permit(taken.index), taken.moment_ns);
            let behind = self.after(taken.index, 1);
            self.slots.update(self.cursor(), |cursor| {
                if cursor > 0 && self.index_of(cursor) == behind {
                    cursor & !INDEX | u64::from(taken.index)
                } else {
                    cursor
                }
            });
        }
    }

    /// Takes a permit that was looked for, for a window from now on, if it is free.
    #[inline]
    fn take(&self, index: u32, permit: &Watch<'a>) -> Result<Taken, Refusal> {
        let (mut found_ns, mut at_ns) = (0, 0);
        let answer = self.slots.update_seen(self.permit(index), permit, |moment_ns| {
            at_ns = self.slots.now_ns();
            let until_ns = at_ns.saturating_add(self.quota.window_ns);
            // Later than that nobody has written who keeps to these rules.
            found_ns = moment_ns.min(until_ns);
            if found_ns > at_ns { found_ns } else { until_ns }
        });
        match answer {
            Answer::NoPlace { free_after_ns } => Err(Refusal::NoPlace { free_after_ns }),
            Answer::Done if found_ns > at_ns => {
                let free_after_ns = found_ns.saturating_sub(at_ns);
                Err(Refusal::Busy { index, free_after_ns, now_ns: at_ns })
            }
            Answer::Done => {
                let moment_ns = at_ns.saturating_add(self.quota.window_ns).min(LATEST_NS);
                Ok(Taken { index, moment_ns, now_ns: at_ns })
            }
        }
    }

    /// Moves the cursor that was seen behind its permit, which is taken until `moment_ns`, unless it moved already.
    #[inline]
    fn advance(&self, seen: u64, watch: &Watch<'a>, moment_ns: u64) -> Result<(), Refusal> {
        let next = self.after(self.index_of(seen), 1);
        let answer = self.slots.update_seen(self.cursor(), watch, |cursor| {
            if cursor == seen || cursor == 0 { stamp(moment_ns.max(cursor & !INDEX), next) } else { cursor }
        });
        match answer {
            Answer::Done => Ok(()),
            Answer::NoPlace { free_after_ns } => Err(Refusal::NoPlace { free_after_ns }),
        }
    }

    /// Whether the permits are of a time that has yet to come: of a clock that was set back, or damaged. The cursor was read
    /// before the clock.
    #[inline]
    fn is_ahead(&self, cursor: u64, now_ns: u64) -> bool {
        cursor & !INDEX > stamp(now_ns.saturating_add(self.quota.window_ns), 0)
    }

    /// Lets every permit come free within a window, and none now. The cursor as it is then.
    ///
    /// The clock is asked for each of them anew, after it was read: what was taken meanwhile is not shortened.
    #[cold]
    fn bring_back(&self) -> (u64, Watch<'a>) {
        let latest_ns = || self.slots.now_ns().saturating_add(self.quota.window_ns);
        for index in 0..self.quota.limit {
            self.slots.update(self.permit(index), |moment_ns| moment_ns.min(latest_ns()));
        }
        self.slots.update(self.cursor(), |cursor| {
            if cursor == 0 { 0 } else { (cursor & !INDEX).min(stamp(latest_ns(), 0)) | cursor & INDEX }
        });
        self.slots.watch(self.cursor())
    }

    /// The number of the permit whose turn it is, and the clock.
    fn oldest(&self) -> (u32, u64) {
        let index = self.index_of(self.slots.read(self.cursor()));
        let next = self.after(index, 1);
        let (moment_ns, next_ns) = (self.permit_moment(index), self.permit_moment(next));
        let now_ns = self.slots.now_ns();
        (if moment_ns > now_ns && next_ns < moment_ns { next } else { index }, now_ns)
    }

    /// How many of `count` permits are free, from `start` on, where the free ones stand first.
    fn free_from(&self, start: u32, count: u32, now_ns: u64) -> u32 {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            if self.permit_moment(self.after(start, middle)) > now_ns {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        low
    }

    fn permit_moment(&self, index: u32) -> u64 {
        self.slots.read(self.permit(index))
    }

    /// The number of the permit `steps` behind another in the ring; at most one round.
    fn after(&self, index: u32, steps: u32) -> u32 {
        let sum = index.saturating_add(steps);
        sum.checked_sub(self.quota.limit).unwrap_or(sum)
    }

    fn index_of(&self, cursor: u64) -> u32 {
        u32::try_from(cursor & INDEX).ok().filter(|index| *index < self.quota.limit).unwrap_or(0)
    }

    fn permit(&self, index: u32) -> u64 {
        mixed(self.tag, u64::from(index).saturating_add(1))
    }

    fn cursor(&self) -> u64 {
        self.tag
    }
}

/// A moment, rounded up, with the number of a permit in its low bits.
fn stamp(moment_ns: u64, index: u32) -> u64 {
    let rounded = moment_ns.saturating_add(INDEX).min(LATEST_NS) & !INDEX;
    rounded | u64::from(index)
}

/// One fingerprint for each number: the mixer of `SplitMix64`, which maps 64 bits one to one.
fn mixed(tag: u64, number: u64) -> u64 {
    let mut value = tag.wrapping_add(STEP.wrapping_mul(number));
    value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::mixed;

    #[test]
    fn fingerprints_are_the_numbers_of_splitmix64() {
        let numbers = [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F];
        assert_eq!([1, 2, 3].map(|number| mixed(0, number)), numbers);
    }
}
