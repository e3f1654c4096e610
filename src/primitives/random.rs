//! The only door to randomness: the operating system, asked anew at each call.
//!
//! There is no generator in the process, so a fork cannot repeat what its parent drew.

use super::{Error, Result};

/// Fills `buffer` from the operating system.
///
/// # Errors
/// [`Error::Randomness`] when the operating system refuses.
pub fn fill(buffer: &mut [u8]) -> Result<()> {
    getrandom::fill(buffer).map_err(|_| Error::Randomness)
}

/// `N` random bytes.
///
/// # Errors
/// [`Error::Randomness`] when the operating system refuses.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut buffer = [0; N];
    fill(&mut buffer)?;
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn two_draws_differ() {
        assert_ne!(bytes::<32>().unwrap(), bytes::<32>().unwrap());
    }
}
