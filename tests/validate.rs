//! The validators against `tests/vectors/validate.json`, which Python reads too, and their properties.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use zenoo_security::primitives::validate::domain::{Domain, Kind, Limits, Rules, Scalar, Source, Token, Value, View};
use zenoo_security::primitives::validate::{codes, email, host, name, odoo, phone, scripts, url, vat};
use zenoo_security::primitives::{Error, Result};

const LIMITS: Limits = Limits { depth: 16, leaves: 100, values: 10_000, path: 5 };

/// JSON as a source of search domains.
struct Node(Json);

impl Source for Node {
    fn view(&self) -> Result<View<'_>> {
        Ok(match &self.0 {
            Json::Null => View::Null,
            Json::Bool(value) => View::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => View::Int(value),
                None => View::Float(number.as_f64().unwrap()),
            },
            Json::String(text) => View::Text(text),
            Json::Array(items) => View::Sequence(items.len()),
            Json::Object(_) => return Err(codes::DOMAIN_VALUE),
        })
    }

    fn item(&self, index: usize) -> Result<Self> {
        self.0.get(index).cloned().map(Node).ok_or(codes::DOMAIN_ITEM)
    }
}

fn to_json(domain: &Domain) -> Json {
    let scalar = |value: &Scalar| match value {
        Scalar::Null => Json::Null,
        Scalar::Bool(value) => json!(value),
        Scalar::Int(value) => json!(value),
        Scalar::Float(value) => json!(value),
        Scalar::Text(text) => json!(text),
    };
    let token = |token: &Token| match token {
        Token::Operator(operator) => json!(<&str>::from(*operator)),
        Token::Constant(truth) => json!([i32::from(*truth), "=", 1]),
        Token::Condition(path, operator, Value::One(one)) => json!([path, operator, scalar(one)]),
        Token::Condition(path, operator, Value::List(many)) => {
            json!([path, operator, many.iter().map(scalar).collect::<Vec<_>>()])
        }
        Token::Condition(path, operator, Value::Domain(domain)) => json!([path, operator, to_json(domain)]),
    };
    Json::Array(domain.tokens().iter().map(token).collect())
}

fn size(options: &Json, name: &str, default: usize) -> usize {
    options[name].as_u64().map_or(default, |value| usize::try_from(value).unwrap())
}

