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
    use super::{Kind, TYPES, field, is_required, record_id};

    #[test]
    fn each_text_has_its_own_form() {
        let (name, line) = ("x".repeat(128), "x".repeat(256));
        for (names, right, wrong) in [
            ("name|company_name", name.as_str(), format!("{name}x")),
            ("name|company_name", "Azure", "<Azure>".to_owned()),
            ("email", "info@example.com", "info".to_owned()),
            ("phone", "+493012345678", "03012345678".to_owned()),
            ("website", "https://example.com", "ftp://example.com".to_owned()),
            ("vat", "DE123456789", "123456789".to_owned()),
            ("company_registry|function|street|street2|zip|city", &line, format!("{line}x")),
            ("company_registry|function|street|street2|zip|city", "<1 & 2>", "1\n2".to_owned()),
            ("lang", "de_DE", "de-DE".to_owned()),
        ] {
            for name in names.split('|') {
                let Some(Kind::Text(parse)) = field(name) else { panic!("{name}") };
                assert_eq!(parse(right).as_deref(), Ok(right), "{name}");
                assert!(parse(&wrong).is_err(), "{name}");
            }
        }
    }

    #[test]
    fn the_other_fields_are_words_switches_and_records() {
        assert!(matches!(field("type"), Some(Kind::Choice(TYPES))));
        assert!(matches!(field("is_company"), Some(Kind::Switch)));
        for name in ["country_id", "state_id"] {
            assert!(matches!(field(name), Some(Kind::Record)), "{name}");
        }
    }

    #[test]
    fn a_name_alone_is_required() {
        assert!(is_required("name") && !is_required("company_name") && !is_required("email"));
    }

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
