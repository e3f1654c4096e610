//! The slots of a shared table: found, claimed, changed and freed by compare-and-swap alone.
//!
//! A slot is free once its moment has passed. So two who look for a place for the same new fingerprint may see different
//! slots free, and must not end up with one each: its quota would be there twice. Therefore a place is taken in two steps.
//! A *ticket* goes into the slot first. Then all places that the fingerprint could have are looked at: who finds it counted
//! there gives the ticket up and uses that; who finds another's ticket removes it, or gives up its own. Only a ticket that
//! is still there is exchanged for a count. Of two who held tickets at once the later look saw the earlier ticket, so at
//! most one of them is exchanged. (This needs one order of all steps for all processes, hence `SeqCst`.) A ticket that is a second old was left by a process that died, and is free.

use core::sync::atomic::Ordering::SeqCst;

use portable_atomic::AtomicU128;

use crate::primitives::limits::MAX_WINDOW_NS;
use crate::primitives::random;

/// A bucket is one line of the processor's cache.
pub const SLOTS_PER_BUCKET: usize = 4;
/// A fingerprint has its place in one of so many buckets.
const CHOICES: usize = 4;
/// A bucket with a free slot and so many more is half empty.
const OTHERS_WHEN_HALF_EMPTY: usize = SLOTS_PER_BUCKET / 2 - 1;
/// Odd numbers without pattern (the first 64 bits of the square roots of 2, 3, 5 and 7, made odd).
const SPREAD: [u64; CHOICES] =
    [0x6A09_E667_F3BC_C909, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1];
/// A moment with this bit is a ticket: the clock in its upper bits, a number that makes it unlike others in the lower.
const TICKET: u64 = 1 << 63;
const NUMBER_BITS: u32 = 20;
const NUMBERS: u64 = (1 << NUMBER_BITS) - 1;
const TICKET_LASTS_NS: u64 = 1_000_000_000;
/// Before so many tries the lower of two tickets stays, so that two do not remove each other's for ever; afterwards the
/// other one may be that of a process that stands still.
const POLITE_TRIES: u32 = 16;

/// No limiter writes a moment as far ahead: such a slot is damaged, and free.
const FURTHEST_NS: u64 = 2 * MAX_WINDOW_NS;

/// The latest moment that a slot can hold: 292 years.
pub(super) const LATEST_NS: u64 = TICKET - 1;

/// Whether this processor changes 16 bytes at once. Where it does not, a lock would take its place, and that would be one
/// of this process alone.
pub fn is_lock_free() -> bool {
    AtomicU128::is_lock_free()
}

/// Four slots. All zero is free.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Bucket([Slot; SLOTS_PER_BUCKET]);

#[derive(Debug, Default)]
#[repr(transparent)]
struct Slot(AtomicU128);

/// What a slot holds. Fingerprint 0 is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    fingerprint: u64,
    moment_ns: u64,
}

const NOTHING: Entry = Entry { fingerprint: 0, moment_ns: 0 };

impl Entry {
    /// How long until anyone may have the slot.
    fn free_after_ns(self, now_ns: u64) -> u64 {
        if !self.is_ticket() {
            let wait_ns = self.moment_ns.saturating_sub(now_ns);
            return if wait_ns > FURTHEST_NS { 0 } else { wait_ns };
        }
        let given_ns = self.moment_ns & !TICKET & !NUMBERS;
        // A ticket from the future is damage, or of a clock that was set back.
        if given_ns > now_ns { 0 } else { given_ns.saturating_add(TICKET_LASTS_NS).saturating_sub(now_ns) }
    }

    const fn is_ticket(self) -> bool {
        self.moment_ns & TICKET != 0
    }

    const fn is_count_of(self, fingerprint: u64) -> bool {
        self.fingerprint == fingerprint && !self.is_ticket()
    }
}

impl Slot {
    #[inline]
    fn load(&self) -> Entry {
        let bits = self.0.load(SeqCst);
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        Entry { fingerprint: half(bits >> 64), moment_ns: half(bits) }
    }

    #[inline]
    fn exchange(&self, old: Entry, new: Entry) -> bool {
        self.0.compare_exchange(bits(old), bits(new), SeqCst, SeqCst).is_ok()
    }
}

