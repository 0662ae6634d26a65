use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far away an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the internet.
    Public,
    /// Loopback or a private network.
    Private,
    /// Link-local, metadata services, multicast, unspecified, reserved.
    Never,
}

/// How far away an address is, an IPv4 address in IPv6 clothes being what it hides.
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let [a, b, c, _] = address.octets();
    let never = match (a, b, c) {
        (0, ..) | (224.., ..) | (169, 254, _) | (192, 0, 0) => true,
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) | (198, 18..=19, _) => true,
        _ => address == Ipv4Addr::new(100, 100, 100, 200),
    };
    let private = matches!((a, b), (10 | 127, _) | (192, 168) | (172, 16..=31) | (100, 64..=127));
    match (never, private) {
        (true, _) => Reach::Never,
        (false, true) => Reach::Private,
        (false, false) => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if address == Ipv6Addr::LOCALHOST {
        return Reach::Private;
    }
    let segments = address.segments();
    let low = Ipv4Addr::from(
        [segments[6], segments[7]]
            .map(u16::to_be_bytes)
            .as_flattened()
            .try_into()
            .unwrap_or([0; 4]),
    );
    let embedded = match segments {
        // mapped, compatible, translated
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => Some(low),
        // NAT64, well known and local use
        [0x64, 0xff9b, 0 | 1, ..] => Some(low),
        // 6to4
        [0x2002, high, next, ..] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), next.to_be_bytes());
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    };
    if let Some(hidden) = embedded {
        return reach_v4(hidden);
    }
    match segments[0] {
        0xfc00..=0xfdff if address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) => {
            Reach::Never
        }
        0xfc00..=0xfdff => Reach::Private,
        0x2001 if segments[1] == 0 || segments[1] == 0xdb8 => Reach::Never,
        0x2000..=0x3fff => Reach::Public,
        _ => Reach::Never,
    }
}
