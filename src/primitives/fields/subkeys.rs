//! The keys of one context, and the cache of them: HKDF costs more than the encryption of a short value.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use parking_lot::RwLock;

use super::envelope::PREFIX;
use crate::primitives::aead::Aead;
use crate::primitives::derive::{Context, subkey};
use crate::primitives::keyring::{KeyRing, RingKey};
use crate::primitives::{Error, Result};

/// The first part of the derivation of every field key.
const PURPOSE: &str = "zenoo-security/field";

/// So many contexts are kept; a cache that is full is emptied, and each context costs one derivation again.
const MAX_CONTEXTS: usize = 1024;

/// One key of one context, ready for use.
pub(super) struct FieldKey {
    id: u32,
    aead: Aead,
    aad: Box<[u8]>,
}

impl FieldKey {
    fn derive(key: &RingKey, context: &Context) -> Result<Self> {
        let subkey = subkey(key.root(), &[PURPOSE], context.as_bytes())?;
        let aad = [PREFIX.as_bytes(), &key.id().to_be_bytes(), context.as_bytes()].concat();
        Ok(Self { id: key.id(), aead: Aead::new(subkey), aad: aad.into() })
    }

    pub(super) const fn id(&self) -> u32 {
        self.id
    }

    pub(super) const fn aead(&self) -> &Aead {
        &self.aead
    }

    /// The additional data: version marker, key id and context.
    pub(super) const fn aad(&self) -> &[u8] {
        &self.aad
    }
}

/// The keys of one context: the primary one now, the others when a value needs them. Wiped on drop.
pub struct FieldKeys {
    context: Context,
    primary: FieldKey,
    others: Box<[OnceLock<FieldKey>]>,
}

impl core::fmt::Debug for FieldKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FieldKeys").field("context", &self.context).finish_non_exhaustive()
    }
}

impl FieldKeys {
    fn new(ring: &KeyRing, context: &Context) -> Result<Self> {
        let (_, primary) = ring.usable(ring.primary_id()).ok_or(Error::KeyRing("the key ring has no primary key"))?;
        let primary = FieldKey::derive(primary, context)?;
        let others = ring.keys().iter().map(|_| OnceLock::new()).collect();
        Ok(Self { context: context.clone(), primary, others })
    }

    pub(super) const fn primary(&self) -> &FieldKey {
        &self.primary
    }

    /// The key of this id, unless it is unknown or retired.
    pub(super) fn of_id(&self, ring: &KeyRing, id: u32) -> Result<&FieldKey> {
        if id == self.primary.id {
            return Ok(&self.primary);
        }
        let (position, key) = ring.usable(id).ok_or(Error::Decryption)?;
        let slot = self.others.get(position).ok_or(Error::Decryption)?;
        if slot.get().is_none() {
            // Two threads may both derive it; the key is the same.
            drop(slot.set(FieldKey::derive(key, &self.context)?));
        }
        slot.get().ok_or(Error::Decryption)
    }
}

/// The keys by context. A reader never waits for another reader, and nothing is derived under the lock.
#[derive(Default)]
pub(super) struct Cache(RwLock<HashMap<Context, Arc<FieldKeys>>>);

impl Cache {
    pub(super) fn get(&self, ring: &KeyRing, context: &Context) -> Result<Arc<FieldKeys>> {
        if let Some(keys) = self.0.read().get(context) {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(FieldKeys::new(ring, context)?);
        let mut cache = self.0.write();
        if cache.len() >= MAX_CONTEXTS {
            cache.clear();
        }
        cache.insert(context.clone(), Arc::clone(&keys));
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, MAX_CONTEXTS};
    use crate::primitives::derive::Context;
    use crate::primitives::keyring::KeyRing;

    #[test]
    fn the_cache_is_bounded() {
        let ring = KeyRing::generate("2026-11-24").unwrap();
        let cache = Cache::default();
        let look_up = |record: usize| {
            cache.get(&ring, &Context::new(["res.partner", &record.to_string()]).unwrap()).unwrap();
            cache.0.read().len()
        };
        assert_eq!((0..MAX_CONTEXTS).map(look_up).last(), Some(MAX_CONTEXTS));
        assert_eq!(look_up(MAX_CONTEXTS), 1);
    }
}