fn bits(entry: Entry) -> u128 {
    u128::from(entry.fingerprint) << 64 | u128::from(entry.moment_ns)
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// All places that the fingerprint could have are others'.
    NoPlace {
        free_after_ns: u64,
    },
}

/// A slot, and what was in it. Without one nothing was found, and nothing can be said.
pub(super) struct Watch<'a>(Option<(&'a Slot, Entry)>);

impl Watch<'_> {
    pub(super) const fn is_found(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(super) fn is_unchanged(&self) -> bool {
        self.0.is_some_and(|(slot, seen)| slot.load() == seen)
    }
}

/// The table, and the clock that it is used with.
pub(super) struct Slots<'a, C> {
    buckets: &'a [Bucket],
    clock: &'a C,
}

impl<'a, C: Fn() -> u64> Slots<'a, C> {
    pub(super) const fn new(buckets: &'a [Bucket], clock: &'a C) -> Self {
        Self { buckets, clock }
    }

    #[inline]
    pub(super) fn now_ns(&self) -> u64 {
        (self.clock)().min(LATEST_NS)
    }

    /// The moment of a fingerprint, 0 if it has none.
    #[inline]
    pub(super) fn read(&self, fingerprint: u64) -> u64 {
        self.find(fingerprint).map_or(0, |(_, moment_ns)| moment_ns)
    }

    /// The same, and a way to ask later whether it is still so without looking for it again.
    #[inline]
    pub(super) fn watch(&self, fingerprint: u64) -> (u64, Watch<'a>) {
        let entry = |moment_ns| Entry { fingerprint: named(fingerprint), moment_ns };
        let found = self.find(fingerprint).map(|(slot, moment_ns)| (slot, entry(moment_ns)));
        (found.map_or(0, |(_, seen)| seen.moment_ns), Watch(found))
    }

    /// Sets the moment of a fingerprint to what `decide` makes of the old one, 0 if there is none. It may be called again
    /// when another process was faster; what it said last is what holds. Giving back the old moment changes nothing.
    /// It asks the clock itself, so that the reading is younger than what it decides on.
    #[inline]
    pub(super) fn update(&self, fingerprint: u64, mut decide: impl FnMut(u64) -> u64) -> Answer {
        while let Some((slot, old_ns)) = self.find(fingerprint) {
            let new_ns = decide(old_ns).min(LATEST_NS);
            let entry = |moment_ns| Entry { fingerprint: named(fingerprint), moment_ns };
            if new_ns == old_ns || slot.exchange(entry(old_ns), entry(new_ns)) {
                return Answer::Done;
            }
            core::hint::spin_loop();
        }
        self.insert(fingerprint, &mut decide)
    }

    /// `update` of a fingerprint that was looked for: it is not looked for again, unless another process was faster.
    #[inline]
    pub(super) fn update_seen(&self, fingerprint: u64, seen: &Watch<'a>, mut decide: impl FnMut(u64) -> u64) -> Answer {
        if let Some((slot, old)) = seen.0 {
            let new = Entry { moment_ns: decide(old.moment_ns).min(LATEST_NS), ..old };
            if new == old || slot.exchange(old, new) {
                return Answer::Done;
            }
        }
        self.update(fingerprint, decide)
    }

    /// Frees the slot of a fingerprint if it still holds `moment_ns`.
    pub(super) fn give_back(&self, fingerprint: u64, moment_ns: u64) -> bool {
        let Some((slot, found_ns)) = self.find(fingerprint) else { return false };
        found_ns == moment_ns && slot.exchange(Entry { fingerprint: named(fingerprint), moment_ns }, NOTHING)
    }

    /// Frees the slot of a fingerprint. Whether it had one.
    pub(super) fn clear(&self, fingerprint: u64) -> bool {
        while let Some((_, moment_ns)) = self.find(fingerprint) {
            if self.give_back(fingerprint, moment_ns) {
                return true;
            }
        }
        false
    }

    pub(super) fn taken(&self) -> usize {
        let now_ns = self.now_ns();
        self.buckets.iter().flat_map(|bucket| &bucket.0).filter(|slot| slot.load().free_after_ns(now_ns) > 0).count()
    }

