//! Which addresses may be connected to.
//!
//! The resolver hands on the addresses that it checked, and those are connected to: a name cannot lead somewhere else
//! between the check and the connection. One address that is refused refuses the name.
//!
//! An external endpoint may have an address of the own network or of this machine: a gateway there, which passes on what it
//! gets, is external. Over plain http it may have one of this machine only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Reach;

/// A rule for addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// This machine and the own network.
    OwnNetwork,
    /// This machine.
    OwnMachine,
    /// Anything that is not refused for all.
    Anywhere,
}

/// Why an address must not be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nothing is there for anybody.
    #[error(
        "Its address belongs to the network itself or to the services of a cloud's machines, where no model is. Write the \
         address of the model."
    )]
    Never,
    /// It is outside.
    #[error("This endpoint is set as local but its name leads outside; add it as external.")]
    Outside,
    /// It would be reached without encryption.
    #[error("This endpoint is external and not on this machine, so its URL must begin with https://.")]
    Unencrypted,
    /// The name has no address.
    #[error("Its name leads to no address. Check how it is written.")]
    Nowhere,
}

impl Guard {
    /// The rule for an endpoint of this reach, over https or not.
    pub(crate) fn of(reach: Reach, encrypted: bool) -> Self {
        match (reach, encrypted) {
            (Reach::Local, _) => Self::OwnNetwork,
            (Reach::External, true) => Self::Anywhere,
            (Reach::External, false) => Self::OwnMachine,
        }
    }

    /// Looks at an address.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), Refusal> {
        let address = address.to_canonical();
        if is_refused(address) || carried(address).into_iter().any(is_refused_v4) {
            return Err(Refusal::Never);
        }
        match self {
            Self::OwnNetwork if !is_of_own_network(address) => Err(Refusal::Outside),
            Self::OwnMachine if !address.is_loopback() => Err(Refusal::Unencrypted),
            _ => Ok(()),
        }
    }

    fn check_all(self, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refusal> {
        if addresses.is_empty() {
            return Err(Refusal::Nowhere);
        }
        addresses.iter().try_for_each(|address| self.check(address.ip()))?;
        Ok(addresses)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let checked = guard.check_all(found)?;
            Ok(Box::new(checked.into_iter()) as Addrs)
        })
    }
}

fn is_refused(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_refused_v4(address),
        IpAddr::V6(address) => is_refused_v6(address),
    }
}

/// The network itself, and metadata services: AWS and most others (link-local), Alibaba, Azure, Oracle.
fn is_refused_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first == 0
        || first >= 240
        || address.is_link_local()
        || address.is_multicast()
        || matches!(address.octets(), [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192])
}

/// The network itself, and metadata services: AWS (all of the prefix where its services are), Google, Scaleway.
fn is_refused_v6(address: Ipv6Addr) -> bool {
    address.is_unspecified()
        || address.is_unicast_link_local()
        || address.is_multicast()
        || matches!(
            address.segments(),
            [0xfd00, 0x0ec2, ..] | [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254] | [0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042]
        )
}

/// The IPv4 addresses that an IPv6 address may carry: IPv4-compatible, IPv4-translated (RFC 2765), NAT64 (RFC 6052 and
/// 8215), 6to4 (RFC 3056), Teredo (RFC 4380, where it is inverted). IPv4-mapped ones are IPv4 addresses already.
fn carried(address: IpAddr) -> Vec<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return Vec::new() };
    let bits = address.to_bits();
    match address.segments() {
        [0, 0, 0, 0, 0, 0, ..] if bits > 1 => vec![low_half(bits)],
        [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, ..] => vec![low_half(bits)],
        [0x64, 0xff9b, 1, ..] => carried_locally(bits),
        [0x2002, ..] => vec![low_half(bits >> 80)],
        [0x2001, 0, ..] => vec![low_half(!bits)],
        _ => Vec::new(),
    }
}

