//! Steps that cannot be taken back: volumes that grow, databases that are upgraded, stored versions.

use manifesto_cluster::resources::Claim;
use manifesto_evidence::{Fact, Origin, Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectChange};
use manifesto_yaml::Node;

use super::fact;
use crate::demands::{Pair, Pairs};

/// Volumes can grow and never shrink: the API server and the operators refuse it.
pub(super) fn sizes(pairs: &Pairs<'_>) -> Vec<Fact> {
    let facts = pairs.pairs.iter().flat_map(sizes_of);
    facts.map(|fact| fact.component(&pairs.component.name)).collect()
}

fn sizes_of(pair: &Pair) -> Vec<Fact> {
    let (Some(base), Some(head)) = (&pair.base, &pair.head) else { return Vec::new() };
    // The template of a StatefulSet's claims cannot change at all; that is told where it is refused.
    if head.object.id.is("apps", "StatefulSet") {
        return Vec::new();
    }
    let of = |claim: &Claim| {
        let before = base.claims.iter().find(|other| other.name == claim.name)?.size?;
        let after = claim.size?;
        let sizes = format!(" {} → {}", before.as_bytes(), after.as_bytes());
        let text = Prose::new().code(head.object.id.short()).words(format!(", {}:", claim.name)).words(sizes);
        let (text, weight) = match after.cmp(&before) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => {
                (text.words("; a volume cannot shrink, so the sync of a revert fails here"), Weight::Notable)
            }
            std::cmp::Ordering::Less => {
                (text.words("; a volume cannot shrink, so the sync fails"), Weight::Hazard)
            }
        };
        Some(fact(text).weight(weight).origins([head.object.origin_at(Side::Head, claim.mark)]))
    };
    let gone =
        base.claims.iter().filter(|claim| claim.name == "WAL" && head.claims.iter().all(|h| h.name != "WAL"));
    let gone = gone.map(|claim| {
        let text = Prose::new()
            .code(head.object.id.short())
            .words(" gives up its WAL volume: the operator refuses that");
        fact(text).weight(Weight::Hazard).origins([base.object.origin_at(Side::Base, claim.mark)])
    });
    head.claims.iter().filter_map(of).chain(gone).collect()
}

/// Versions that write what their predecessors cannot read.
pub(super) fn versions(change: &Change) -> Vec<Fact> {
    let of = |object: &ObjectChange| {
        let component = change.components.get(object.component)?;
        let found = postgres(object).or_else(|| stored(object))?;
        Some(found.component(&component.name))
    };
    change.objects.real().filter_map(of).collect()
}

/// CloudNativePG refuses to go back to an earlier major version (`internal/webhook/v1/cluster_webhook.go`,
/// `validateImageChange`).
fn postgres(object: &ObjectChange) -> Option<Fact> {
    let (base, head) = (object.base.as_ref()?, object.head.as_ref()?);
    if !head.id.is("postgresql.cnpg.io", "Cluster") || base.id.name != head.id.name {
        return None;
    }
    let (before, _) = major(base)?;
    let (after, mark) = major(head)?;
    let text = Prose::new().code(head.id.short()).words(format!(": PostgreSQL {before} → {after}"));
    let (text, weight) = match after.cmp(&before) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => {
            (text.words("; the operator refuses an earlier major version"), Weight::Hazard)
        }
        std::cmp::Ordering::Greater => {
            let way =
                "; the operator refuses the way back: make a backup first, and recover a new Cluster from it";
            (text.words(way), Weight::Hazard)
        }
    };
    Some(fact(text).weight(weight).origins([mark]))
}

/// The major version of PostgreSQL, and where it stands.
fn major(object: &Object) -> Option<(u32, Origin)> {
    let at = |node: &Node| object.origin_at(Side::Head, node.mark);
    if let Some(node) = object.at(&["spec", "imageCatalogRef", "major"]) {
        return Some((u32::try_from(node.as_i64()?).ok()?, at(node)));
    }
    let node = object.at(&["spec", "imageName"])?;
    let image = node.as_str()?.split_once('@').map_or(node.as_str()?, |(image, _)| image);
    let tag = image.rsplit_once(':')?.1;
    let digits: String = tag.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, at(node)))
}

/// Objects that are written are stored in the version that the definition marks: a definition without it cannot read them.
fn stored(object: &ObjectChange) -> Option<Fact> {
    let (base, head) = (object.base.as_ref()?, object.head.as_ref()?);
    if !head.id.is("apiextensions.k8s.io", "CustomResourceDefinition") {
        return None;
    }
    let versions = |object: &Object| -> Vec<Node> {
        object.at(&["spec", "versions"]).map(Node::items).unwrap_or_default().to_vec()
    };
    let name = |node: &Node| node.get("name").and_then(Node::as_str).map(str::to_owned);
    let new =
        versions(head).into_iter().find(|node| node.get("storage").and_then(Node::as_bool) == Some(true))?;
    let stored = name(&new)?;
    let old = versions(base)
        .iter()
        .find(|node| node.get("storage").and_then(Node::as_bool) == Some(true))
        .and_then(name);
    if old.as_ref() == Some(&stored) {
        return None;
    }
    let is_known = versions(base).iter().any(|node| name(node).as_ref() == Some(&stored));
    let text = Prose::new().code(head.id.short()).words(" stores objects as ").code(&stored);
    let text = text.words(old.map(|old| format!(", before as {old}")).unwrap_or_default());
    let (text, weight) = if is_known {
        (text, Weight::Plain)
    } else {
        let way = "; a revert would take that version away, and the API server refuses it while objects are stored so";
        (text.words(way), Weight::Hazard)
    };
    Some(fact(text).weight(weight).origins([head.origin_at(Side::Head, new.mark)]))
}
