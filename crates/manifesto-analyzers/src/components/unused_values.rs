//! Values that a chart is given and does not read.

use manifesto_evidence::{Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, ChartRelease, UnusedValue};

/// So many are named one by one.
const NAMED_MAX: usize = 5;

/// A sentence for each value that is given in vain since this change.
pub(super) fn unused_values(component: &AffectedComponent) -> Vec<Fact> {
    let unused = component.newly_unused();
    let mut facts: Vec<Fact> =
        unused.iter().take(NAMED_MAX).map(|(release, value)| fact(release, value)).collect();
    if let Some(more) = unused.get(NAMED_MAX..).filter(|more| !more.is_empty()) {
        let text = format!("{} more values are given that no chart reads", more.len());
        facts.push(Fact::new(Topic::Components, text.as_str()).weight(Weight::Detail));
    }
    facts
}

fn fact(release: &ChartRelease, value: &UnusedValue) -> Fact {
    let mut text = Prose::from("Nothing in the chart ").code(release.chart_name());
    text = text.words(" reads the value ").code(value.path.join("."));
    if let Some(meant) = &value.meant {
        text = text.words("; ").code(meant).words(" may be meant");
    }
    let place = value.place.clone().unwrap_or_else(|| release.place.clone());
    Fact::new(Topic::Components, text).weight(Weight::Notable).origins([Origin::direct(Side::Head, place)])
}