/// The prefix of RFC 8215 is divided as each network likes, so each place where RFC 6052 puts an address is looked at: behind
/// 48, 56, 64 and 96 bits, without the bits 64 to 71. A place that begins with zero is not the one that is used.
fn carried_locally(bits: u128) -> Vec<Ipv4Addr> {
    let [.., b6, b7, _, b9, b10, b11, b12, b13, b14, b15] = bits.to_be_bytes();
    let places = [[b6, b7, b9, b10], [b7, b9, b10, b11], [b9, b10, b11, b12], [b12, b13, b14, b15]];
    places.into_iter().filter(|[first, ..]| *first != 0).map(Ipv4Addr::from).collect()
}

fn low_half(bits: u128) -> Ipv4Addr {
    let [.., a, b, c, d] = bits.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

/// Loopback, RFC 1918, shared addresses of carriers (RFC 6598), unique local addresses (RFC 4193). An address that only
/// carries one of them goes through a gateway, so it is not.
fn is_of_own_network(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_loopback() || address.is_private() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(guard: Guard, address: &str) -> Result<(), Refusal> {
        guard.check(address.parse().unwrap())
    }

    #[test]
    fn some_addresses_are_refused_for_all_in_every_form() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.1.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "::",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd00:ec2::253",
            "fd00:ec2:ffff::1",
            "fd20:ce::254",
            "fd00:42::42",
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b::6464:64c8",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:6464:64:c800::",
            "64:ff9b:1:764:64:64c8::",
            "64:ff9b:1:7:64:6464:c800:0",
            "64:ff9b:1:7::169.254.169.254",
            "::ffff:0:169.254.169.254",
            "::ffff:0:0.0.0.0",
            "2002:a9fe:a9fe::1",
            "2001:0:1:2:3:4:5601:5601",
        ] {
            for guard in [Guard::OwnNetwork, Guard::OwnMachine, Guard::Anywhere] {
                assert_eq!(check(guard, address), Err(Refusal::Never), "{guard:?} {address}");
            }
        }
    }

    #[test]
    fn the_own_network_ends_where_its_addresses_end() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "fc00::1",
            "fdff::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(check(Guard::OwnNetwork, address), Ok(()), "{address}");
        }
        for address in [
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "fe00::1",
            "64:ff9b::10.0.0.1",
            "2002:a00:1::1",
            "64:ff9b:1::8.8.8.8",
            "64:ff9b:1:808:8:800::",
            "::ffff:0:10.0.0.1",
            "fe00:ec2::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(check(Guard::OwnNetwork, address), Err(Refusal::Outside), "{address}");
            assert_eq!(check(Guard::Anywhere, address), Ok(()), "{address}");
        }
    }

    #[test]
    fn without_encryption_an_external_endpoint_is_on_this_machine() {
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(check(Guard::OwnMachine, address), Ok(()), "{address}");
        }
        for address in ["10.0.0.1", "8.8.8.8", "fc00::1"] {
            assert_eq!(check(Guard::OwnMachine, address), Err(Refusal::Unencrypted), "{address}");
        }
        assert_eq!(Guard::of(Reach::External, false), Guard::OwnMachine);
    }

    #[test]
    fn one_address_that_is_refused_refuses_the_name() {
        let addresses =
            |all: &[&str]| all.iter().map(|one| SocketAddr::new(one.parse().unwrap(), 0)).collect::<Vec<_>>();
        let mixed = addresses(&["10.0.0.1", "8.8.8.8"]);
        assert_eq!(Guard::OwnNetwork.check_all(mixed), Err(Refusal::Outside));
        let rebound = addresses(&["8.8.8.8", "169.254.169.254"]);
        assert_eq!(Guard::Anywhere.check_all(rebound), Err(Refusal::Never));
        assert_eq!(Guard::Anywhere.check_all(Vec::new()), Err(Refusal::Nowhere));
        let own = addresses(&["10.0.0.1", "fc00::1"]);
        assert_eq!(Guard::OwnNetwork.check_all(own.clone()), Ok(own));
    }
}
