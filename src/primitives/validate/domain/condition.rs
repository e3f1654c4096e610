//! The conditions of a search domain: which operators there are, and which values each takes.

use super::super::{Result, codes};
use super::View;

/// No text in a condition is longer, in bytes.
pub const TEXT_MAX: usize = 4096;

/// A value that is not a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// Text without NUL.
    Text(String),
}

/// Which values the operator of a condition takes.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// Any value that is not a list.
    Scalar,
    /// What has an order.
    Ordered,
    /// A pattern that Odoo puts between two `%`.
    Pattern,
    /// A pattern as it stands.
    WholePattern,
    /// A list of values.
    List,
    /// A domain on the related model.
    Domain,
    /// An id, a name, or a list of them.
    Ids,
}

/// The value that a condition holds, where it is one.
pub(super) fn scalar(view: View<'_>) -> Result<Scalar> {
    match view {
        View::Null => Ok(Scalar::Null),
        View::Bool(value) => Ok(Scalar::Bool(value)),
        View::Int(value) => Ok(Scalar::Int(value)),
        View::Float(value) if value.is_finite() => Ok(Scalar::Float(value)),
        View::Text(text) if text.len() > TEXT_MAX => Err(codes::TOO_LONG),
        View::Text(text) if !text.contains('\0') => Ok(Scalar::Text(text.to_owned())),
        View::Float(_) | View::Text(_) | View::Sequence(_) => Err(codes::DOMAIN_VALUE),
    }
}

/// The value, where the operator takes it. Types are strict: a Boolean is no number, and `child_of` takes ids or a name.
pub(super) fn accepted(value: Scalar, takes: Takes) -> Result<Scalar> {
    let fits = match takes {
        Takes::Scalar | Takes::List => true,
        Takes::Ordered => matches!(value, Scalar::Int(_) | Scalar::Float(_) | Scalar::Text(_)),
        Takes::Pattern => matches!(value, Scalar::Text(_)),
        Takes::WholePattern => matches!(&value, Scalar::Text(text) if !ends_in_escape(text)),
        Takes::Ids => matches!(value, Scalar::Int(_) | Scalar::Text(_) | Scalar::Bool(false)),
        Takes::Domain => false,
    };
    if fits { Ok(value) } else { Err(codes::DOMAIN_VALUE) }
}

/// Whether a pattern ends in a backslash that escapes nothing: PostgreSQL fails at it.
fn ends_in_escape(text: &str) -> bool {
    let escapes = text.len().saturating_sub(text.trim_end_matches('\\').len());
    !escapes.is_multiple_of(2)
}

/// The operators of Odoo 19. `==` and `<>` are its old spellings of `=` and `!=`.
pub(super) fn operator_named(text: &str) -> Result<(&'static str, Takes)> {
    Ok(match text {
        "=" | "==" => ("=", Takes::Scalar),
        "!=" | "<>" => ("!=", Takes::Scalar),
        "=?" => ("=?", Takes::Scalar),
        "<" => ("<", Takes::Ordered),
        ">" => (">", Takes::Ordered),
        "<=" => ("<=", Takes::Ordered),
        ">=" => (">=", Takes::Ordered),
        "like" => ("like", Takes::Pattern),
        "not like" => ("not like", Takes::Pattern),
        "ilike" => ("ilike", Takes::Pattern),
        "not ilike" => ("not ilike", Takes::Pattern),
        "=like" => ("=like", Takes::WholePattern),
        "not =like" => ("not =like", Takes::WholePattern),
        "=ilike" => ("=ilike", Takes::WholePattern),
        "not =ilike" => ("not =ilike", Takes::WholePattern),
        "in" => ("in", Takes::List),
        "not in" => ("not in", Takes::List),
        "any" => ("any", Takes::Domain),
        "not any" => ("not any", Takes::Domain),
        "child_of" => ("child_of", Takes::Ids),
        "parent_of" => ("parent_of", Takes::Ids),
        "any!" | "not any!" => return Err(codes::DOMAIN_BYPASS),
        _ => return Err(codes::DOMAIN_OPERATOR),
    })
}

#[cfg(test)]
mod tests {
    use super::{Scalar, scalar};
    use crate::primitives::validate::codes;
    use crate::primitives::validate::domain::View;

    #[test]
    fn numbers_are_finite() {
        assert_eq!(scalar(View::Float(0.5)), Ok(Scalar::Float(0.5)));
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(scalar(View::Float(number)), Err(codes::DOMAIN_VALUE), "{number}");
        }
    }
}
