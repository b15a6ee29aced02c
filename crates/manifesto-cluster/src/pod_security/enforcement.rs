//! What a namespace enforces, by its labels.

use std::fmt;

use super::{Strictness, Version};
use crate::Labels;

/// A level at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standard {
    /// The level.
    pub level: Strictness,
    /// The version; none is the cluster's own, which is not known.
    pub version: Option<Version>,
}

impl Standard {
    /// The version that pods are held against, the newest known where the cluster's own is meant.
    pub fn version_or_latest(self) -> Version {
        self.version.unwrap_or(Version::LATEST)
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.level.fmt(f)
    }
}

/// What the labels of a namespace say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// Nothing: the cluster's own default counts, which forbids nothing unless somebody configured it.
    Default,
    /// Pods that do not meet this are refused.
    Standard(Standard),
}

impl Enforcement {
    /// Reads the labels; a level that is none forbids what restricted forbids (pod-security-admission, `api/helpers.go`).
    pub fn read(labels: &Labels) -> Self {
        let Some(name) = labels.get("pod-security.kubernetes.io/enforce") else { return Self::Default };
        let level = Strictness::from_name(name).unwrap_or(Strictness::Restricted);
        let version = labels.get("pod-security.kubernetes.io/enforce-version");
        let version = version.filter(|text| *text != "latest").and_then(Version::parse);
        Self::Standard(Standard { level, version })
    }

    /// The level that is enforced as far as the labels say.
    pub fn level(self) -> Strictness {
        match self {
            Self::Default => Strictness::Privileged,
            Self::Standard(standard) => standard.level,
        }
    }
}
