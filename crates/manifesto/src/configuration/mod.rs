//! `manifesto.toml`: what a repository can say about itself. Nothing needs to be said.
//!
//! It is read at base, so that no change can talk itself right.

mod check;
mod suggestion;

use std::collections::BTreeMap;

use manifesto_gitops::{Inventory, InventoryCluster};
use manifesto_tree::{Tree, TreePath};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::failure::Failure;
pub(crate) use check::{ProfileName, Setting};
use manifesto_document::Policy;
use suggestion::suggestion;

/// Where the file may lie; the first one counts.
const PLACES: &[&str] = &[".github/manifesto.toml", ".manifesto.toml"];

/// What a repository says about itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "manifesto.toml")]
pub(crate) struct Configuration {
    /// The clusters that Argo CD knows, as its cluster Secrets would say. Without it, what depends on them is unknown.
    #[serde(default)]
    pub(crate) clusters: Option<Vec<Cluster>>,
    /// The version of Kubernetes that charts are rendered for: `1.35`.
    #[serde(default)]
    pub(crate) kubernetes_version: Option<String>,
    /// API versions that the clusters serve beside those of Kubernetes and of the repository's own definitions:
    /// `monitoring.coreos.com/v1`.
    #[serde(default)]
    pub(crate) api_versions: Vec<String>,
    /// Patterns of paths that deploy nothing: `examples/**`.
    #[serde(default)]
    pub(crate) ignore: Vec<String>,
    /// What a team makes of the findings of `check`.
    #[serde(default)]
    pub(crate) check: check::Check,
    /// Where the file lies, and all of it.
    #[serde(skip)]
    source: (String, String),
}

/// One cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cluster {
    /// Its name in Argo CD.
    pub(crate) name: String,
    /// The address of its API server.
    #[serde(default)]
    pub(crate) server: String,
    /// The labels of its Secret, by which generators select it.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    /// The annotations of its Secret, which templates can use.
    #[serde(default)]
    pub(crate) annotations: BTreeMap<String, String>,
}

impl Configuration {
    /// Reads the file of a tree, if it has one.
    pub(crate) fn read(tree: &Tree) -> Result<Self, Failure> {
        for place in PLACES {
            let path = TreePath::from_normalized(place);
            let Some(entry) = tree.entry(&path) else { continue };
            let content = tree.read(entry).map_err(|error| Failure::input(format!("{path}: {error}")))?;
            return Self::parse(place, &String::from_utf8_lossy(&content));
        }
        Ok(Self::default())
    }

    fn parse(place: &str, text: &str) -> Result<Self, Failure> {
        let read = toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error
                .span()
                .map_or(1, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
            let failure = Failure::input(format!("{place}:{line}: {}", error.message()));
            match suggestion(error.message()) {
                Some(known) => failure.hint(format!("did you mean `{known}`?")),
                None => failure.hint("docs/reference/manifesto.schema.json says what the file can hold"),
            }
        });
        read.map(|configuration: Self| Self { source: (place.to_owned(), text.to_owned()), ..configuration })
    }

    /// All of the file; empty where there is none.
    pub(crate) fn text(&self) -> &str {
        &self.source.1
    }

    /// What it says about findings.
    pub(crate) fn policy(&self) -> Policy {
        self.check.policy(&self.source.0, &self.source.1)
    }

    /// What it says about clusters.
    pub(crate) fn inventory(&self) -> Inventory {
        let cluster = |cluster: &Cluster| InventoryCluster {
            name: cluster.name.clone(),
            server: cluster.server.clone(),
            labels: cluster.labels.clone(),
            annotations: cluster.annotations.clone(),
        };
        Inventory {
            clusters: self.clusters.as_ref().map(|clusters| clusters.iter().map(cluster).collect()),
            kubernetes_version: self.kubernetes_version.clone(),
            api_versions: self.api_versions.clone(),
            ignore: self.ignore.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Configuration;

    #[test]
    fn clusters_are_declared() {
        let text =
            "kubernetes-version = \"1.34\"\n[[clusters]]\nname = \"west\"\nlabels = { env = \"prod\" }\n";
        let inventory = Configuration::parse("manifesto.toml", text).unwrap().inventory();
        assert_eq!(inventory.kubernetes_version.as_deref(), Some("1.34"));
        let clusters = inventory.clusters.unwrap();
        assert_eq!((clusters[0].name.as_str(), clusters[0].labels["env"].as_str()), ("west", "prod"));
        assert_eq!(Configuration::parse("manifesto.toml", "").unwrap().inventory().clusters, None);
    }

    #[test]
    fn a_mistake_is_named_with_its_line_and_what_was_meant() {
        let failure =
            Configuration::parse("manifesto.toml", "ignore = []\n\n[[cluster]]\nname = \"a\"\n").unwrap_err();
        let text = format!("{:#} {}", failure.error, failure.hints.join(" "));
        assert!(text.contains("manifesto.toml:3"), "{text}");
        assert!(text.contains("did you mean `clusters`?"), "{text}");
    }

    #[test]
    fn waivers_know_their_line() {
        let text =
            "[check]\nprofile = \"strict\"\n\n[[check.waivers]]\nrule = \"claim/port\"\nreason = \"known\"\n";
        let policy = Configuration::parse("manifesto.toml", text).unwrap().policy();
        assert_eq!(policy.profile, manifesto_document::Profile::Strict);
        assert_eq!(policy.waivers[0].place, "manifesto.toml:4");
        let failure = Configuration::parse("manifesto.toml", "[[check.waivers]]\nrule = \"claim/port\"\n");
        assert!(failure.is_err(), "a waiver needs a reason");
    }

    #[test]
    fn the_schema_is_published() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/manifesto.schema.json");
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(Configuration)).unwrap() + "\n";
        let failure = manifesto_case::check_text(path.as_ref(), &schema);
        assert!(failure.is_none(), "{}", failure.unwrap());
    }
}
