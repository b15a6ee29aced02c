//! Image references: `registry/repository:tag@digest`.

use std::fmt;

/// An image, as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ImageReference {
    /// The registry's host, `docker.io` when none is given.
    pub(crate) registry: String,
    /// The repository on that host.
    pub(crate) repository: String,
    /// The tag.
    pub(crate) tag: Option<String>,
    /// The digest, `sha256:…`.
    pub(crate) digest: Option<String>,
}

impl ImageReference {
    /// Reads a reference by the grammar of distribution/reference; none when the text is no image.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
        if digest.is_some_and(|digest| !digest.contains(':') || digest.contains(char::is_whitespace)) {
            return None;
        }
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match name.get(slash..)?.rsplit_once(':') {
            Some((last, tag)) => (format!("{}{last}", name.get(..slash)?), Some(tag)),
            None => (name.to_owned(), None),
        };
        let tag_char = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if tag.is_some_and(|tag| tag.is_empty() || tag.len() > 128 || !tag.chars().all(tag_char)) {
            return None;
        }
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
            _ => ("docker.io", path.as_str()),
        };
        let path_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
        let well_formed = !repository.is_empty() && repository.chars().all(path_char);
        well_formed.then(|| Self {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The registry and repository.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// What is after the last slash: the same in a registry and in its mirrors.
    pub(crate) fn last_segment(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or(&self.repository)
    }

    /// The tag and digest, or `latest`, which the runtime assumes.
    pub(crate) fn version(&self) -> String {
        let digest =
            self.digest.as_ref().map(|digest| format!("@{}", digest.chars().take(19).collect::<String>()));
        match (&self.tag, digest) {
            (Some(tag), Some(digest)) => format!("{tag}{digest}"),
            (Some(tag), None) => tag.clone(),
            (None, Some(digest)) => digest,
            (None, None) => "latest".to_owned(),
        }
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.tag.is_none() && self.digest.is_some() { "" } else { ":" };
        write!(f, "{}{separator}{}", self.name(), self.version())
    }
}
