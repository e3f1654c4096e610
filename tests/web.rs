//! What one look at the head of a request finds out.
#![allow(missing_docs, reason = "an integration test exports nothing")]
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use zenoo_security::primitives::Error;
use zenoo_security::primitives::web::{Facts, Header, MAX_SETS, Minded, is_hostile};

type Head<'a> = &'a [(&'a str, &'a str)];

fn bytes<'a>(head: &'a [(&'a str, &'a str)]) -> Vec<Header<'a>> {
    head.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

fn is_ambiguous(head: Head<'_>) -> bool {
    Facts::of(false, "GET", b"", &bytes(head)).0 & Facts::AMBIGUOUS.0 != 0
}

#[test]
fn a_head_that_all_readers_understand_alike_has_one_meaning() {
    let heads: &[Head<'_>] = &[
        &[],
        &[("host", "a.example"), ("content-length", "0123456789"), ("content-type", "a/b"), ("authorization", "x")],
        &[("host", "a.example"), ("transfer-encoding", "Chunked")],
        &[("accept", "a\tb"), ("accept", "c\u{e9}")],
        &[("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz", "")],
        &[("x_shop", "1"), ("x_other", "2"), ("x_shop", "3")],
    ];
    for head in heads {
        assert!(!is_ambiguous(head), "{head:?}");
    }
}

#[test]
fn a_head_that_two_readers_understand_in_two_ways_is_ambiguous() {
    let heads: &[Head<'_>] = &[
        &[("host", "a"), ("host", "a")],
        &[("host", "a"), ("host", "a"), ("host", "a")],
        &[("content-length", "5"), ("content-length", "5")],
        &[("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
        &[("content-type", "a/b"), ("accept", "c"), ("content-type", "a/b")],
        &[("authorization", "a"), ("authorization", "a")],
        &[("host", "a"), ("authorization", "b"), ("host", "a"), ("authorization", "b")],
        &[("content-length", "5"), ("transfer-encoding", "chunked")],
        &[("content-length", "")],
        &[("content-length", "+5")],
        &[("content-length", "5a")],
        &[("transfer-encoding", "")],
        &[("transfer-encoding", "gzip")],
        &[("", "a")],
        &[("a b", "a")],
        &[("a  b", "a")],
        &[("a b", "a"), ("c d", "a")],
        &[("Accept", "a")],
        &[("Accept", "a"), ("Origin", "a")],
        &[("accept", "a\r\nb")],
        &[("accept", "a\n"), ("host", "b\n")],
        &[("accept", "\u{7f}")],
        &[("x-shop", "1"), ("accept", "a"), ("x_shop", "2")],
        &[("x_shop-id", "1"), ("x-shop_id", "2")],
        &[("x_real_ip", "1")],
        &[("x_real_ip", "1"), ("a_b", "2")],
    ];
    for head in heads {
        assert!(is_ambiguous(head), "{head:?}");
    }
}

#[test]
fn no_name_stands_for_one_that_controls_look_at() {
    for name in [
        "content-length",
        "content-type",
        "sec-fetch-mode",
        "sec-fetch-site",
        "transfer-encoding",
        "x-csrf-token",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-real-ip",
        "x-request-id",
    ] {
        assert!(is_ambiguous(&[(&name.replacen('-', "_", 1), "1")]), "{name}");
        assert!(!is_ambiguous(&[(&format!("{name}_2"), "1")]), "{name}");
    }
}

#[test]
fn each_fact_has_its_bit() {
    let of = |is_websocket, method, query: &str, head| Facts::of(is_websocket, method, query.as_bytes(), &bytes(head));
    for (method, fact) in Facts::METHODS {
        assert_eq!(of(false, method, "", &[]), fact);
    }
    assert_eq!(of(false, "get", "", &[]), Facts::OTHER_METHOD);
    let post = Facts::method("POST").0;
    assert_eq!(of(true, "POST", "", &[]).0, post | Facts::WEBSOCKET.0);
    assert_eq!(of(false, "POST", "a", &[]).0, post | Facts::QUERY.0);
    assert_eq!(of(false, "POST", "", &[("content-length", "0")]).0, post | Facts::BODY.0);
    assert_eq!(of(false, "POST", "", &[("transfer-encoding", "chunked")]).0, post | Facts::BODY.0);
}

#[test]
fn a_header_that_would_split_a_response_is_hostile() {
    assert!(!is_hostile(b"X-Shop_1", "a\tb \u{e9}".as_bytes()));
    for (name, value) in
        [("", "a"), ("a b", "a"), ("a  b", "a"), ("a:", "a"), ("a", "b\r\nc"), ("a", "\0"), ("a", "\n\n")]
    {
        assert!(is_hostile(name.as_bytes(), value.as_bytes()), "{name:?} {value:?}");
    }
}

#[test]
fn a_head_has_the_bits_of_the_sets_that_it_has_a_name_of() {
    let set = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>();
    let minded = Minded::new(vec![set(&["vary", "etag"]), set(&[]), set(&["vary", "location"])]).unwrap();
    let look = |head| minded.look(bytes(head).into_iter());
    assert_eq!(look(&[]), 0);
    assert_eq!(look(&[("accept", ""), ("longer-than-all", "")]), 0);
    assert_eq!(look(&[("etag", "")]), 1);
    assert_eq!(look(&[("location", "")]), 4);
    assert_eq!(look(&[("etag", ""), ("vary", ""), ("location", "")]), 5);
}

#[test]
fn so_many_sets_are_told_apart() {
    let sets = |count| vec![vec![b"vary".to_vec()]; count];
    assert_eq!(Minded::new(sets(MAX_SETS)).unwrap().look([(b"vary".as_slice(), b"".as_slice())].into_iter()), u32::MAX);
    assert!(matches!(Minded::new(sets(MAX_SETS.saturating_add(1))), Err(Error::Parameter(_))));
}