    #[inline]
    fn find(&self, fingerprint: u64) -> Option<(&'a Slot, u64)> {
        let fingerprint = named(fingerprint);
        for bucket in self.places(fingerprint) {
            for slot in &bucket.0 {
                let entry = slot.load();
                if entry.is_count_of(fingerprint) {
                    return Some((slot, entry.moment_ns));
                }
            }
        }
        None
    }

    #[inline]
    fn places(&self, fingerprint: u64) -> impl Iterator<Item = &'a Bucket> {
        let buckets = self.buckets;
        SPREAD.iter().filter_map(move |odd| {
            let wide = u128::from(fingerprint.wrapping_mul(*odd)).wrapping_mul(buckets.len() as u128);
            buckets.get(usize::try_from(wide >> 64).unwrap_or(usize::MAX))
        })
    }

    #[cold]
    fn insert(&self, fingerprint: u64, decide: &mut dyn FnMut(u64) -> u64) -> Answer {
        let name = named(fingerprint);
        for tries in 0_u32.. {
            if let Some((slot, old_ns)) = self.find(name) {
                let new_ns = decide(old_ns).min(LATEST_NS);
                let entry = |moment_ns| Entry { fingerprint: name, moment_ns };
                if new_ns == old_ns || slot.exchange(entry(old_ns), entry(new_ns)) {
                    break;
                }
                continue;
            }
            if decide(0) == 0 {
                break;
            }
            let now_ns = self.now_ns();
            let (slot, seen) = match self.roomiest(name, now_ns) {
                Ok(place) => place,
                Err(free_after_ns) => return Answer::NoPlace { free_after_ns },
            };
            let Some(moment_ns) = ticket(now_ns) else { return Answer::NoPlace { free_after_ns: TICKET_LASTS_NS } };
            let ticket = Entry { fingerprint: name, moment_ns };
            if !slot.exchange(seen, ticket) {
                continue;
            }
            if !self.is_alone(slot, ticket, tries) {
                slot.exchange(ticket, NOTHING);
                core::hint::spin_loop();
                continue;
            }
            let counted = Entry { fingerprint: name, moment_ns: decide(0).min(LATEST_NS) };
            if slot.exchange(ticket, counted) {
                break;
            }
        }
        Answer::Done
    }

    /// Whether nobody else holds a place, or a ticket that is in the way, for the fingerprint of this ticket.
    fn is_alone(&self, own: &Slot, ticket: Entry, tries: u32) -> bool {
        let mut own_came = false;
        for slot in self.places(ticket.fingerprint).flat_map(|bucket| &bucket.0) {
            if core::ptr::eq(slot, own) {
                own_came = true;
                continue;
            }
            let entry = slot.load();
            if entry.fingerprint != ticket.fingerprint {
                continue;
            }
            let own_stays = own_came || tries >= POLITE_TRIES;
            if !entry.is_ticket() || !own_stays || !slot.exchange(entry, NOTHING) {
                return false;
            }
        }
        true
    }

    /// A free slot and what is in it: in the first bucket that is half empty, else in the emptiest. When all are
    /// taken, how long until the first of them is free.
    fn roomiest(&self, fingerprint: u64, now_ns: u64) -> Result<(&'a Slot, Entry), u64> {
        let mut soonest_ns = u64::MAX;
        let mut best: Option<(usize, &Slot, Entry)> = None;
        for bucket in self.places(fingerprint) {
            let mut free = bucket.0.iter().filter_map(|slot| {
                let entry = slot.load();
                let wait_ns = entry.free_after_ns(now_ns);
                soonest_ns = soonest_ns.min(wait_ns);
                (wait_ns == 0).then_some((slot, entry))
            });
            let Some((slot, entry)) = free.next() else { continue };
            let others = free.count();
            if best.is_none_or(|(most, ..)| others > most) {
                best = Some((others, slot, entry));
            }
            if others >= OTHERS_WHEN_HALF_EMPTY {
                break;
            }
        }
        best.map(|(_, slot, entry)| (slot, entry)).ok_or(soonest_ns)
    }
}

