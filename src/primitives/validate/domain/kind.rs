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

#[cfg(test)]
mod tests {
    use super::Kind::{
        self, Any, Binary, Boolean, Choice, Date, Datetime, NamedRelation, NamedTree, Number, Relation, Text, Tree,
        TreeId, Whole,
    };
    use super::{NUMBER_MAX, WHOLE_MAX};
    use crate::primitives::validate::domain::condition::{Scalar, Takes};

    const KINDS: [Kind; 14] = [
        Any,
        Boolean,
        Whole,
        Number,
        Text,
        Choice,
        Date,
        Datetime,
        Relation,
        NamedRelation,
        Tree,
        NamedTree,
        TreeId,
        Binary,
    ];

    #[test]
    fn each_type_of_odoo_has_its_kind() {
        for (kind, names) in [
            (Boolean, "boolean"),
            (Whole, "integer|many2one_reference"),
            (TreeId, "integer tree"),
            (Number, "float|monetary"),
            (Text, "char|text|html"),
            (Choice, "selection|reference"),
            (Date, "date"),
            (Datetime, "datetime"),
            (Relation, "many2one|one2many|many2many"),
            (Tree, "many2one tree|one2many tree|many2many tree"),
            (Binary, "binary"),
        ] {
            for name in names.split('|') {
                assert_eq!(Kind::named(name), Some(kind), "{name}");
            }
        }
        for name in ["", "json", "Char", "char tree", "many2one_reference tree"] {
            assert_eq!(Kind::named(name), None, "{name}");
        }
    }

    #[test]
    fn relations_alone_have_names() {
        for kind in KINDS {
            let expected = match kind {
                Relation => NamedRelation,
                Tree => NamedTree,
                other => other,
            };
            assert_eq!(kind.with_names(), expected);
        }
    }

    #[test]
    fn each_kind_has_the_operators_that_odoo_has_for_it() {
        let patterns = [Any, Text, Choice, NamedRelation, NamedTree];
        for (takes, kinds) in [
            (Takes::Scalar, &KINDS[..]),
            (Takes::List, &KINDS),
            (Takes::Ordered, &[Any, Whole, TreeId, Number, Text, Date, Datetime]),
            (Takes::Pattern, &patterns),
            (Takes::WholePattern, &patterns),
            (Takes::Domain, &[Any, Relation, NamedRelation, Tree, NamedTree]),
            (Takes::Ids, &[Any, Tree, NamedTree, TreeId]),
        ] {
            for kind in KINDS {
                assert_eq!(kind.require(takes).is_ok(), kinds.contains(&kind), "{kind:?}");
            }
        }
    }

    #[test]
    fn each_kind_takes_the_values_that_odoo_compares_it_with() {
        let ids = [Any, Whole, Number, TreeId, Relation, NamedRelation, Tree, NamedTree];
        let text = |text: &str| Scalar::Text(text.to_owned());
        for (value, kinds) in [
            (Scalar::Bool(true), &[Any, Boolean][..]),
            (text("x"), &[Any, Text, Choice, NamedRelation, NamedTree]),
            (text("2026-01-31"), &[Any, Text, Choice, NamedRelation, NamedTree, Date, Datetime]),
            (text("2026-01-31 00:00:00"), &[Any, Text, Choice, NamedRelation, NamedTree, Datetime]),
            (Scalar::Int(0), &ids),
            (Scalar::Int(WHOLE_MAX), &ids),
            (Scalar::Int(WHOLE_MAX + 1), &[Any, Number]),
            (Scalar::Int(-1), &[Any, Whole, Number]),
            (Scalar::Int(-WHOLE_MAX), &[Any, Whole, Number]),
            (Scalar::Int(-WHOLE_MAX - 1), &[Any, Number]),
            (Scalar::Int(1 << 53), &[Any, Number]),
            (Scalar::Int(-(1 << 53)), &[Any, Number]),
            (Scalar::Int((1 << 53) + 1), &[Any]),
            (Scalar::Float(0.5), &[Any, Number]),
            (Scalar::Float(-NUMBER_MAX), &[Any, Number]),
            (Scalar::Float(NUMBER_MAX + 2.0), &[Any]),
        ] {
            for kind in KINDS {
                let accepted = kind.accepted(value.clone());
                assert_eq!(accepted.ok(), kinds.contains(&kind).then(|| value.clone()), "{kind:?} {value:?}");
            }
        }
    }

    #[test]
    fn what_is_not_set_is_false_for_every_known_kind() {
        for value in [Scalar::Null, Scalar::Bool(false)] {
            assert_eq!(Any.accepted(value.clone()), Ok(value.clone()));
            for kind in &KINDS[1..] {
                assert_eq!(kind.accepted(value.clone()), Ok(Scalar::Bool(false)), "{kind:?}");
            }
        }
    }
}
