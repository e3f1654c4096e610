//! Text that came from outside: cleaned on its way in, encoded on its way out.
//!
//! The two are kept apart on purpose (ASVS 5.0, 1.1.2). [`text`] takes out what nobody can see and never escapes;
//! it is idempotent. The encoders ([`html_text`] and those beside it) make text safe for one place of output; they are
//! not idempotent, and what they return never belongs in a database. [`html`] cleans markup that is meant as markup.

pub mod budget;
pub mod csv;
pub mod escape;
pub mod file_name;
pub mod header;
pub mod html;
pub mod template;
pub mod text;

mod scan;
mod table;
