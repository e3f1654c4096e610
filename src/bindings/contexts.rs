//! The `context` argument: a sequence of texts, and what was derived for the last few of them.

use std::sync::Arc;

use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PySequence, PyString, PyTuple};

use crate::primitives::derive::Context;
use crate::primitives::{Error, Result};

/// So many tuples are recognized by identity.
const MAX_RECENT: usize = 8;

/// What was derived for the tuples that came last.
///
/// A tuple in the source of a program is one object, and it cannot change: comparing the address spares the encoding and the
/// hashing. The lock is only taken under the GIL, and never while it is released: no fork can find it taken.
pub(super) struct Recent<T>(Mutex<Vec<(Py<PyTuple>, Arc<T>)>>);

impl<T> Recent<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// What `derive` gives for this context.
    pub(super) fn get(
        &self,
        context: &Bound<'_, PyAny>,
        derive: impl FnOnce(&Context) -> Result<Arc<T>>,
    ) -> PyResult<Arc<T>> {
        if let Some((_, derived)) = self.0.lock().iter().find(|(tuple, _)| tuple.is(context)) {
            return Ok(Arc::clone(derived));
        }
        let derived = derive(&parse(context)?)?;
        if let Ok(tuple) = context.cast_exact::<PyTuple>() {
            self.remember(tuple, &derived);
        }
        Ok(derived)
    }

    fn remember(&self, tuple: &Bound<'_, PyTuple>, derived: &Arc<T>) {
        let entry = (tuple.clone().unbind(), Arc::clone(derived));
        let mut recent = self.0.lock();
        let forgotten = if recent.len() < MAX_RECENT { Vec::new() } else { core::mem::take(&mut *recent) };
        recent.push(entry);
        // Dropping a Python object may run Python code, which must not find the lock taken.
        drop(recent);
        drop(forgotten);
    }
}

fn parse(context: &Bound<'_, PyAny>) -> PyResult<Context> {
    if context.is_instance_of::<PyString>() {
        return Err(Error::Parameter("a context is a sequence of texts, such as (model, field), not one text").into());
    }
    let parts = context.cast::<PySequence>()?.to_tuple()?;
    let parts: Vec<_> = parts.iter().map(Bound::cast_into::<PyString>).collect::<Result<_, _>>()?;
    let texts: PyResult<Vec<_>> = parts.iter().map(|part| part.to_str()).collect();
    let texts = texts.map_err(|_| Error::Parameter("a context holds lone surrogates"))?;
    Ok(Context::new(texts)?)
}
