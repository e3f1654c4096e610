//! Types of fields: the operators and values with which Odoo 19 compares each without an error.

use super::super::{Result, codes};
use super::condition::{Scalar, Takes};
use super::dates;

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: its operator alone decides.
    Any,
    /// `boolean`
    Boolean,
    /// `integer`, and the ids of `many2one_reference`.
    Whole,
    /// `float` and `monetary`
    Number,
    /// `char`, `text` and `html`
    Text,
    /// `selection`, and `reference`
    Choice,
    /// `date`
    Date,
    /// `datetime`
    Datetime,
    /// `many2one`, `one2many` and `many2many`, compared by ids.
    Relation,
    /// The same, compared by names as well.
    NamedRelation,
    /// A relation to records that have a parent.
    Tree,
    /// The same, compared by names as well.
    NamedTree,
    /// The `id` of records that have a parent.
    TreeId,
    /// `binary`
    Binary,
}

/// A whole number in a column of Odoo's: four bytes.
const WHOLE_MAX: i64 = 2_147_483_647;
/// Up to here every whole number is a float, and rounding to digits does not overflow.
const NUMBER_MAX: f64 = 9_007_199_254_740_992.0;

impl Kind {
    /// The kind by Odoo's name of a type; ` tree` behind it says that `child_of` has a parent to follow.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "integer" | "many2one_reference" => Self::Whole,
            "integer tree" => Self::TreeId,
            "float" | "monetary" => Self::Number,
            "char" | "text" | "html" => Self::Text,
            "selection" | "reference" => Self::Choice,
            "date" => Self::Date,
            "datetime" => Self::Datetime,
            "many2one" | "one2many" | "many2many" => Self::Relation,
            "many2one tree" | "one2many tree" | "many2many tree" => Self::Tree,
            "binary" => Self::Binary,
            _ => return None,
        })
    }

    /// The kind of a relation whose names may be searched.
    pub(super) fn with_names(self) -> Self {
        match self {
            Self::Relation => Self::NamedRelation,
            Self::Tree => Self::NamedTree,
            other => other,
        }
    }

    fn is_relation(self) -> bool {
        self.has_names() || matches!(self, Self::Relation | Self::Tree)
    }

    fn has_names(self) -> bool {
        matches!(self, Self::NamedRelation | Self::NamedTree)
    }

    /// Refuses operators that Odoo does not have for such a field.
    pub(super) fn require(self, takes: Takes) -> Result<()> {
        let has = match takes {
            Takes::Scalar | Takes::List => true,
            Takes::Ordered => {
                matches!(self, Self::Whole | Self::TreeId | Self::Number | Self::Text | Self::Date | Self::Datetime)
            }
            Takes::Pattern | Takes::WholePattern => self.has_names() || matches!(self, Self::Text | Self::Choice),
            Takes::Domain => self.is_relation(),
            Takes::Ids => matches!(self, Self::Tree | Self::NamedTree | Self::TreeId),
        };
        if has || self == Self::Any { Ok(()) } else { Err(codes::DOMAIN_OPERATOR_FIELD) }
    }

    /// The value, where such a field can be compared with it. What is not set can be asked for of every field, by `false`:
    /// in a list of dates Odoo does not take `None` for it.
    pub(super) fn accepted(self, value: Scalar) -> Result<Scalar> {
        if self == Self::Any {
            return Ok(value);
        }
        if matches!(value, Scalar::Null | Scalar::Bool(false)) {
            return Ok(Scalar::Bool(false));
        }
        let fits = match (self, &value) {
            (Self::Boolean, Scalar::Bool(_)) | (Self::Text | Self::Choice, Scalar::Text(_)) => true,
            (relation, Scalar::Text(_)) if relation.has_names() => true,
            (Self::Whole, Scalar::Int(number)) => (-WHOLE_MAX..=WHOLE_MAX).contains(number),
            (Self::TreeId, Scalar::Int(id)) => (0..=WHOLE_MAX).contains(id),
            (relation, Scalar::Int(id)) if relation.is_relation() => (0..=WHOLE_MAX).contains(id),
            (Self::Number, Scalar::Int(number)) => number.unsigned_abs() <= 1 << 53,
            (Self::Number, Scalar::Float(number)) => number.abs() <= NUMBER_MAX,
            (Self::Date, Scalar::Text(text)) => dates::is_date(text),
            (Self::Datetime, Scalar::Text(text)) => dates::is_date(text) || dates::is_datetime(text),
            _ => false,
        };
        if fits { Ok(value) } else { Err(codes::DOMAIN_VALUE_FIELD) }
    }
}
