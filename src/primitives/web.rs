//! What is asked of the head of every request and of every response, answered in one pass: whether it has one meaning
//! alone (RFC 9110, RFC 9112), and which of a set of questions it raises at all. Nothing is remembered of any head.

mod characters;
mod minded;
mod request_head;
mod wsgi;

pub use characters::is_hostile;
pub use minded::{MAX_SETS, Minded};
pub use request_head::Facts;
pub use wsgi::{header_name, title};

/// A header: its name in lower case, and its value.
pub type Header<'a> = (&'a [u8], &'a [u8]);
