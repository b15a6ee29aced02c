//! Defaults of a chart that are others since its upgrade: what nobody sets behaves otherwise.

use manifesto_evidence::{Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, ChangedDefault, ChartUpgrade};

use crate::wording::count;

/// So many defaults are named.
const NAMED_MAX: usize = 6;
/// The longest value that is spelt out, in characters.
const SHOWN_CHARS_MAX: usize = 40;

/// A sentence for each upgrade of a chart that changes what is not set here.
pub(super) fn changed(component: &AffectedComponent) -> Vec<Fact> {
    component.chart_upgrades().iter().filter_map(fact).map(|fact| fact.component(&component.name)).collect()
}

fn fact(upgrade: &ChartUpgrade<'_>) -> Option<Fact> {
    let defaults = &upgrade.defaults;
    if defaults.is_empty() {
        return None;
    }
    let mut text =
        Prose::from("The chart ").code(upgrade.release.chart_name()).words(" from ").code(upgrade.from);
    text = text.words(" to ").code(upgrade.to).words(" changes ");
    text = text.words(count(defaults.len(), "default")).words(" that nothing sets here: ");
    for (index, default) in defaults.iter().take(NAMED_MAX).enumerate() {
        text = text.words(if index == 0 { "" } else { "; " }).prose(change(default));
    }
    if defaults.len() > NAMED_MAX {
        text = text.words(format!("; and {} more", defaults.len() - NAMED_MAX));
    }
    let origin = Origin::direct(Side::Head, upgrade.release.place.clone());
    Some(Fact::new(Topic::BreakingChanges, text).weight(Weight::Notable).origins([origin]))
}

fn change(default: &ChangedDefault) -> Prose {
    let path = Prose::new().code(default.path.join("."));
    match (&default.base, &default.head) {
        (None, Some(head)) => path.words(" is new, ").prose(value(head)),
        (Some(base), None) => path.words(" is gone, it was ").prose(value(base)),
        (Some(base), Some(head)) => path.words(" from ").prose(value(base)).words(" to ").prose(value(head)),
        (None, None) => path,
    }
}

fn value(json: &str) -> Prose {
    if json.chars().count() > SHOWN_CHARS_MAX {
        Prose::from("a longer value")
    } else {
        Prose::new().code(json)
    }
}
