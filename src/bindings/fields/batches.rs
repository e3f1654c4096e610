//! Many values in one call: read and written under the GIL, encrypted and decrypted by other threads meanwhile.

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::{FieldCipher, Undecryptable, token_text};
use crate::bindings::places::Place;
use crate::bindings::values::{Carried, to_python};
use crate::primitives::fields::FieldKeys;
use crate::primitives::fields::batch::{Block, Opening, Sealing};
use crate::primitives::fields::pipeline::{self, Pipeline};
use crate::primitives::fields::rewrapping::Rewrapping;

pyo3::import_exception!(zenoo_security.errors, DecryptionError);

/// A value or a token, where it stands, and the keys of its context.
pub(super) type Cell<'a, 'py> = (Place<'a, 'py>, &'a FieldKeys, PyResult<Bound<'py, PyAny>>);

/// A block, and where the places of what it holds begin.
#[derive(Default)]
struct Job<B> {
    block: B,
    first: usize,
}

/// Encrypts all cells, of which there are `count` at most, and hands each token to `put`.
pub(super) fn encrypt<'a, 'py: 'a>(
    py: Python<'py>,
    cipher: &FieldCipher,
    (count, cells): (usize, impl Iterator<Item = Cell<'a, 'py>>),
    put: impl Fn(Place<'a, 'py>, Bound<'py, PyString>) -> PyResult<()>,
) -> PyResult<()> {
    let fill = |block: &mut Sealing<'a>, keys: &'a FieldKeys, value: &Bound<'py, PyAny>| {
        block.push(&cipher.cipher, keys, &Carried::new(value)?.value()?)?;
        Ok(())
    };
    let collect = |block: &mut Sealing<'a>, places: &[Place<'a, 'py>]| {
        let tokens = block.tokens()?;
        places.iter().zip(tokens).try_for_each(|(place, token)| put(*place, PyString::new(py, token)))?;
        block.clear();
        Ok(())
    };
    run(py, cipher, (count, cells), fill, collect)
}

/// Decrypts all cells and hands each value to `put`; with `mark`, an `Undecryptable` where there is none.
pub(super) fn decrypt<'a, 'py: 'a>(
    py: Python<'py>,
    cipher: &FieldCipher,
    (count, cells): (usize, impl Iterator<Item = Cell<'a, 'py>>),
    mark: bool,
    put: impl Fn(Place<'a, 'py>, Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let fill = |block: &mut Opening<'a>, keys: &'a FieldKeys, token: &Bound<'py, PyAny>| {
        // The empty text is no token: what is not text fails like every other value that is not one.
        block.push(keys, token_text(token).unwrap_or_default());
        Ok(())
    };
    let collect = |block: &mut Opening<'a>, places: &[Place<'a, 'py>]| {
        for (place, (token, value)) in places.iter().zip(block.values()) {
            match value.map_err(PyErr::from).and_then(|value| to_python(py, &value)) {
                Ok(value) => put(*place, value)?,
                Err(error) if mark && error.is_instance_of::<DecryptionError>(py) => {
                    put(*place, Bound::new(py, Undecryptable::of(cipher.cipher.ring(), token))?.into_any())?;
                }
                Err(error) => return Err(place.locate(py, error)),
            }
        }
        block.clear();
        Ok(())
    };
    run(py, cipher, (count, cells), fill, collect)
}

/// Encrypts all tokens anew and hands each new one to `put`, or None where there is none.
pub(super) fn rewrap<'a, 'py: 'a>(
    py: Python<'py>,
    cipher: &FieldCipher,
    (count, cells): (usize, impl Iterator<Item = Cell<'a, 'py>>),
    put: impl Fn(Place<'a, 'py>, Option<&str>) -> PyResult<()>,
) -> PyResult<()> {
    let fill = |block: &mut Rewrapping<'a>, keys: &'a FieldKeys, token: &Bound<'py, PyAny>| {
        block.push(keys, token_text(token).unwrap_or_default());
        Ok(())
    };
    let collect = |block: &mut Rewrapping<'a>, places: &[Place<'a, 'py>]| {
        places.iter().zip(block.tokens()?).try_for_each(|(place, token)| put(*place, token))?;
        block.clear();
        Ok(())
    };
    run(py, cipher, (count, cells), fill, collect)
}

/// Fills block after block, and collects those that are done.
fn run<'a, 'py: 'a, B: Block>(
    py: Python<'py>,
    cipher: &FieldCipher,
    (count, mut cells): (usize, impl Iterator<Item = Cell<'a, 'py>>),
    fill: impl Fn(&mut B, &'a FieldKeys, &Bound<'py, PyAny>) -> PyResult<()>,
    collect: impl Fn(&mut B, &[Place<'a, 'py>]) -> PyResult<()>,
) -> PyResult<()> {
    let mut places = Vec::with_capacity(count);
    pipeline::run(count, &|job: &mut Job<B>| job.block.run(&cipher.cipher), |pipeline: &Pipeline<'_, Job<B>>| {
        let mut job = Job::default();
        let finish = |mut job: Job<B>, places: &[Place<'a, 'py>]| {
            collect(&mut job.block, places.get(job.first..).unwrap_or_default())?;
            Ok::<_, PyErr>(job)
        };
        cells.try_for_each(|(place, keys, value)| {
            fill(&mut job.block, keys, &value?).map_err(|error| place.locate(py, error))?;
            places.push(place);
            if job.block.is_full() {
                let done = if pipeline.is_behind() { py.detach(|| pipeline.next_done()) } else { pipeline.done() };
                let free = done.map(|done| finish(done, &places)).transpose()?.unwrap_or_default();
                pipeline.submit(core::mem::replace(&mut job, Job { first: places.len(), ..free }));
            }
            Ok::<_, PyErr>(())
        })?;
        pipeline.submit(job);
        while let Some(done) = py.detach(|| pipeline.next_done()) {
            finish(done, &places)?;
        }
        Ok(())
    })
}
