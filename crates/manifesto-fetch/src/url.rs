//! Addresses of repositories and of files in them.

use crate::error::Trouble;
use crate::hosts::host_of;

/// The address of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Whether it is a registry (`oci://`).
    pub(crate) is_registry: bool,
    /// Whether it is asked without TLS.
    is_plain: bool,
    /// The host, in small letters, with its port if one is given.
    pub(crate) authority: String,
    /// The path without slashes around it.
    pub(crate) path: String,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, Trouble> {
        let no_address = || Trouble::Address(format!("`{text}` is no address of a chart repository"));
        // Argo CD names registries without a scheme.
        let (scheme, rest) = text.split_once("://").unwrap_or(("oci", text));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let authority = authority.to_ascii_lowercase();
        if authority.contains('@') {
            let why = "an address in a repository must hold no credentials, and this one does".to_owned();
            return Err(Trouble::Address(why));
        }
        let is_odd = |byte: u8| !byte.is_ascii_graphic();
        if !authority.contains(['.', ':']) && authority != "localhost"
            || text.bytes().any(is_odd)
            || path.split('/').any(|part| part == "..")
        {
            return Err(no_address());
        }
        let is_registry = scheme == "oci";
        let is_plain = match scheme {
            "https" => false,
            "http" => true,
            // As with Docker, a registry of this machine needs no certificate.
            "oci" => is_loopback(host_of(&authority)),
            _ => return Err(no_address()),
        };
        Ok(Self { is_registry, is_plain, authority, path: path.trim_matches('/').to_owned() })
    }

    /// The address without a path.
    pub(crate) fn root(&self) -> String {
        // The registry of Docker Hub has another name than its charts.
        let authority = if self.authority == "docker.io" { "registry-1.docker.io" } else { &self.authority };
        format!("{}://{authority}", if self.is_plain { "http" } else { "https" })
    }

    /// A file of the repository: a whole address, a path of the host, or a path in the repository.
    pub(crate) fn join(&self, file: &str) -> Result<String, Trouble> {
        if file.contains("://") {
            return Self::parse(file).map(|_| file.to_owned());
        }
        if file.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(Trouble::Address(format!("`{file}` is no address of a file")));
        }
        Ok(match file.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.root()),
            None if self.path.is_empty() => format!("{}/{file}", self.root()),
            None => format!("{}/{}/{file}", self.root(), self.path),
        })
    }
}

pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host == "[::1]"
        || host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback())
}
