//! Several limiters that decide together: a request is taken from all of them or from none.
//!
//! All are asked first, so that nothing is taken for a request that one of them refuses. Between that and taking another
//! process may be faster, or a new key may find no place: then what the others gave is given back. Until then it is
//! missing there, so somebody may be refused who need not be; nobody is let through beyond a quota. Nothing of Python runs
//! in between, so that limiters of this process decide as one.

use pyo3::prelude::*;

use super::argument::{Cost, identifier};
use super::{Counts, Decision, Limiter};
use crate::primitives::Result;
use crate::primitives::limits::{self, Receipt};

type Limiters<'py> = Vec<PyRef<'py, Limiter>>;

/// A limiter, and the time that it goes by.
struct Timed<'a> {
    counts: &'a Counts,
    now_ns: Option<u64>,
}

impl Timed<'_> {
    /// Only a table can fail so that this is asked.
    const fn uncounted(&self) -> Option<limits::Decision> {
        match self.counts {
            Counts::Own(_) => None,
            Counts::Shared(counts) => Some(counts.uncounted()),
        }
    }

    fn peek(&self, key: &[u8], cost: u32) -> Result<limits::Decision> {
        match self.counts {
            Counts::Own(limiter) => limiter.peek(key, cost, self.now_ns.unwrap_or_default()),
            Counts::Shared(counts) => counts.peek(key, cost, self.now_ns),
        }
    }

    fn take(&self, key: &[u8], cost: u32) -> Result<(limits::Decision, Receipt)> {
        match self.counts {
            Counts::Own(limiter) => limiter.take(key, cost, self.now_ns.unwrap_or_default()),
            Counts::Shared(counts) => counts.take(key, cost, self.now_ns),
        }
    }

    fn give_back(&self, key: &[u8], cost: u32, receipt: &Receipt) -> Result<()> {
        match self.counts {
            Counts::Own(limiter) => limiter.give_back(key, cost, receipt, self.now_ns.unwrap_or_default()),
            Counts::Shared(counts) => counts.give_back(key, cost, receipt, self.now_ns),
        }
    }
}

/// Takes `cost` requests from the quotas of all limiters, if all of them have as many; what each of them says.
/// Raises `InvalidInput`, `InputTooLarge`, `ParameterError`, `StoreUnavailable` and `StoreIncompatible`.
#[pyfunction]
#[pyo3(text_signature = "(limiters, identifier, cost)")]
pub(in crate::bindings) fn hit_all(
    limiters: Limiters<'_>,
    identifier: &Bound<'_, PyAny>,
    cost: Cost,
) -> PyResult<Vec<Decision>> {
    answer(&limiters, identifier, |key, timed| take(timed, key, cost.0))
}

/// What `hit_all` would answer. Takes nothing; the figures are those of now.
/// Raises `InvalidInput`, `InputTooLarge`, `ParameterError`, `StoreUnavailable` and `StoreIncompatible`.
#[pyfunction]
#[pyo3(text_signature = "(limiters, identifier, cost)")]
pub(in crate::bindings) fn peek_all(
    limiters: Limiters<'_>,
    identifier: &Bound<'_, PyAny>,
    cost: Cost,
) -> PyResult<Vec<Decision>> {
    answer(&limiters, identifier, |key, timed| peek(timed, key, cost.0))
}

fn answer(
    limiters: &[PyRef<'_, Limiter>],
    identifier: &Bound<'_, PyAny>,
    decide: impl FnOnce(&[u8], &[Timed<'_>]) -> Result<Vec<limits::Decision>>,
) -> PyResult<Vec<Decision>> {
    let py = identifier.py();
    let key = self::identifier(identifier)?;
    let mut timed = Vec::with_capacity(limiters.len());
    for limiter in limiters {
        let now_ns = match &limiter.counts {
            Counts::Own(_) => Some(limiter.now_ns(py)?),
            Counts::Shared(_) => limiter.told_ns(py)?,
        };
        timed.push(Timed { counts: &limiter.counts, now_ns });
    }
    let answer = decide(key, &timed);
    let Some(first) = limiters.first() else { return Ok(Vec::new()) };
    let decisions = first.or_uncounted(py, answer, || timed.iter().filter_map(Timed::uncounted).collect())?;
    Ok(decisions.into_iter().map(Decision).collect())
}

fn peek(limiters: &[Timed<'_>], key: &[u8], cost: u32) -> Result<Vec<limits::Decision>> {
    limiters.iter().map(|limiter| limiter.peek(key, cost)).collect()
}

fn take(limiters: &[Timed<'_>], key: &[u8], cost: u32) -> Result<Vec<limits::Decision>> {
    let mut decisions = peek(limiters, key, cost)?;
    if !decisions.iter().all(limits::Decision::allowed) {
        return Ok(decisions);
    }
    let mut receipts = Vec::with_capacity(limiters.len());
    let mut taken = Vec::with_capacity(limiters.len());
    for limiter in limiters {
        match limiter.take(key, cost) {
            Ok((decision, receipt)) if decision.allowed() => {
                taken.push(decision);
                receipts.push(receipt);
            }
            answer => {
                give_back(limiters, key, cost, &receipts)?;
                let (refused, _) = answer?;
                decisions = peek(limiters, key, cost)?;
                if let Some(decision) = decisions.get_mut(receipts.len()) {
                    *decision = refused;
                }
                return Ok(decisions);
            }
        }
    }
    Ok(taken)
}

fn give_back(limiters: &[Timed<'_>], key: &[u8], cost: u32, receipts: &[Receipt]) -> Result<()> {
    limiters.iter().zip(receipts).try_for_each(|(limiter, receipt)| limiter.give_back(key, cost, receipt))
}