fn strings(options: &Json, name: &str) -> Option<Vec<String>> {
    Some(options[name].as_array()?.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
}

fn parse_domain(value: &Json, options: &Json) -> Result<Json> {
    let limits = Limits {
        depth: size(options, "max_depth", LIMITS.depth),
        leaves: size(options, "max_leaves", LIMITS.leaves),
        values: size(options, "max_values", LIMITS.values),
        path: size(options, "max_path", LIMITS.path),
    };
    let mut rules = Rules::new(limits).unwrap();
    if let Some(names) = strings(options, "fields") {
        rules = rules.with_fields(names.into_iter().map(|name| (name, Kind::Any)).collect());
    }
    Domain::parse(&Node(value.clone()), &rules).map(|domain| to_json(&domain))
}

fn parse_text<'a>(family: &str, text: &'a str, options: &'a Json) -> Result<Cow<'a, str>> {
    match family {
        "email" => email::parse(text),
        "phone" => phone::parse(text, options["country_code"].as_str()),
        "url" => {
            let schemes = strings(options, "schemes").unwrap_or_else(|| url::WEB.map(str::to_owned).to_vec());
            url::parse(text, &schemes.iter().map(String::as_str).collect::<Vec<_>>())
        }
        "host" => host::parse(text).and_then(|host| match options["refuse_lookalikes"].as_bool() {
            Some(true) if scripts::looks_alike(&host)? => Err(codes::HOST_LOOKALIKE),
            _ => Ok(host),
        }),
        "vat" => vat::parse(text, options["country"].as_str()),
        "name" => name::name(text, 128),
        "line" => name::line(text, size(options, "max_length", 256)),
        "login" => odoo::login(text),
        "language" => odoo::language(text),
        "model_name" => odoo::model_name(text),
        "field_name" => odoo::field_path(text, size(options, "max_path", 1)),
        "method_name" => odoo::method_name(text),
        other => panic!("no validator for {other}"),
    }
}

fn parse(family: &str, value: &Json, options: &Json) -> Result<Json> {
    if family == "domain" {
        parse_domain(value, options)
    } else {
        parse_text(family, value.as_str().unwrap(), options).map(|text| json!(text))
    }
}

#[test]
fn known_answers() {
    let vectors: Json = serde_json::from_str(include_str!("vectors/validate.json")).unwrap();
    for (family, vector) in vectors.as_object().unwrap().iter().filter(|(_, vector)| vector.is_object()) {
        for case in vector["valid"].as_array().unwrap() {
            let normal = parse(family, &case["value"], &case["options"]);
            assert_eq!(normal.as_ref(), Ok(&case["normal"]), "{family} {case}");
            assert_eq!(parse(family, &case["normal"], &case["options"]), normal, "{family} {case} a second time");
        }
        for case in vector["invalid"].as_array().unwrap() {
            let Err(Error::Invalid(code)) = parse(family, &case["value"], &case["options"]) else {
                panic!("{family} accepts {case}");
            };
            assert_eq!(code, case["code"].as_str().unwrap(), "{family} {case}");
            assert!(codes::message(code).is_some(), "{code} has no message");
        }
    }
}

#[test]
fn what_is_in_its_normal_form_comes_back_borrowed() {
    let vectors: Json = serde_json::from_str(include_str!("vectors/validate.json")).unwrap();
    for family in FAMILIES {
        for case in vectors[family]["valid"].as_array().unwrap() {
            let normal = case["normal"].as_str().unwrap();
            assert!(matches!(parse_text(family, normal, &case["options"]), Ok(Cow::Borrowed(_))), "{family} {normal}");
        }
    }
}

#[test]
fn lengths_are_exact() {
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(host::parse(&host).as_deref(), Ok(&*host));
    assert_eq!(host::parse(&format!("{host}a")), Err(codes::URL_HOST));
    let path = "a".repeat(2048 - "HTTPS://a.bc/".len());
    assert_eq!(url::parse(&format!("HTTPS://a.bc/{path}"), &url::WEB).unwrap().len(), 2048);
    assert_eq!(name::name("ab", 2).as_deref(), Ok("ab"));
    assert_eq!(name::name("abc", 2), Err(codes::TOO_LONG));
    assert!(odoo::login(&"a".repeat(254)).is_ok());
    assert_eq!(odoo::login(&"\u{958}".repeat(80)), Err(codes::TOO_LONG), "NFC makes it 480 bytes");
}

#[test]
fn the_host_of_an_address_is_between_its_scheme_and_what_follows() {
    for url in ["https://a.bc", "https://a.bc:8069/x", "https://a.bc/x:y", "https://a.bc?x", "https://a.bc#x"] {
        assert_eq!(url::host_of(url), "a.bc", "{url}");
    }
}

#[test]
fn limits_of_a_domain_have_a_widest() {
    let widest = Limits { depth: 64, leaves: 10_000, values: 1_000_000, path: 16 };
    assert!(Rules::new(widest).is_ok());
    for wider in [
        Limits { depth: 65, ..widest },
        Limits { leaves: 10_001, ..widest },
        Limits { values: 1_000_001, ..widest },
        Limits { path: 17, ..widest },
    ] {
        assert!(matches!(Rules::new(wider), Err(Error::Parameter(_))), "{wider:?}");
    }
}

#[test]
fn operators_that_are_not_named_are_refused() {
    let rules = |name: &str| Rules::new(LIMITS).unwrap().with_operators(&[name.to_owned()]);
    for name in ["=", "=="] {
        let parse = |operator| Domain::parse(&Node(json!([["a", operator, 1]])), &rules(name).unwrap());
        assert!(parse("=").is_ok() && parse("==").is_ok());
        assert_eq!(parse("!="), Err(codes::DOMAIN_OPERATOR_REFUSED));
    }
    for name in ["any!", "not any!", "near", "&"] {
        assert!(matches!(rules(name), Err(Error::Parameter(_))), "{name}");
    }
}

#[test]
fn a_relation_is_compared_with_names_where_its_display_name_is_known() {
    let known = |names: &[(&str, Kind)], path: &str| {
        let fields = names.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        Domain::parse(&Node(json!([[path, "ilike", "x"]])), &Rules::new(LIMITS).unwrap().with_fields(fields))
    };
    let (relation, name) = (("partner_id", Kind::Relation), ("partner_id.display_name", Kind::Text));
    assert!(known(&[relation, name], "partner_id").is_ok());
    assert_eq!(known(&[relation], "partner_id"), Err(codes::DOMAIN_OPERATOR_FIELD));
    assert_eq!(known(&[relation], "partner_id.display_name"), Err(codes::DOMAIN_FIELD_REFUSED));
}

const FAMILIES: [&str; 12] = [
    "email",
    "phone",
    "url",
    "host",
    "vat",
    "name",
    "line",
    "login",
    "language",
    "model_name",
    "field_name",
    "method_name",
];

/// A text that is accepted comes back in a normal form that stays as it is, and is borrowed only when nothing changed.
fn holds(family: &str, text: &str) {
    let none = Json::Null;
    let Ok(normal) = parse_text(family, text, &none) else { return };
    assert_eq!(parse_text(family, &normal, &none).as_deref(), Ok(&*normal), "{family} is not stable");
    assert!(!normal.chars().any(char::is_control), "{family} lets a control character through");
}

proptest! {
    #[test]
    fn validators_survive_any_text(text in any::<String>()) {
        for family in FAMILIES {
            holds(family, &text);
        }
    }

    #[test]
    fn validators_survive_nearly_right_text(text in "[ a-zA-Z0-9@.+'()/:?#%_&é.－@\u{301}\u{3000}\n-]{0,40}") {
        for family in FAMILIES {
            holds(family, &text);
        }
        holds("email", &format!("{text}@example.com"));
        holds("email", &format!("a@{text}.com"));
        holds("url", &format!("https://example.com/{text}"));
        holds("url", &format!("https://{text}.com/"));
        holds("phone", &format!("+{text}"));
        holds("vat", &format!("DE{text}"));
    }

    #[test]
    fn what_an_email_address_is(local in "[a-z!#$%&'*+/=?^_`{|}~-]{1,20}", domain in "[a-z0-9]{1,20}\\.[a-z]{2,6}") {
        let address = format!("{local}@{domain}");
        let parsed = email::parse(&address).unwrap();
        prop_assert!(matches!(parsed, Cow::Borrowed(_)));
        prop_assert_eq!(&*parsed, &*address);
    }

    #[test]
    fn any_structure_is_a_domain_or_an_error(value in structure()) {
        if let Ok(normal) = parse_domain(&value, &Json::Null) {
            prop_assert_eq!(parse_domain(&normal, &Json::Null), Ok(normal));
        }
    }

    #[test]
    fn a_valid_domain_stays_itself(value in expression()) {
        let wide = Limits { depth: 64, leaves: 1000, values: 1000, path: 16 };
        let normal = to_json(&Domain::parse(&Node(value.clone()), &Rules::new(wide).unwrap()).unwrap());
        prop_assert_eq!(normal, value);
    }
}

/// Anything that JSON can nest, rich in what domains are made of.
fn structure() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["&", "|", "!", "=", "in", "any", "a", "a.b", "ilike"]).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(Json::Null),
        any::<String>().prop_map(Json::from),
        Just(json!(["a", "=", 1])),
        Just(json!(["a", "in", [1]])),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| prop::collection::vec(inner, 0..6).prop_map(Json::from))
}

/// One expression in prefix notation.
fn expression() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        ("[a-z_]{1,8}", any::<i64>()).prop_map(|(field, value)| vec![json!([field, "=", value])]),
        ("[a-z_]{1,8}", "[ -~]{0,8}").prop_map(|(field, value)| vec![json!([field, "not ilike", value])]),
        Just(vec![json!([0, "=", 1])]),
    ];
    let tokens = leaf.prop_recursive(8, 48, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| [vec![json!("&")], left, right].concat()),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| [vec![json!("|")], left, right].concat()),
            inner.clone().prop_map(|one| [vec![json!("!")], one].concat()),
            inner.prop_map(|one| vec![json!(["partner_id", "any", one])]),
        ]
    });
    tokens.prop_map(Json::from)
}
