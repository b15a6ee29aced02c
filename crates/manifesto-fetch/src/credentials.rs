//! Who asks. What `helm registry login` and `docker login` wrote is read; helpers, which would be programs, are not run.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use manifesto_yaml::{Limits, Node, parse_json};

/// What each host is shown, in base 64. Never printed.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, String>);

impl Credentials {
    /// Reads the files of Helm and of Docker, as far as they are there. The first one that knows a host counts.
    pub fn of_files<P: AsRef<Path>>(files: impl IntoIterator<Item = P>) -> Self {
        let texts = files.into_iter().filter_map(|file| std::fs::read(file).ok());
        texts.fold(Self::default(), |known, text| known.or(Self::parse(&text)))
    }

    /// Reads such a file (`{"auths": {HOST: {"auth": …}}}`); what is none shows nothing.
    pub fn parse(text: &[u8]) -> Self {
        let Ok(root) = parse_json(text, &Limits::default()) else { return Self::default() };
        let auths = root.get("auths").map(Node::entries).unwrap_or_default();
        let of_host = |entry: &manifesto_yaml::Entry| {
            let (host, auth) = (entry.key.text()?, entry.value.get("auth")?.as_str()?);
            let host = host.split_once("://").map_or(host, |(_, rest)| rest);
            let host = host.split('/').next().unwrap_or_default();
            let host = if host == "index.docker.io" { "registry-1.docker.io" } else { host };
            let is_header = !auth.is_empty() && auth.bytes().all(|byte| byte.is_ascii_graphic());
            is_header.then(|| (host.to_ascii_lowercase(), auth.to_owned()))
        };
        Self(auths.iter().filter_map(of_host).collect())
    }

    fn or(mut self, other: Self) -> Self {
        for (host, auth) in other.0 {
            self.0.entry(host).or_insert(auth);
        }
        self
    }

    /// What this very host is shown.
    pub(crate) fn of(&self, authority: &str) -> Option<&str> {
        self.0.get(authority).map(String::as_str)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
