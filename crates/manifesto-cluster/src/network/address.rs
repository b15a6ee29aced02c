//! Addresses: prefixes, and the ranges into which they cut all addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses of one family between two, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    /// Whether they are of IPv6.
    pub v6: bool,
    /// The first.
    pub low: u128,
    /// The last.
    pub high: u128,
}

impl AddressRange {
    /// All addresses of IPv4.
    pub const V4: Self = Self { v6: false, low: 0, high: u32::MAX as u128 };
    /// All addresses of IPv6.
    pub const V6: Self = Self { v6: true, low: 0, high: u128::MAX };

    /// Reads a prefix, `10.0.0.0/8`; an address alone is a prefix of one. Bits behind the prefix do not count.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address.parse().ok()?, Some(length.parse::<u32>().ok()?)),
            None => (text.trim().parse().ok()?, None),
        };
        let (value, width, v6) = match address {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32, false),
            IpAddr::V6(v6) => (u128::from(v6), 128, true),
        };
        let length = length.unwrap_or(width);
        let host_bits = width.checked_sub(length)?;
        let mask = if host_bits == 128 { u128::MAX } else { (1 << host_bits) - 1 };
        Some(Self { v6, low: value & !mask, high: value | mask })
    }

    /// Whether another range is in it as a whole.
    pub fn contains(&self, other: &Self) -> bool {
        self.v6 == other.v6 && self.low <= other.low && other.high <= self.high
    }

    /// Cuts all addresses into ranges such that each of the given ones is made of whole ranges.
    pub fn pieces(ranges: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let (mut v4, mut v6) = (vec![0], vec![0]);
        for range in ranges {
            let starts = if range.v6 { &mut v6 } else { &mut v4 };
            starts.push(range.low);
            let most = if range.v6 { Self::V6.high } else { Self::V4.high };
            starts.extend((range.high < most).then(|| range.high + 1));
        }
        let cut = |mut starts: Vec<u128>, family: Self| {
            starts.sort_unstable();
            starts.dedup();
            let ends: Vec<u128> =
                starts.iter().skip(1).map(|next| next - 1).chain(std::iter::once(family.high)).collect();
            starts.into_iter().zip(ends).map(move |(low, high)| Self { low, high, ..family })
        };
        cut(v4, Self::V4).chain(cut(v6, Self::V6)).collect()
    }

    /// Joins ranges that touch; the given ones are sorted.
    pub fn joined(ranges: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.v6 == range.v6 && last.high.checked_add(1) == Some(range.low) => {
                    last.high = range.high;
                }
                _ => joined.push(range),
            }
        }
        joined
    }

    /// Whether it holds an address that the public Internet routes: neither private, nor of this machine, nor shared
    /// (RFC 1918, 6598, 3927, 4193, 4291).
    pub fn is_public(&self) -> bool {
        let private: &[&str] = if self.v6 {
            &["fc00::/7", "fe80::/10", "::1/128", "ff00::/8"]
        } else {
            &[
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "224.0.0.0/3",
            ]
        };
        !private.iter().filter_map(|text| Self::parse(text)).any(|range| range.contains(self))
    }

    /// The prefixes that make it up, the fewest.
    fn prefixes(&self) -> Vec<(u128, u32)> {
        let width: u32 = if self.v6 { 128 } else { 32 };
        let (mut next, mut prefixes) = (self.low, Vec::new());
        loop {
            let aligned = if next == 0 { width } else { next.trailing_zeros().min(width) };
            let fits = (0..=aligned).rev().find(|bits| {
                let last = if *bits == 128 { Some(u128::MAX) } else { next.checked_add((1 << bits) - 1) };
                last.is_some_and(|last| last <= self.high)
            });
            let bits = fits.unwrap_or(0);
            prefixes.push((next, width - bits));
            let size = if bits == 128 { None } else { Some(1_u128 << bits) };
            match size.and_then(|size| next.checked_add(size)) {
                Some(after) if after <= self.high => next = after,
                _ => return prefixes,
            }
        }
    }
}

fn address(v6: bool, value: u128) -> IpAddr {
    if v6 {
        Ipv6Addr::from(value).into()
    } else {
        Ipv4Addr::from(u32::try_from(value).unwrap_or(u32::MAX)).into()
    }
}

/// A prefix where it is one, else `first-last`.
impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefixes().as_slice() {
            [(low, length)] => write!(f, "{}/{length}", address(self.v6, *low)),
            _ => write!(f, "{}-{}", address(self.v6, self.low), address(self.v6, self.high)),
        }
    }
}