/// No fingerprint is 0.
const fn named(fingerprint: u64) -> u64 {
    if fingerprint == 0 { 1 } else { fingerprint }
}

/// A ticket that no other process, and no fork of this one, draws for the same slot in the same millisecond.
fn ticket(now_ns: u64) -> Option<u64> {
    let number = u64::from(u32::from_le_bytes(random::bytes().ok()?));
    Some(TICKET | now_ns & !NUMBERS & LATEST_NS | number & NUMBERS)
}

#[cfg(test)]
mod tests {
    use super::{
        Answer, Bucket, Entry, FURTHEST_NS, LATEST_NS, NOTHING, NUMBER_BITS, NUMBERS, POLITE_TRIES, Slot, Slots,
        TICKET, TICKET_LASTS_NS, ticket,
    };

    const NAME: u64 = 7;
    const NOW_NS: u64 = 1_000_000_000_000;
    const TAKEN: Entry = Entry { fingerprint: 8, moment_ns: NOW_NS + 100 };

    fn now_ns() -> u64 {
        NOW_NS
    }

    fn table() -> Vec<Bucket> {
        (0..1024).map(|_| Bucket::default()).collect()
    }

    /// The buckets of [`NAME`].
    fn places<'a>(slots: &Slots<'a, fn() -> u64>) -> Vec<&'a [Slot; 4]> {
        let places: Vec<_> = slots.places(NAME).map(|bucket| &bucket.0).collect();
        assert!((1..4).all(|index| places[..index].iter().all(|earlier| !std::ptr::eq(*earlier, places[index]))));
        places
    }

    fn free_after_ns(moment_ns: u64, now_ns: u64) -> u64 {
        Entry { fingerprint: 7, moment_ns }.free_after_ns(now_ns)
    }

    #[test]
    fn a_count_is_free_once_its_moment_has_passed() {
        for (moment_ns, now_ns, expected) in [(0, 0, 0), (10, 3, 7), (10, 10, 0), (10, 11, 0)] {
            assert_eq!(free_after_ns(moment_ns, now_ns), expected);
        }
    }

    #[test]
    fn a_count_from_further_ahead_than_any_limiter_writes_is_free() {
        assert_eq!(free_after_ns(3 + FURTHEST_NS, 3), FURTHEST_NS);
        for damaged_ns in [4 + FURTHEST_NS, LATEST_NS] {
            assert_eq!(free_after_ns(damaged_ns, 3), 0);
        }
    }

    #[test]
    fn a_ticket_lasts_a_second() {
        let given_ns = 5 << NUMBER_BITS;
        for number in [0, 1, NUMBERS] {
            let free_at_ns = |now_ns| free_after_ns(TICKET | given_ns | number, now_ns);
            assert_eq!(free_at_ns(given_ns), TICKET_LASTS_NS);
            assert_eq!(free_at_ns(given_ns + 1), TICKET_LASTS_NS - 1);
            assert_eq!(free_at_ns(given_ns + TICKET_LASTS_NS), 0);
            assert_eq!(free_at_ns(given_ns - 1), 0, "it is from the future");
        }
    }

    #[test]
    fn a_ticket_has_the_time_and_a_number_of_its_own() {
        for now_ns in [0, NUMBERS, 5 << NUMBER_BITS, LATEST_NS] {
            let drawn: Vec<u64> = (0..64).map(|_| ticket(now_ns).unwrap()).collect();
            assert!(drawn.iter().all(|ticket| ticket & !NUMBERS == TICKET | now_ns & !NUMBERS));
            let number = |bits: u64| drawn.iter().map(|ticket| ticket & bits).collect::<std::collections::HashSet<_>>();
            assert!(number(NUMBERS).len() > 60);
            assert!((0..NUMBER_BITS).all(|bit| number(1 << bit).len() == 2), "every bit is drawn");
        }
    }

    #[test]
    fn a_watch_sees_that_its_slot_was_changed() {
        let table = table();
        let slots = Slots::new(&table, &now_ns);
        assert_eq!(slots.update(NAME, |_| NOW_NS + 5), Answer::Done);
        let (moment_ns, watch) = slots.watch(NAME);
        assert!(moment_ns == NOW_NS + 5 && watch.is_found() && watch.is_unchanged());
        slots.update(NAME, |_| NOW_NS + 6);
        assert!(watch.is_found() && !watch.is_unchanged());
        let (moment_ns, nothing) = slots.watch(NAME + 1);
        assert!(moment_ns == 0 && !nothing.is_found() && !nothing.is_unchanged());
    }

    #[test]
    fn the_fingerprint_zero_counts_as_any_other() {
        let table = table();
        let slots = Slots::new(&table, &now_ns);
        assert_eq!((slots.read(0), slots.taken()), (0, 0));
        slots.update(0, |_| NOW_NS + 5);
        assert_eq!((slots.read(0), slots.read(2), slots.taken()), (NOW_NS + 5, 0, 1));
    }

    #[test]
    fn who_finds_a_count_or_an_earlier_ticket_gives_up() {
        let entry = |moment_ns| Entry { fingerprint: NAME, moment_ns };
        let (own, theirs, count) = (entry(TICKET | NOW_NS), entry(TICKET | NOW_NS | 1), entry(NOW_NS + 5));
        // The own ticket is in the second bucket, so that there is one before it and one behind it.
        for (found, bucket, tries, alone, left) in [
            (TAKEN, 0, 0, true, TAKEN),
            (TAKEN, 2, 0, true, TAKEN),
            (Entry { fingerprint: 8, ..theirs }, 2, 0, true, Entry { fingerprint: 8, ..theirs }),
            (count, 0, POLITE_TRIES, false, count),
            (count, 2, POLITE_TRIES, false, count),
            (theirs, 0, 0, false, theirs),
            (theirs, 0, POLITE_TRIES - 1, false, theirs),
            (theirs, 0, POLITE_TRIES, true, NOTHING),
            (theirs, 2, 0, true, NOTHING),
        ] {
            let table = table();
            let slots = Slots::new(&table, &(now_ns as fn() -> u64));
            let places = places(&slots);
            assert!(places[1][2].exchange(NOTHING, own) && places[bucket][1].exchange(NOTHING, found));
            assert_eq!(slots.is_alone(&places[1][2], own, tries), alone, "{found:?} {bucket} {tries}");
            assert_eq!((places[1][2].load(), places[bucket][1].load()), (own, left), "{found:?} {bucket} {tries}");
        }
    }

    #[test]
    fn the_first_bucket_that_is_half_empty_is_taken_else_the_emptiest() {
        for (taken, chosen) in [
            ([0, 0, 0, 0], Some(0)),
            ([2, 0, 0, 0], Some(0)),
            ([3, 0, 0, 0], Some(1)),
            ([3, 2, 0, 0], Some(1)),
            ([3, 3, 2, 0], Some(2)),
            ([3, 3, 3, 3], Some(0)),
            ([4, 3, 4, 3], Some(1)),
            ([4, 4, 4, 3], Some(3)),
            ([4, 4, 4, 4], None),
        ] {
            let table = table();
            let slots = Slots::new(&table, &(now_ns as fn() -> u64));
            let places = places(&slots);
            for (bucket, count) in places.iter().zip(taken) {
                assert!(bucket[..count].iter().all(|slot| slot.exchange(NOTHING, TAKEN)));
            }
            let sooner = Entry { moment_ns: NOW_NS + 60, ..TAKEN };
            places[2][1].exchange(TAKEN, sooner);
            let found = slots.roomiest(NAME, NOW_NS).map(|(slot, entry)| {
                assert_eq!(entry, NOTHING);
                places.iter().position(|bucket| bucket.iter().any(|other| std::ptr::eq(slot, other))).unwrap()
            });
            assert_eq!(found, chosen.ok_or(60), "{taken:?}");
        }
    }

    #[test]
    fn nothing_is_kept_for_nothing() {
        let table = table();
        let slots = Slots::new(&table, &now_ns);
        assert_eq!(slots.update(NAME, |_| 0), Answer::Done);
        assert!(table.iter().flat_map(|bucket| &bucket.0).all(|slot| slot.load() == NOTHING));
    }
}
