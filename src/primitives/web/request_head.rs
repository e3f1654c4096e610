//! What the head of a request is like.

use super::Header;
use super::characters::{CONTROL, NO_TOKEN, UNDERSCORE, UPPER, kinds};

/// Facts about a request, one bit each. A control is asked about those requests alone that have one of the facts it minds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub u32);

impl Facts {
    /// Two readers may read the head in two ways.
    pub const AMBIGUOUS: Self = Self(1);
    /// It is the handshake of a WebSocket.
    pub const WEBSOCKET: Self = Self(1 << 1);
    /// It has a query.
    pub const QUERY: Self = Self(1 << 2);
    /// It has a body, or says so.
    pub const BODY: Self = Self(1 << 3);
    /// Its method is none of [`Facts::METHODS`].
    pub const OTHER_METHOD: Self = Self(1 << 4);
    /// Methods with a fact of their own.
    pub const METHODS: [(&'static str, Self); 7] = [
        ("GET", Self(1 << 5)),
        ("HEAD", Self(1 << 6)),
        ("POST", Self(1 << 7)),
        ("PUT", Self(1 << 8)),
        ("PATCH", Self(1 << 9)),
        ("DELETE", Self(1 << 10)),
        ("OPTIONS", Self(1 << 11)),
    ];

    /// The facts about a request.
    pub fn of(is_websocket: bool, method: &str, query: &[u8], headers: &[Header<'_>]) -> Self {
        let told = Told::of(headers);
        Self::method(method)
            .with(Self::AMBIGUOUS, !told.has_one_meaning(headers))
            .with(Self::WEBSOCKET, is_websocket)
            .with(Self::QUERY, !query.is_empty())
            .with(Self::BODY, told.length.is_some() || told.coding.is_some())
    }

    /// The fact that says which method a request has.
    pub fn method(method: &str) -> Self {
        Self::METHODS.iter().find(|(name, _)| *name == method).map_or(Self::OTHER_METHOD, |(_, fact)| *fact)
    }

    const fn with(self, fact: Self, is_so: bool) -> Self {
        if is_so { Self(self.0 | fact.0) } else { self }
    }
}

/// What the headers say, each by itself.
#[derive(Default)]
struct Told<'a> {
    length: Option<&'a [u8]>,
    coding: Option<&'a [u8]>,
    is_malformed: bool,
    is_repeated: bool,
    has_underscore: bool,
    once: u8,
}

impl<'a> Told<'a> {
    fn of(headers: &[Header<'a>]) -> Self {
        let mut told = Self::default();
        for (name, value) in headers {
            told.read(name, value);
        }
        told
    }

    fn read(&mut self, name: &'a [u8], value: &'a [u8]) {
        let bit = match name {
            b"host" => 1,
            b"content-length" => 1 << 1,
            b"transfer-encoding" => 1 << 2,
            b"content-type" => 1 << 3,
            b"authorization" => 1 << 4,
            _ => 0,
        };
        match bit {
            2 => self.length = Some(value),
            4 => self.coding = Some(value),
            0 => self.read_name(name),
            _ => {}
        }
        self.is_repeated |= self.once & bit != 0;
        self.once |= bit;
        self.is_malformed |= kinds(value) & CONTROL != 0;
    }

    fn read_name(&mut self, name: &[u8]) {
        let kinds = kinds(name);
        self.is_malformed |= name.is_empty() || kinds & (NO_TOKEN | UPPER) != 0;
        self.has_underscore |= kinds & UNDERSCORE != 0;
    }

    /// Whether no proxy and no server can differ on what the head says.
    fn has_one_meaning(&self, headers: &[Header<'_>]) -> bool {
        let is_length = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        !self.is_malformed
            && !self.is_repeated
            && (self.length.is_none() || self.coding.is_none())
            && self.length.is_none_or(is_length)
            && self.coding.is_none_or(|value| value.eq_ignore_ascii_case(b"chunked"))
            && !(self.has_underscore && stands_for_another(headers))
    }
}

/// Headers that controls look at.
const LOOKED_AT: [&[u8]; 18] = [
    b"authorization",
    b"content-length",
    b"content-type",
    b"cookie",
    b"forwarded",
    b"host",
    b"origin",
    b"referer",
    b"sec-fetch-mode",
    b"sec-fetch-site",
    b"transfer-encoding",
    b"x-csrf-token",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-proto",
    b"x-real-ip",
    b"x-request-id",
];

/// Whether two names are one with hyphens in place of underscores, or one is then a name that controls look at.
/// They are sorted first: nobody can have each compared with each.
fn stands_for_another(headers: &[Header<'_>]) -> bool {
    let mut names: Vec<(Vec<u8>, &[u8])> = headers.iter().map(|(name, _)| (hyphened(name), *name)).collect();
    names.sort_unstable();
    names.iter().any(|(form, name)| form != name && LOOKED_AT.contains(&form.as_slice()))
        || names.iter().zip(names.iter().skip(1)).any(|(one, other)| one.0 == other.0 && one.1 != other.1)
}

fn hyphened(name: &[u8]) -> Vec<u8> {
    name.iter().map(|byte| if *byte == b'_' { b'-' } else { *byte }).collect()
}
