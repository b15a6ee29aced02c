//! What nobody has seen, and what is surely not among it.

use manifesto_evidence::{GapReason, Hidden, Side};
use manifesto_gitops::Change;
use manifesto_tree::{Gap, Tree, TreePath};

/// Kinds that name something only this installation has (a store, a gateway, an issuer, neighbours), with the words that
/// values have which ask a chart for one.
const ASKED_FOR: &[(&str, &[&str])] = &[
    ("ExternalSecret", &["externalsecret", "external-secret", "secretstore"]),
    ("PushSecret", &["pushsecret", "push-secret"]),
    ("HTTPRoute", &["httproute", "gateway", "parentref", "route:"]),
    ("CiliumNetworkPolicy", &["networkpolic", "network-polic", "cilium"]),
    ("Certificate", &["certificate", "issuer", "tls"]),
    ("SecurityPolicy", &["securitypolic"]),
    ("Application", &["argoproj.io", "application"]),
];

/// The gaps of the clusters that the change touches, each once.
pub(super) fn hidden(change: &Change) -> Vec<Hidden> {
    let mut found: Vec<Hidden> = Vec::new();
    for cluster in change.clusters() {
        for side in Side::BOTH {
            let gaps = cluster.side(side).gaps.iter().filter(|gap| gap.hides_objects());
            found.extend(gaps.map(|gap| hidden_by(change.tree(side), side, gap)));
        }
    }
    let indirect = change.gaps().into_iter().filter(Gap::hides_objects);
    found.extend(indirect.map(|gap| hidden_by(&change.head, Side::Head, &gap)));
    found.dedup();
    found
}

fn hidden_by(tree: &Tree, side: Side, gap: &Gap) -> Hidden {
    let asks = || gap.place.as_ref().and_then(|place| place.path.parent());
    let directory = gap.hides.clone().or_else(asks);
    let never = match (&directory, gap.reason) {
        (Some(directory), GapReason::MissingChart) => never_made(&values_in(tree, directory)),
        _ => Vec::new(),
    };
    Hidden { side: Some(side), directory, why: gap.detail.clone(), never }
}

fn never_made(values: &str) -> Vec<&'static str> {
    let is_silent = |words: &&[&str]| !words.iter().any(|word| values.contains(word));
    ASKED_FOR.iter().filter(|(_, words)| is_silent(words)).map(|(kind, _)| *kind).collect()
}

/// The text of a kustomization and of the files beside it and below it that are no objects: what a chart is told. A
/// resource that the kustomization lists by its file name tells the chart nothing, so lists are left out.
fn values_in(tree: &Tree, directory: &TreePath) -> String {
    let mut text = String::new();
    for entry in tree.below(directory) {
        let is_yaml = matches!(entry.path.extension(), Some("yaml" | "yml" | "json" | "gotmpl"));
        let Some(content) = tree.read(entry).ok().filter(|_| is_yaml) else { continue };
        let content = String::from_utf8_lossy(&content).to_lowercase();
        let lines: Vec<&str> =
            content.lines().filter(|line| !line.trim_start().starts_with(['#', '-'])).collect();
        let is_object = lines.iter().any(|line| line.starts_with("kind:") && !line.contains("kustomization"));
        if !is_object {
            text.push_str(&lines.join("\n"));
            text.push('\n');
        }
    }
    text
}
