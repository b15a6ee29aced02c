//! Charts in registries (opencontainers/distribution-spec; helm, pkg/registry: the media types).

use manifesto_helm::newest_in_range;
use manifesto_yaml::{Limits, Node, parse_json};

use crate::client::{Answer, Client, Question};
use crate::error::Trouble;
use crate::url::Address;
use crate::{ARCHIVE_BYTES_MAX, Digest, Fetched, percent};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CHART_LAYERS: &[&str] = &[
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    // Before Helm 3.7.
    "application/tar+gzip",
];

/// The largest manifest or page of tags, in bytes: registries take no larger ones.
const DOCUMENT_BYTES_MAX: u64 = 4 << 20;
/// As many pages of tags are read.
const PAGES_MAX: usize = 100;

/// Fetches a chart from a registry.
pub(crate) fn fetch(client: &Client, address: &Address, name: &str, range: &str) -> Result<Fetched, Trouble> {
    let path = if address.path.is_empty() { name.to_owned() } else { format!("{}/{name}", address.path) };
    let mut registry = Registry { client, base: format!("{}/v2/{path}", address.root()), token: None };
    let version = registry.version(range)?;
    // A tag cannot hold the plus of a version (helm, pkg/registry/reference.go).
    let manifest = registry.document(&format!("/manifests/{}", version.replace('+', "_")), MANIFEST)?;
    let layers = manifest.get("layers").map(Node::items).unwrap_or_default();
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let is_chart =
        |layer: &&Node| text(layer, "mediaType").is_some_and(|kind| CHART_LAYERS.contains(&&*kind));
    let digest = layers.iter().find(is_chart).and_then(|layer| text(layer, "digest"));
    let digest = digest.as_deref().filter(|digest| digest.starts_with("sha256:")).and_then(Digest::parse);
    let expected = digest.ok_or_else(|| Trouble::NoChart("its manifest names no chart".to_owned()))?;
    let archive = registry.content(&format!("/blobs/{expected}"), "*/*", ARCHIVE_BYTES_MAX)?.0;
    let got = Digest::of(&archive);
    if got != expected {
        return Err(Trouble::WrongDigest { expected, got });
    }
    Ok(Fetched { version, digest: got, archive: archive.into() })
}

struct Registry<'c> {
    client: &'c Client,
    /// `https://HOST/v2/PATH`.
    base: String,
    /// What the registry gave for saying who asks.
    token: Option<String>,
}

impl Registry<'_> {
    /// The version that is wanted; one that is written out is not looked for.
    fn version(&mut self, range: &str) -> Result<String, Trouble> {
        let is_exact = range.bytes().next().is_some_and(|first| first.is_ascii_digit() || first == b'v')
            && range.split('.').count() >= 3
            && !range.contains([' ', ',', '|', '*', 'x', 'X']);
        if is_exact {
            return Ok(range.to_owned());
        }
        let tags = self.tags()?;
        let known = tags.len();
        newest_in_range(range, &tags)
            .ok_or_else(|| Trouble::NoVersion { known, newest: newest_in_range("", &tags) })
    }

    fn tags(&mut self) -> Result<Vec<String>, Trouble> {
        let mut tags = Vec::new();
        let mut page = "/tags/list".to_owned();
        for _ in 0..PAGES_MAX {
            let (content, link) = self.content(&page, "application/json", DOCUMENT_BYTES_MAX)?;
            let found = read(&content)?;
            let found = found.get("tags").map(Node::items).unwrap_or_default();
            tags.extend(found.iter().filter_map(Node::as_str).map(|tag| tag.replace('_', "+")));
            // `</v2/PATH/tags/list?last=…>; rel="next"`
            let next = link.as_deref().and_then(|link| link.split_once('<')?.1.split_once('>'));
            let query =
                next.filter(|(_, rest)| rest.contains("next")).and_then(|(next, _)| next.split_once('?'));
            match query {
                Some((_, query)) => page = format!("/tags/list?{query}"),
                None => break,
            }
        }
        Ok(tags)
    }

    fn document(&mut self, file: &str, accept: &str) -> Result<Node, Trouble> {
        read(&self.content(file, accept, DOCUMENT_BYTES_MAX)?.0)
    }

    /// A file of the registry and its `Link`. A registry that asks who asks is told once.
    fn content(
        &mut self,
        file: &str,
        accept: &str,
        bytes_max: u64,
    ) -> Result<(Vec<u8>, Option<String>), Trouble> {
        let address = format!("{}{file}", self.base);
        for _ in 0..2 {
            let authorization = self.token.as_deref();
            let question = Question { address: &address, accept, authorization, bytes_max };
            match self.client.ask(question)? {
                Answer::Content { content, link } => return Ok((content, link)),
                Answer::Challenge(challenge) if self.token.is_none() => {
                    self.token = Some(self.authorization(&challenge)?);
                }
                Answer::Challenge(_) => break,
            }
        }
        Err(self.refused())
    }

    fn refused(&self) -> Trouble {
        Trouble::Refused { host: crate::client::authority_of(&self.base).to_owned(), status: 401 }
    }

    /// Answers `WWW-Authenticate`: with what the host knows us by, or with a token that another host gives for it.
    fn authorization(&self, challenge: &str) -> Result<String, Trouble> {
        let (scheme, parameters) = challenge.split_once(' ').unwrap_or((challenge, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return self.client.basic(&self.base).ok_or_else(|| self.refused());
        }
        let realm = parameter(parameters, "realm").filter(|_| scheme.eq_ignore_ascii_case("bearer"));
        let realm = realm.ok_or_else(|| self.refused())?;
        let given = ["service", "scope"].into_iter().filter_map(|key| {
            let value = parameter(parameters, key)?;
            Some(format!("{key}={}", percent::encode(value, |byte| b"-._~/:,".contains(&byte))))
        });
        let query: Vec<String> = given.collect();
        let address = format!("{realm}?{}", query.join("&"));
        let token = self.client.get(&address, "application/json", DOCUMENT_BYTES_MAX)?;
        let token = read(&token)?;
        let token = ["token", "access_token"].iter().find_map(|key| token.get(key)?.as_str());
        let is_header = |token: &&str| token.bytes().all(|byte| byte.is_ascii_graphic());
        let token = token.filter(is_header).ok_or_else(|| self.refused())?;
        Ok(format!("Bearer {token}"))
    }
}

fn read(text: &[u8]) -> Result<Node, Trouble> {
    let read = parse_json(text, &Limits::default());
    read.map_err(|error| Trouble::Protocol(format!("the registry's answer cannot be read: {error}")))
}

/// A parameter of a challenge: `realm="https://…",service="…"`.
fn parameter<'p>(parameters: &'p str, name: &str) -> Option<&'p str> {
    let mut rest = parameters;
    loop {
        let (key, after) = rest.split_once("=\"")?;
        let (value, further) = after.split_once('"')?;
        if key.trim_matches([' ', ',']).eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = further;
    }
}
