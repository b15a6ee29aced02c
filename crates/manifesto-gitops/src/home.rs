//! Which of the repositories that definitions name is this one.
//!
//! Nothing in a repository says its own address, but its definitions name it again and again, with paths that exist here.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::Node;

/// The address of this repository, as far as it can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Home(Option<String>);

impl Home {
    /// Counts, for each address, the paths that exist here; the root exists everywhere and says nothing.
    pub(crate) fn of(tree: &Tree, definitions: &[(TreePath, Vec<Arc<Object>>)]) -> Self {
        let mut votes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for object in definitions.iter().flat_map(|(_, objects)| objects) {
            let mut rest = vec![&object.root];
            while let Some(node) = rest.pop() {
                rest.extend(node.items());
                rest.extend(node.entries().iter().map(|entry| &entry.value));
                let Some(address) = node.get("repoURL").and_then(Node::as_str) else { continue };
                let (here, all) = votes.entry(plain(address)).or_default();
                for path in paths(node) {
                    *all += 1;
                    *here += usize::from(exists(tree, path));
                }
            }
        }
        // The most paths that exist; of two with as many, the one with fewer that do not.
        let best = votes.into_iter().filter(|(_, (here, _))| *here > 0);
        let best = best.max_by_key(|(_, (here, all))| (*here, std::cmp::Reverse(*all)));
        Self(best.map(|(address, _)| address))
    }

    /// Whether an address may be that of this repository. What nothing speaks against may be.
    pub(crate) fn may_be(&self, address: &str) -> bool {
        self.0.as_ref().is_none_or(|home| *home == plain(address)) || crate::is_unknown(address)
    }
}

fn paths(node: &Node) -> Vec<&str> {
    let own = node.get("path").into_iter();
    let listed = ["directories", "files"]
        .into_iter()
        .flat_map(|key| node.get(key).map(Node::items).unwrap_or_default());
    own.chain(listed.filter_map(|item| item.get("path"))).filter_map(Node::as_str).collect()
}

/// Whether the part of a path before its first pattern or template is here.
fn exists(tree: &Tree, path: &str) -> bool {
    let fixed: Vec<&str> =
        path.split('/').take_while(|segment| !segment.contains(['*', '{', '?', '['])).collect();
    TreePath::new(&fixed.join("/"))
        .is_ok_and(|path| !path.is_root() && (tree.is_directory(&path) || tree.entry(&path).is_some()))
}

/// An address without what two ways to write the same one differ in.
pub(crate) fn plain(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    rest.replacen(':', "/", 1).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn addresses_of_one_repository_are_one() {
        for address in [
            "https://github.com/acme/Fleet.git",
            "https://github.com/acme/fleet/",
            "git@github.com:acme/fleet.git",
            "ssh://git@github.com/acme/fleet",
        ] {
            assert_eq!(plain(address), "github.com/acme/fleet");
        }
    }
}
