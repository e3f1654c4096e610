//! Counters one after the other, and where each of them is.

use hashbrown::HashTable;

use super::Count;

/// So many have a place from the first on.
const FIRST: usize = 16;

/// A key, hashed. The first half chooses the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u64, pub(super) u64);

#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) tag: Tag,
    pub(super) count: Count,
}

impl Entry {
    /// Whether less is lost with it than with the other.
    pub(super) fn is_less(&self, other: Option<&Self>) -> bool {
        let loss = |count: &Count| (count.failures, count.attempts, count.forget_at);
        !self.count.has_stopped() && other.is_none_or(|other| loss(&self.count) < loss(&other.count))
    }
}

/// The counters of a table.
#[derive(Default)]
pub(super) struct Entries {
    entries: Vec<Entry>,
    positions: HashTable<u32>,
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, position: usize) -> Option<Entry> {
        self.entries.get(position).copied()
    }

    fn position(&self, tag: Tag) -> Option<usize> {
        let position = self.positions.find(tag.0, |position| is_at(&self.entries, *position, tag))?;
        usize::try_from(*position).ok()
    }

    pub(super) fn find(&mut self, tag: Tag) -> Option<&mut Count> {
        let position = self.position(tag)?;
        self.entries.get_mut(position).map(|entry| &mut entry.count)
    }

    /// Removes an entry. Whether there was one. The last entry takes the place of the one that goes.
    pub(super) fn remove(&mut self, tag: Tag) -> bool {
        let Ok(found) = self.positions.find_entry(tag.0, |position| is_at(&self.entries, *position, tag)) else {
            return false;
        };
        let (free, _) = found.remove();
        if let Some(last) = self.entries.pop().filter(|last| last.tag != tag) {
            let end = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            if let Some(position) = self.positions.find_mut(last.tag.0, |position| *position == end) {
                *position = free;
            }
            if let Some(place) = usize::try_from(free).ok().and_then(|free| self.entries.get_mut(free)) {
                *place = last;
            }
        }
        true
    }

    /// Adds an entry whose tag is not there. Memory grows by doubling, but never beyond `capacity`.
    pub(super) fn insert(&mut self, entry: Entry, capacity: usize) {
        let length = self.entries.len();
        if length == self.entries.capacity() {
            self.entries.reserve_exact(length.max(FIRST).min(capacity.saturating_sub(length)));
        }
        let position = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(entry);
        let entries = &self.entries;
        self.positions.insert_unique(entry.tag.0, position, |position| {
            usize::try_from(*position).ok().and_then(|position| entries.get(position)).map_or(0, |entry| entry.tag.0)
        });
    }
}

fn is_at(entries: &[Entry], position: u32, tag: Tag) -> bool {
    usize::try_from(position).is_ok_and(|position| entries.get(position).is_some_and(|entry| entry.tag == tag))
}
