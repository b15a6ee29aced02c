//! What a revert leaves behind, and what it takes with it that came since.

use manifesto_cluster::data::{Holding, holding};
use manifesto_cluster::resources::Demand;
use manifesto_evidence::{Fact, Prose, Side, Weight};

use super::fact;
use crate::demands::Pairs;

/// What new objects with volumes mean for the way back.
pub(super) fn facts(pairs: &Pairs<'_>) -> Vec<Fact> {
    let new = pairs.pairs.iter().filter(|pair| pair.base.is_none()).filter_map(|pair| pair.head.as_ref());
    let facts = new.flat_map(|head| claims_that_stay(head).into_iter().chain(data_that_goes(head)));
    facts.map(|fact| fact.component(&pairs.component.name)).collect()
}

/// "A revert leaves the 5Gi of `StatefulSet/notes`: `kubectl delete pvc space-notes-0`"
fn claims_that_stay(head: &Demand) -> Option<Fact> {
    let claim = head.claims.iter().find(|claim| claim.is_kept)?;
    let size = claim.total().map(|total| format!("the {} in ", total.as_bytes())).unwrap_or_default();
    let namespace = if head.namespace.is_empty() { String::new() } else { format!(" -n {}", head.namespace) };
    let text = Prose::from("A revert leaves ")
        .words(size)
        .words("the claims of ")
        .code(head.object.id.short())
        .words("; to free them ")
        .code(format!("kubectl delete pvc {}-{}-0{namespace}", claim.name, head.object.id.name));
    let text = if claim.count.steady() == Some(1) { text } else { text.words(" and so on") };
    Some(fact(text).origins([head.object.origin_at(Side::Head, claim.mark)]))
}

fn data_that_goes(head: &Demand) -> Option<Fact> {
    let found = holding(&head.object, Some(head))?;
    if !matches!(found, Holding::Volume(_) | Holding::Database(_)) {
        return None;
    }
    let text = Prose::from("A revert deletes what ").code(head.object.id.short()).words(" holds by then");
    Some(fact(text).weight(Weight::Notable).origins([head.object.origin(Side::Head)]))
}
