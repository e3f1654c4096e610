//! The fields of a partner (`res.partner` of Odoo 19) that someone outside may set, and what each of them takes.

use std::borrow::Cow;

use super::{Result, codes, email, name, odoo, phone, url, vat};

/// Turns a text from outside into its normal form.
pub type Parse = for<'a> fn(&'a str) -> Result<Cow<'a, str>>;

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text that this brings to its normal form.
    Text(Parse),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// True or false.
    Switch,
    /// The id of a record: PostgreSQL's `integer`, above 0.
    Record,
}

const NAME_MAX: usize = 128;
const LINE_MAX: usize = 256;
const TYPES: &[&str] = &["contact", "invoice", "delivery", "other"];

/// What the field of that name takes; nothing when it is not for outsiders.
pub fn field(field: &str) -> Option<Kind> {
    Some(match field {
        "name" | "company_name" => Kind::Text(|text| name::name(text, NAME_MAX)),
        "email" => Kind::Text(email::parse),
        "phone" => Kind::Text(|text| phone::parse(text, None)),
        "website" => Kind::Text(|text| url::parse(text, &url::WEB)),
        "vat" => Kind::Text(|text| vat::parse(text, None)),
        "company_registry" | "function" | "street" | "street2" | "zip" | "city" => {
            Kind::Text(|text| name::line(text, LINE_MAX))
        }
        "lang" => Kind::Text(odoo::language),
        "type" => Kind::Choice(TYPES),
        "is_company" => Kind::Switch,
        "country_id" | "state_id" => Kind::Record,
        _ => return None,
    })
}

/// Whether a partner has to have the field: it must be given, and not be empty.
pub fn is_required(field: &str) -> bool {
    field == "name"
}

/// Looks whether a number is the id of a record: nothing stands for one that 64 bits do not hold.
///
/// # Errors
/// `out_of_range`.
pub fn record_id(number: Option<i64>) -> Result<()> {
    let known = number.is_some_and(|id| (1..=i64::from(i32::MAX)).contains(&id));
    if known { Ok(()) } else { Err(codes::OUT_OF_RANGE) }
}

#[cfg(test)]
mod tests {
    use super::{field, is_required, record_id};

    #[test]
    fn fields_that_grant_something_are_none() {
        for name in ["mobile", "user_id", "company_id", "parent_id", "active", "comment", "", "Name", "name "] {
            assert!(field(name).is_none() && !is_required(name), "{name}");
        }
    }

    #[test]
    fn ids_are_positive_and_fit_postgresql() {
        let most = i64::from(i32::MAX);
        assert!(record_id(Some(1)).is_ok() && record_id(Some(most)).is_ok());
        for wrong in [None, Some(0), Some(-1), Some(most + 1)] {
            assert!(record_id(wrong).is_err());
        }
    }
}
