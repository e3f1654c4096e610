//! Where an attempt comes from: what one subscriber has at least, an IPv4 address or an IPv6 network of /64 (RFC 6177).

use core::net::{IpAddr, Ipv6Addr};

use crate::primitives::Result;
use crate::primitives::validate::codes;

/// "An IPv6 address with its zone" is 45 characters and the name of an interface.
const MAX_BYTES: usize = 128;

/// What `hash` makes of the network of a client's address: of the four bytes of IPv4, or the first eight of IPv6. An IPv4
/// address mapped into IPv6 is IPv4; a zone is left out.
pub(super) fn with_prefix<T>(address: &str, hash: impl FnOnce(&[u8]) -> T) -> Result<T> {
    match parse(address).ok_or(codes::IP_ADDRESS)?.to_canonical() {
        IpAddr::V4(address) => Ok(hash(&address.octets())),
        IpAddr::V6(address) => Ok(hash(address.octets().first_chunk::<8>().map_or(&[], |prefix| prefix))),
    }
}

fn parse(address: &str) -> Option<IpAddr> {
    if address.len() > MAX_BYTES {
        return None;
    }
    address.parse().ok().or_else(|| without_zone(address).map(IpAddr::V6))
}

fn without_zone(address: &str) -> Option<Ipv6Addr> {
    let (address, zone) = address.split_once('%')?;
    if zone.is_empty() || zone.contains('%') { None } else { address.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, codes, with_prefix};

    fn prefix(address: &str) -> Result<Vec<u8>, crate::primitives::Error> {
        with_prefix(address, <[u8]>::to_vec)
    }

    #[test]
    fn addresses_of_one_client_meet() {
        for (left, right) in [
            ("2001:db8::1", "2001:DB8:0:0:ffff::9"),
            ("203.0.113.9", "::ffff:203.0.113.9"),
            ("203.0.113.9", "::ffff:cb00:7109"),
            ("fe80::1%eth0", "fe80::2%7"),
        ] {
            assert_eq!(prefix(left).unwrap(), prefix(right).unwrap());
        }
        assert_ne!(prefix("203.0.113.9").unwrap(), prefix("203.0.113.8").unwrap());
        assert_ne!(prefix("2001:db8::").unwrap(), prefix("2001:db8:0:1::").unwrap());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let of_length = |length: usize| format!("{:x<length$}", "fe80::1%");
        assert!(prefix(&of_length(MAX_BYTES)).is_ok());
        let long = of_length(MAX_BYTES.saturating_add(1));
        for address in
            ["", " 1.2.3.4", "1.2.3", "01.2.3.4", "1.2.3.4:80", "[::1]", "::1%", "1.2.3.4%eth0", "host", &long]
        {
            assert_eq!(prefix(address), Err(codes::IP_ADDRESS), "{address}");
        }
    }
}
