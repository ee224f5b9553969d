//! Which addresses are global unicast: an allow-list, so that what nobody thought of stays out
//! (threats F1 to F3; IANA special-purpose address registries, RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Inside the unicast space, what is set apart for other uses.
const SPECIAL_V4: &[([u8; 4], u32)] = &[
    ([10, 0, 0, 0], 8),      // private (RFC 1918)
    ([100, 64, 0, 0], 10),   // shared by carriers (RFC 6598)
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, metadata services
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // IETF protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 52, 193, 0], 24), // AMT
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([192, 175, 48, 0], 24), // AS112
    ([198, 18, 0, 0], 15),   // benchmarking
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
];

/// Inside `2000::/3`, what is set apart: first two segments, length of the prefix.
const SPECIAL_V6: &[([u16; 3], u32)] = &[
    ([0x2001, 0, 0], 23),           // IETF assignments: Teredo, benchmarking, ORCHID …
    ([0x2001, 0x0db8, 0], 32),      // documentation
    ([0x2002, 0, 0], 16),           // 6to4: carries an IPv4 address
    ([0x2620, 0x004f, 0x8000], 48), // AS112
    ([0x3ffe, 0, 0], 16),           // former 6bone
    ([0x3fff, 0, 0], 20),           // documentation
];

/// Whether an address belongs to a host of the public internet. Every form that carries an IPv4
/// address inside an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo) does not.
#[must_use]
pub fn is_global_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => global_v4(address),
        IpAddr::V6(address) => global_v6(address),
    }
}

fn global_v4(address: Ipv4Addr) -> bool {
    let unicast = (1..=223).contains(&address.octets()[0]);
    let bits = u32::from(address);
    unicast && !SPECIAL_V4.iter().any(|(net, length)| (bits ^ u32::from_be_bytes(*net)) >> (32 - length) == 0)
}

fn global_v6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    let unicast = bits >> 125 == 1; // 2000::/3
    let special = |net: &[u16; 3], length: u32| {
        let net = net.iter().fold(0u128, |bits, segment| bits << 16 | u128::from(*segment)) << 80;
        (bits ^ net) >> (128 - length) == 0
    };
    unicast && !SPECIAL_V6.iter().any(|(net, length)| special(net, *length))
}

#[cfg(test)]
mod tests {
    use super::is_global_unicast;

    fn global(text: &str) -> bool {
        is_global_unicast(text.parse().expect("an address"))
    }

    #[test]
    fn f1_f2_special_ipv4_is_refused() {
        for good in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.254",
        ] {
            assert!(global(good), "{good}");
        }
        for bad in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.171",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!global(bad), "{bad}");
        }
    }

    #[test]
    fn f3_special_ipv6_is_refused() {
        for good in
            ["2606:4700::1111", "2a00:1450:4007::1", "2001:4860:4860::8888", "2001:200::1", "2620:fe::fe"]
        {
            assert!(global(good), "{good}");
        }
        for bad in [
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:7f00:1",
            "::ffff:8.8.8.8",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "2001::1",
            "2001:0:4136::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "3ffe::1",
            "5f00::1",
            "4000::1",
            "2620:4f:8000::1",
        ] {
            assert!(!global(bad), "{bad}");
        }
    }
}
