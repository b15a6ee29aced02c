//! Sets of ports.

use std::fmt;

/// A protocol that policies tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, by port.
    Tcp,
    /// UDP, by port.
    Udp,
    /// SCTP, by port.
    Sctp,
    /// ICMP, by type; the types of ICMPv6 count from 256.
    Icmp,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tcp, Self::Udp, Self::Sctp, Self::Icmp];

    /// Those that have ports.
    pub const WITH_PORTS: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// Reads `TCP`, `UDP`, `SCTP`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WITH_PORTS.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(text))
    }

    /// The name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
            Self::Icmp => "ICMP",
        }
    }

    /// The lowest and the highest port or type.
    pub fn bounds(self) -> (u16, u16) {
        if self == Self::Icmp { (0, 511) } else { (1, u16::MAX) }
    }
}

/// Ports by protocol, as ranges that are sorted and do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSet([Vec<(u16, u16)>; 4]);

impl PortSet {
    /// Every port of every protocol.
    pub fn all() -> Self {
        Self(Protocol::ALL.map(|protocol| vec![protocol.bounds()]))
    }

    /// The ports of one protocol between two, both included.
    pub fn range(protocol: Protocol, low: u16, high: u16) -> Self {
        let (least, most) = protocol.bounds();
        let mut set = Self::default();
        if low.max(least) <= high.min(most) {
            set.insert(protocol, low.max(least), high.min(most));
        }
        set
    }

    /// One port.
    pub fn one(protocol: Protocol, port: u16) -> Self {
        Self::range(protocol, port, port)
    }

    fn insert(&mut self, protocol: Protocol, low: u16, high: u16) {
        if let Some(ranges) = self.0.get_mut(protocol as usize) {
            ranges.push((low, high));
        }
    }

    /// The ranges of a protocol.
    pub fn ranges(&self, protocol: Protocol) -> &[(u16, u16)] {
        self.0.get(protocol as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// Whether it is every port of every protocol.
    pub fn is_all(&self) -> bool {
        Protocol::ALL.iter().all(|protocol| self.ranges(*protocol) == [protocol.bounds()])
    }

    /// Whether a port is in it.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.ranges(protocol).iter().any(|(low, high)| (*low..=*high).contains(&port))
    }

    /// Both together.
    #[must_use = "the set is returned"]
    pub fn union(&self, other: &Self) -> Self {
        Self(Protocol::ALL.map(|protocol| {
            let mut ranges = [self.ranges(protocol), other.ranges(protocol)].concat();
            ranges.sort_unstable();
            merged(ranges)
        }))
    }

    /// What is in both.
    #[must_use = "the set is returned"]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(Protocol::ALL.map(|protocol| {
            let pairs =
                self.ranges(protocol).iter().flat_map(|a| other.ranges(protocol).iter().map(move |b| (a, b)));
            let common = pairs.map(|(a, b)| (a.0.max(b.0), a.1.min(b.1))).filter(|(low, high)| low <= high);
            merged(common.collect())
        }))
    }

    /// What is in this one only.
    #[must_use = "the set is returned"]
    pub fn without(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    fn complement(&self) -> Self {
        Self(Protocol::ALL.map(|protocol| {
            let (least, most) = protocol.bounds();
            let (mut next, mut ranges) = (u32::from(least), Vec::new());
            for (low, high) in self.ranges(protocol) {
                if next < u32::from(*low) {
                    ranges.push((u16::try_from(next).unwrap_or(u16::MAX), low - 1));
                }
                next = u32::from(*high) + 1;
            }
            if next <= u32::from(most) {
                ranges.push((u16::try_from(next).unwrap_or(u16::MAX), most));
            }
            ranges
        }))
    }

    /// Cuts all ports into pieces such that each of these sets holds a piece as a whole or not at all.
    pub fn pieces<'s>(sets: impl IntoIterator<Item = &'s Self>) -> Vec<(Protocol, u16, u16)> {
        let mut starts = Protocol::ALL.map(|protocol| vec![u32::from(protocol.bounds().0)]);
        for set in sets {
            for (starts, ranges) in starts.iter_mut().zip(&set.0) {
                starts.extend(ranges.iter().flat_map(|(low, high)| [u32::from(*low), u32::from(*high) + 1]));
            }
        }
        let mut pieces = Vec::new();
        for (protocol, mut starts) in Protocol::ALL.into_iter().zip(starts) {
            starts.push(u32::from(protocol.bounds().1) + 1);
            starts.sort_unstable();
            starts.dedup();
            for (low, next) in starts.iter().zip(starts.iter().skip(1)) {
                let (low, high) = (u16::try_from(*low), u16::try_from(next - 1));
                pieces.extend(low.ok().zip(high.ok()).map(|(low, high)| (protocol, low, high)));
            }
        }
        pieces
    }
}

/// Joins sorted ranges that overlap or touch.
fn merged(ranges: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    let mut joined: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match joined.last_mut() {
            Some(last) if u32::from(low) <= u32::from(last.1) + 1 => last.1 = last.1.max(high),
            _ => joined.push((low, high)),
        }
    }
    joined
}

/// `TCP 80, 443 and UDP 53`, `every port`.
impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() || Protocol::WITH_PORTS.iter().all(|p| self.ranges(*p) == [p.bounds()]) {
            return f.write_str("every port");
        }
        let mut first = true;
        for protocol in Protocol::ALL {
            let ranges = self.ranges(protocol);
            if ranges.is_empty() {
                continue;
            }
            write!(f, "{}{}", if first { "" } else { ", " }, protocol.name())?;
            first = false;
            if ranges == [protocol.bounds()] {
                continue;
            }
            for (index, (low, high)) in ranges.iter().enumerate() {
                f.write_str(if index == 0 { " " } else { "," })?;
                if low == high { write!(f, "{low}")? } else { write!(f, "{low}-{high}")? }
            }
        }
        if first { f.write_str("no port") } else { Ok(()) }
    }
}
