//! How much of a nested value is looked at before it is refused.

use crate::primitives::{Error, Result};

/// The deepest nesting that may be asked for: each level takes a frame of the native stack.
pub const MAX_DEPTH: usize = 200;

/// What is left to spend on one walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    depth: usize,
    items: usize,
    text_bytes: usize,
}

impl Budget {
    /// A budget of nested levels, of items in all containers together, and of bytes of UTF-8 in all texts together.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `depth` is over [`MAX_DEPTH`].
    pub fn new(depth: usize, items: usize, text_bytes: usize) -> Result<Self> {
        if depth > MAX_DEPTH {
            return Err(Error::Parameter("max_depth: at most 200 levels"));
        }
        Ok(Self { depth, items, text_bytes })
    }

    /// Goes into a container of `items` items; [`Self::leave`] comes back.
    ///
    /// # Errors
    /// [`Error::TooDeep`] or [`Error::TooLarge`].
    pub fn enter(&mut self, items: usize) -> Result<()> {
        self.items = self.items.checked_sub(items).ok_or(Error::TooLarge("the value has too many items"))?;
        self.depth = self.depth.checked_sub(1).ok_or(Error::TooDeep)?;
        Ok(())
    }

    /// Comes back from a container.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }

    /// Takes a text of `bytes` bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn take_text(&mut self, bytes: usize) -> Result<()> {
        let left = self.text_bytes.checked_sub(bytes);
        self.text_bytes = left.ok_or(Error::TooLarge("the value has too much text"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, MAX_DEPTH};
    use crate::primitives::Error;

    #[test]
    fn each_limit_is_exact() {
        let mut budget = Budget::new(2, 3, 4).unwrap();
        budget.enter(1).unwrap();
        budget.enter(1).unwrap();
        assert_eq!(budget.enter(0), Err(Error::TooDeep));
        budget.leave();
        budget.enter(1).unwrap();
        assert!(matches!(budget.enter(1), Err(Error::TooLarge(_))));
        budget.take_text(4).unwrap();
        assert!(matches!(budget.take_text(1), Err(Error::TooLarge(_))));
    }

    #[test]
    fn depth_is_bounded_by_the_stack() {
        assert!(Budget::new(MAX_DEPTH, 1, 1).is_ok());
        assert!(Budget::new(MAX_DEPTH + 1, 1, 1).is_err());
    }
}
