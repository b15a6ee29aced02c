//! Which hosts are asked.

use std::collections::BTreeSet;

/// The hosts that may be asked: those that somebody named, and those that serve the files of well-known ones.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts(BTreeSet<String>);

/// Hosts that keep the files of other hosts, which send there.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("docker.io", &["registry-1.docker.io", "auth.docker.io", "production.cloudflare.docker.com"]),
    ("ghcr.io", &["pkg-containers.githubusercontent.com"]),
    ("github.com", GITHUB_FILES),
    (".github.io", &["github.com", GITHUB_FILES[0], GITHUB_FILES[1], GITHUB_FILES[2]]),
    ("raw.githubusercontent.com", &["github.com", GITHUB_FILES[0], GITHUB_FILES[1]]),
    ("quay.io", &["cdn.quay.io", "cdn01.quay.io", "cdn02.quay.io", "cdn03.quay.io"]),
    ("gitlab.com", &["cdn.registry.gitlab-static.net"]),
];

const GITHUB_FILES: &[&str; 3] =
    &["objects.githubusercontent.com", "release-assets.githubusercontent.com", "raw.githubusercontent.com"];

impl AllowedHosts {
    /// Allows a host: `charts.example.org`, or with a port `127.0.0.1:5000`. Without one, any port of it.
    pub fn allow(&mut self, host: &str) {
        self.0.insert(host.to_ascii_lowercase());
    }

    /// Allows the host of an address (`https://…`, `oci://…`). What is none allows nothing.
    pub fn allow_address(&mut self, address: &str) {
        if let Ok(address) = crate::url::Address::parse(address) {
            self.allow(&address.authority);
        }
    }

    /// Whether `authority`, a host with or without a port, may be asked.
    pub fn allows(&self, authority: &str) -> bool {
        let host = host_of(authority);
        let serves = |(known, companions): &(&str, &[&str])| {
            let is_known = |named: &String| match known.strip_prefix('.') {
                Some(_) => host_of(named).ends_with(known),
                None => host_of(named) == *known,
            };
            companions.contains(&host) && self.0.iter().any(is_known)
        };
        self.0.contains(authority) || self.0.contains(host) || COMPANIONS.iter().any(serves)
    }
}

/// The host without its port.
pub(crate) fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::AllowedHosts;

    #[test]
    fn hosts_are_those_named_and_those_that_serve_their_files() {
        let mut hosts = AllowedHosts::default();
        for address in ["https://org.github.io/charts", "oci://ghcr.io/org/charts", "http://127.0.0.1:5000"] {
            hosts.allow_address(address);
        }
        let asked = [
            ("org.github.io", true),
            ("github.com", true),
            ("objects.githubusercontent.com", true),
            ("pkg-containers.githubusercontent.com", true),
            ("ghcr.io:443", true),
            ("127.0.0.1:5000", true),
            ("127.0.0.1:5001", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("evil-ghcr.io", false),
            ("github.io", false),
        ];
        for (host, expected) in asked {
            assert_eq!(hosts.allows(host), expected, "{host}");
        }
    }
}
