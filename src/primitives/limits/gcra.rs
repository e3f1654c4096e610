//! The generic cell rate algorithm, virtual scheduling form (ITU-T I.371, annex A): one moment a key.

use super::{Decision, Quota, State};

/// The moment from when on the whole quota is there: the "theoretical arrival time" of the algorithm.
#[derive(Debug, Default)]
pub(super) struct Gcra {
    full_from_ns: u64,
}

/// How long it takes to regain the whole quota.
fn refill_ns(quota: Quota) -> u64 {
    quota.interval_ns.saturating_mul(u64::from(quota.limit))
}

/// How many units are there while the whole quota is `wait_ns` away.
fn units_left(quota: Quota, wait_ns: u64) -> u32 {
    let units = refill_ns(quota).saturating_sub(wait_ns).checked_div(quota.interval_ns).unwrap_or(0);
    u32::try_from(units).unwrap_or(quota.limit)
}

impl Gcra {
    pub(super) const fn full_from(full_from_ns: u64) -> Self {
        Self { full_from_ns }
    }

    pub(super) const fn full_from_ns(&self) -> u64 {
        self.full_from_ns
    }

    /// How long until the quota is whole; never more than a full refill, whatever the clock did.
    fn wait_ns(&self, quota: Quota, now_ns: u64) -> u64 {
        self.full_from_ns.saturating_sub(now_ns).min(refill_ns(quota))
    }
}

impl State for Gcra {
    #[inline(always)]
    fn hit(&mut self, quota: Quota, cost: u32, now_ns: u64) -> Decision {
        let decision = self.peek(quota, cost, now_ns);
        let mut wait_ns = decision.reset_after_ns;
        if decision.allowed() {
            wait_ns = wait_ns.saturating_add(quota.interval_ns.saturating_mul(u64::from(cost)));
        }
        self.full_from_ns = now_ns.saturating_add(wait_ns);
        Decision { remaining: units_left(quota, wait_ns), reset_after_ns: wait_ns, ..decision }
    }

    fn mark_ns(&self) -> u64 {
        self.full_from_ns
    }

    /// Others may have taken since: their moments follow the mark as long as it lies ahead. What lies behind has come back.
    fn give_back(&mut self, quota: Quota, cost: u32, mark_ns: u64, now_ns: u64) {
        if self.full_from_ns >= mark_ns {
            let taken_ns = quota.interval_ns.saturating_mul(u64::from(cost));
            self.full_from_ns = self.full_from_ns.saturating_sub(taken_ns.min(mark_ns.saturating_sub(now_ns)));
        }
    }

    #[inline(always)]
    fn peek(&self, quota: Quota, cost: u32, now_ns: u64) -> Decision {
        let wait_ns = self.wait_ns(quota, now_ns);
        let wanted_ns = wait_ns.saturating_add(quota.interval_ns.saturating_mul(u64::from(cost)));
        let remaining = units_left(quota, wait_ns);
        match wanted_ns.saturating_sub(refill_ns(quota)) {
            0 => quota.allowed(remaining, wait_ns),
            retry_after_ns => quota.refused(remaining, retry_after_ns, wait_ns),
        }
    }

    fn rests_after_ns(&mut self, quota: Quota, now_ns: u64) -> u64 {
        let wait_ns = self.wait_ns(quota, now_ns);
        self.full_from_ns = now_ns.saturating_add(wait_ns);
        wait_ns
    }
}
