//! Pod Security Standards, by version: what a pod does that a level forbids (pod-security-admission of Kubernetes 1.37,
//! `policy/`).

mod baseline;
mod enforcement;
mod pod;
mod restricted;
mod seccomp;

use std::fmt;

pub use enforcement::{Enforcement, Standard};
pub use pod::Pod;

/// How much a level forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strictness {
    /// Nothing.
    Privileged,
    /// What is known to lead out of the container.
    Baseline,
    /// All that is not good practice.
    Restricted,
}

impl Strictness {
    /// The name in labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }

    /// The level of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Privileged, Self::Baseline, Self::Restricted].into_iter().find(|level| level.name() == name)
    }
}

impl fmt::Display for Strictness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A version of the standards: the minor version of Kubernetes 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u16);

impl Version {
    /// The newest that is known here.
    pub const LATEST: Self = Self(37);

    /// Kubernetes 1.`minor`; newer ones than are known count as the newest.
    pub fn minor(minor: u16) -> Self {
        Self(minor.min(Self::LATEST.0))
    }

    /// Reads `v1.30` or `latest`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "latest" {
            return Some(Self::LATEST);
        }
        let minor = text.strip_prefix("v1.")?;
        let is_plain = minor == "0" || !minor.starts_with('0');
        minor.parse().ok().filter(|_| is_plain).map(Self::minor)
    }

    /// The minor version.
    pub fn minor_number(self) -> u16 {
        self.0
    }

    fn is_since(self, minor: u16) -> bool {
        self.0 >= minor
    }
}

/// One thing that the standards look at.
#[derive(Debug)]
pub struct Check {
    /// The name that the admission controller has for it.
    pub id: &'static str,
    /// What a pod does that fails it, after "it".
    pub says: &'static str,
    /// What it is called elsewhere: trivy's `KSV…`, kubescape's `C-…`, kube-linter's words.
    pub known_as: &'static str,
    /// The level from which it counts.
    pub level: Strictness,
    /// The check of baseline that it stands in for.
    pub replaces: Option<&'static str>,
    since: u16,
    find: fn(&Pod<'_>, Version) -> Vec<Offence>,
}

/// Who fails a check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    /// The container; none when it is the pod as a whole.
    pub container: Option<String>,
    /// The value that is forbidden, where there is one.
    pub value: Option<String>,
}

impl Offence {
    fn pod() -> Self {
        Self { container: None, value: None }
    }

    fn of(container: &str) -> Self {
        Self { container: Some(container.to_owned()), value: None }
    }

    fn with(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// A check that a pod fails.
#[derive(Debug, Clone)]
pub struct Breach {
    /// The check.
    pub check: &'static Check,
    /// Who fails it; never empty.
    pub offences: Vec<Offence>,
}

/// What a pod does that a level forbids, in the order in which the admission controller tells it.
pub fn breaches(pod: &Pod<'_>, level: Strictness, version: Version) -> Vec<Breach> {
    let all = || baseline::CHECKS.iter().chain(restricted::CHECKS);
    let counts = |check: &&Check| check.level <= level && version.is_since(check.since);
    let replaced: Vec<&str> = all().filter(counts).filter_map(|check| check.replaces).collect();
    let counting = all().filter(counts).filter(|check| !replaced.contains(&check.id));
    counting
        .filter_map(|check| {
            let offences = (check.find)(pod, version);
            (!offences.is_empty()).then_some(Breach { check, offences })
        })
        .collect()
}

/// The strictest level that a pod meets.
pub fn level_of(pod: &Pod<'_>, version: Version) -> Strictness {
    let levels = [Strictness::Restricted, Strictness::Baseline];
    levels
        .into_iter()
        .find(|level| breaches(pod, *level, version).is_empty())
        .unwrap_or(Strictness::Privileged)
}
