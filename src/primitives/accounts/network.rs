//! Where an attempt comes from: what one subscriber has at least, an IPv4 address or an IPv6 network of /64 (RFC 6177).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::primitives::Result;
use crate::primitives::validate::codes;

/// "An IPv6 address with its zone" is 45 characters and the name of an interface.
const MAX_BYTES: usize = 128;

/// A network that is counted as one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// One address.
    V4(Ipv4Addr),
    /// The first 64 bits of an address.
    V6([u8; 8]),
}

impl Network {
    /// The network of a client's address. An IPv4 address mapped into IPv6 is IPv4; a zone is left out.
    ///
    /// # Errors
    /// `ip_address` of [`codes`] when the text is no address.
    pub fn parse(address: &str) -> Result<Self> {
        if address.len() > MAX_BYTES {
            return Err(codes::IP_ADDRESS);
        }
        match address.parse::<IpAddr>() {
            Ok(address) => Ok(Self::of(address)),
            Err(_) => Ok(Self::of(IpAddr::V6(without_zone(address).ok_or(codes::IP_ADDRESS)?))),
        }
    }

    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address.octets().first_chunk().copied().unwrap_or_default()),
        }
    }

    /// The bytes of the network: four or eight.
    pub(super) fn with<T>(self, hash: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::V4(address) => hash(&address.octets()),
            Self::V6(prefix) => hash(&prefix),
        }
    }
}

fn without_zone(address: &str) -> Option<Ipv6Addr> {
    let (address, zone) = address.split_once('%')?;
    if zone.is_empty() || zone.contains('%') { None } else { address.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::{Network, codes};

    #[test]
    fn addresses_of_one_client_meet() {
        for (left, right) in [
            ("2001:db8::1", "2001:DB8:0:0:ffff::9"),
            ("203.0.113.9", "::ffff:203.0.113.9"),
            ("203.0.113.9", "::ffff:cb00:7109"),
            ("fe80::1%eth0", "fe80::2%7"),
        ] {
            assert_eq!(Network::parse(left).unwrap(), Network::parse(right).unwrap());
        }
        assert_ne!(Network::parse("203.0.113.9").unwrap(), Network::parse("203.0.113.8").unwrap());
        assert_ne!(Network::parse("2001:db8::").unwrap(), Network::parse("2001:db8:0:1::").unwrap());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("fe80::1%{}", "x".repeat(200));
        for address in
            ["", " 1.2.3.4", "1.2.3", "01.2.3.4", "1.2.3.4:80", "[::1]", "::1%", "1.2.3.4%eth0", "host", &long]
        {
            assert_eq!(Network::parse(address), Err(codes::IP_ADDRESS), "{address}");
        }
    }
}
