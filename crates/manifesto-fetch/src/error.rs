//! Why a chart does not come, and what to do about it.

use std::fmt;

use crate::{Digest, Wanted};

/// A chart that does not come.
#[derive(Debug)]
pub struct FetchError {
    /// What was wanted.
    pub wanted: Wanted,
    /// Why it does not come.
    pub trouble: Trouble,
}

/// Why a chart does not come. Addresses are shown without credentials.
#[derive(Debug)]
pub enum Trouble {
    /// The address of the repository is none, or of a kind that is not fetched.
    Address(String),
    /// Nobody allowed to ask this host; `from` is what sent there, if a server did.
    Host {
        /// The host, with its port if that is not the usual one.
        host: String,
        /// What sent there.
        from: Option<String>,
    },
    /// The server does not know who asks, or does not let them.
    Refused {
        /// The host.
        host: String,
        /// The status, 401 or 403.
        status: u16,
    },
    /// The server still has enough of us after several tries.
    TooMany {
        /// The host.
        host: String,
        /// How often it was asked.
        tries: u32,
    },
    /// Any other answer than the one that was asked for.
    Status {
        /// What was asked for.
        address: String,
        /// The status.
        status: u16,
    },
    /// No whole answer came.
    Connection {
        /// What was asked for.
        address: String,
        /// Why.
        why: String,
    },
    /// The answer is larger than any chart is.
    TooLarge {
        /// What was asked for.
        address: String,
        /// The most bytes that are taken.
        bytes_max: u64,
    },
    /// The answer is not what the protocol says.
    Protocol(String),
    /// The repository has no such chart.
    UnknownChart,
    /// The repository has no version of the chart in the range.
    NoVersion {
        /// How many versions there are.
        known: usize,
        /// The newest of them that is no pre-release.
        newest: Option<String>,
    },
    /// What came is not what the repository says it is.
    WrongDigest {
        /// What the repository says.
        expected: Digest,
        /// What came.
        got: Digest,
    },
    /// What came is not what came when the lock file was written.
    NotAsLocked {
        /// What the lock file says.
        expected: Digest,
        /// What came.
        got: Digest,
    },
    /// What came is no chart, or another one.
    NoChart(String),
}

impl FetchError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        Some(match &self.trouble {
            Trouble::Address(_) => "charts are fetched from `https://…` and `oci://…`".to_owned(),
            Trouble::Host { host, .. } => {
                format!("if you trust it, name it: `--allow-host {host}`")
            }
            Trouble::Refused { host, .. } => {
                format!("log in with `helm registry login {host}` or `docker login {host}`, which write what is read here")
            }
            Trouble::TooMany { .. } => "wait a while, or log in: servers allow more to those they know".to_owned(),
            Trouble::NoVersion { newest: Some(newest), .. } => format!("the newest version there is {newest}"),
            Trouble::WrongDigest { .. } => {
                "do not use it: what came was changed on the way or by a mistake of the repository's".to_owned()
            }
            Trouble::NotAsLocked { .. } => {
                "the version was published again with other content: find out why, and then remove its entry from the lock file"
                    .to_owned()
            }
            Trouble::TooLarge { .. }
            | Trouble::Status { .. }
            | Trouble::Connection { .. }
            | Trouble::Protocol(_)
            | Trouble::UnknownChart
            | Trouble::NoVersion { .. }
            | Trouble::NoChart(_) => return None,
        })
    }
}

impl std::error::Error for FetchError {}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.wanted, self.trouble)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the chart `{}`", self.name)?;
        if !self.range.is_empty() {
            write!(f, " {}", self.range)?;
        }
        write!(f, " of {}", self.repository)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { host, from: None } => write!(f, "nobody allowed to ask {host}"),
            Self::Host { host, from: Some(from) } => {
                write!(f, "{from} sends to {host}, which nobody allowed to ask")
            }
            Self::Refused { host, status } => write!(f, "{host} refuses it ({status})"),
            Self::TooMany { host, tries } => {
                write!(f, "{host} says that it was asked too often (429), {tries} times in a row")
            }
            Self::Status { address, status } => write!(f, "{address} answers {status}"),
            Self::Connection { address, why } => write!(f, "{address}: {why}"),
            Self::TooLarge { address, bytes_max } => {
                write!(f, "{address} is larger than {} MiB", bytes_max >> 20)
            }
            Self::Address(why) | Self::Protocol(why) => write!(f, "{why}"),
            Self::UnknownChart => write!(f, "the repository has no chart of this name"),
            Self::NoVersion { known, .. } => {
                write!(f, "none of the {known} versions there is wanted")
            }
            Self::WrongDigest { expected, got } => {
                write!(f, "the archive is {got}, and the repository says {expected}")
            }
            Self::NotAsLocked { expected, got } => {
                write!(f, "the archive is {got}, and the lock file says {expected}")
            }
            Self::NoChart(why) => write!(f, "what came is not this chart: {why}"),
        }
    }
}
