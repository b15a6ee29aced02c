//! Ways in that are new, gone, or otherwise reachable or protected than before.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::exposure::{Entrance, Exposure, Level, Protection};
use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_objects::{Object, ObjectId};

use super::View;

/// So many names and paths are told; the rest are counted.
const NAMED_MAX: usize = 4;

/// What one object makes reachable under one name.
type Name<'e> = (&'e ObjectId, &'e str);

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    let (base, head) = (by_name(&view.base), by_name(&view.head));
    let mut moved: BTreeMap<(&str, &str), Vec<(&Entrance, &Entrance)>> = BTreeMap::new();
    for (name, ways) in &head {
        match counterpart(&base, name) {
            None if is_known(view, Side::Base, name.0) => facts.push(new(view, ways)),
            None => {}
            Some(before) => {
                facts.extend(changed(view, before, ways));
                if let (Some(old), Some(new)) = (before.first(), ways.first())
                    && old.through != new.through
                {
                    moved.entry((&old.through, &new.through)).or_default().push((old, new));
                }
            }
        }
    }
    for (name, ways) in &base {
        if counterpart(&head, name).is_none() && is_known(view, Side::Head, name.0) {
            facts.extend(gone(view, ways));
        }
    }
    facts.extend(moved.into_iter().map(|((from, to), ways)| exchanged(view, from, to, &ways)));
    facts.extend(dangling(view));
}

fn by_name(exposure: &Exposure) -> BTreeMap<Name<'_>, Vec<&Entrance>> {
    let mut names: BTreeMap<Name<'_>, Vec<&Entrance>> = BTreeMap::new();
    for entrance in &exposure.entrances {
        names.entry((&entrance.object.id, &entrance.host)).or_default().push(entrance);
    }
    names
}

/// The same name of the same object; else the same name of another one, which took its place.
fn counterpart<'m, 'e>(
    others: &'m BTreeMap<Name<'e>, Vec<&'e Entrance>>,
    name: &Name<'e>,
) -> Option<&'m Vec<&'e Entrance>> {
    let same_kind = |other: &Name<'_>| other.0.kind == name.0.kind && other.1 == name.1 && name.1 != "*";
    others.get(name).or_else(|| others.iter().find(|(other, _)| same_kind(other)).map(|(_, ways)| ways))
}

/// Whether what is not there on a side is known not to be there.
fn is_known(view: &View<'_>, side: Side, id: &ObjectId) -> bool {
    let (own, other) = match side {
        Side::Base => (&view.pair.base, &view.pair.head),
        Side::Head => (&view.pair.head, &view.pair.base),
    };
    !own.may_hide_in(&id.namespace) || other.may_hide_in(&id.namespace)
}

fn new(view: &View<'_>, ways: &[&Entrance]) -> Fact {
    let Some(first) = ways.first() else { return view.fact(Weight::Plain, Prose::new(), Vec::new()) };
    let text = subject(ways).words(" is now reachable ").prose(how(ways));
    let open = weakest(ways).iter().all(|protection| !protection.identifies());
    let weight = if level(ways) == Level::Public && open { Weight::Hazard } else { Weight::Notable };
    let mut proofs = vec![(first.object.as_ref(), first.origin(Side::Head))];
    proofs.extend(first.guards.iter().map(|guard| (guard.as_ref(), guard.origin(Side::Head))));
    view.fact(weight, text, proofs)
}

/// The name, and the paths where they are not the whole site.
fn subject(ways: &[&Entrance]) -> Prose {
    let host = ways.first().map_or("", |way| way.host.as_str());
    let paths: BTreeSet<&str> = ways.iter().map(|way| way.path.as_str()).collect();
    let prose = if host == "*" { Prose::from("every name") } else { Prose::new().code(host) };
    if paths.contains("/") { prose } else { prose.words(", ").list(paths, NAMED_MAX) }
}

/// From where, through what, behind what, to whom.
fn how(ways: &[&Entrance]) -> Prose {
    let through: BTreeSet<&str> = ways.iter().map(|way| way.through.as_str()).collect();
    let targets: BTreeSet<String> =
        ways.iter().flat_map(|way| &way.targets).map(|target| target.pods.to_string()).collect();
    let prose = Prose::new().words(from_where(level(ways))).words(", through ").list(through, NAMED_MAX);
    let prose = prose.words(", ").prose(behind(&weakest(ways)));
    if targets.is_empty() { prose } else { prose.words(", and leads to ").list(targets, NAMED_MAX) }
}

pub(super) fn from_where(level: Level) -> &'static str {
    match level {
        Level::Cluster => "from the cluster",
        Level::Network => "from the network of the nodes",
        Level::Tailnet => "from the tailnet",
        Level::Outside => "from outside the cluster",
        Level::Public => "from everywhere",
    }
}

fn behind(protections: &BTreeSet<Protection>) -> Prose {
    if protections.is_empty() {
        return Prose::from("with nothing before the application");
    }
    let names: Vec<String> = protections.iter().map(ToString::to_string).collect();
    Prose::from("behind ").words(names.join(" and "))
}

fn level(ways: &[&Entrance]) -> Level {
    ways.iter().map(|way| way.level).max().unwrap_or(Level::Cluster)
}

/// What every path is behind.
fn weakest(ways: &[&Entrance]) -> BTreeSet<Protection> {
    let sets = ways.iter().map(|way| way.protections.clone());
    sets.reduce(|all, own| all.intersection(&own).copied().collect()).unwrap_or_default()
}

/// What differs on both sides of one name: from where, and behind what.
fn changed(view: &View<'_>, before: &[&Entrance], after: &[&Entrance]) -> Vec<Fact> {
    let (Some(old), Some(new)) = (before.first(), after.first()) else { return Vec::new() };
    let mut facts = Vec::new();
    let mut proofs = vec![(new.object.as_ref(), new.origin(Side::Head))];
    let (from, to) = (level(before), level(after));
    if from != to {
        let text = subject(after)
            .words(" is now reachable ")
            .words(from_where(to))
            .words(", before ")
            .words(from_where(from));
        let weight = if to > from { Weight::Hazard } else { Weight::Notable };
        facts.push(view.fact(weight, text, proofs.clone()));
    }
    let (had, has) = (weakest(before), weakest(after));
    let lost: BTreeSet<Protection> = had.difference(&has).copied().collect();
    let gained: BTreeSet<Protection> = has.difference(&had).copied().collect();
    if !lost.is_empty() {
        let text =
            subject(after).words(" is no longer ").prose(behind(&lost)).words(", now ").prose(behind(&has));
        let guards = old.guards.iter().map(|guard| (guard.as_ref(), guard.origin(Side::Base)));
        // What guards it in head instead, or the policy that is gone.
        let changed = new.guards.iter().map(|guard| (guard.as_ref(), guard.origin(Side::Head)));
        proofs.splice(0..0, changed.chain(guards).filter(|(object, _)| !is_unchanged(view, object)));
        facts.push(view.fact(Weight::Hazard, text, proofs));
    } else if !gained.is_empty() {
        let text = subject(after).words(" is now ").prose(behind(&gained));
        proofs.splice(0..0, new.guards.iter().map(|guard| (guard.as_ref(), guard.origin(Side::Head))));
        facts.push(view.fact(Weight::Plain, text, proofs));
    }
    facts
}

fn is_unchanged(view: &View<'_>, object: &Object) -> bool {
    crate::owners::is_unchanged(view.pair, object)
}

fn gone(view: &View<'_>, ways: &[&Entrance]) -> Option<Fact> {
    let first = ways.first()?;
    let text = subject(ways).words(" is no longer reachable ").words(from_where(level(ways)));
    let text = text.words(", through ").code(&first.through);
    let text = if view.pair.head.by_id(&first.object.id).is_none() {
        text.words(": ").code(first.object.id.short()).words(" is gone")
    } else {
        text
    };
    Some(view.fact(Weight::Notable, text, vec![(first.object.as_ref(), first.origin(Side::Base))]))
}

/// Names that pass another Gateway than before, told together.
fn exchanged(view: &View<'_>, from: &str, to: &str, ways: &[(&Entrance, &Entrance)]) -> Fact {
    let names: Vec<&str> = ways.iter().map(|(_, new)| new.host.as_str()).collect();
    let text =
        Prose::new().list(names, NAMED_MAX).words(" now through ").code(to).words(" instead of ").code(from);
    let proofs = ways.iter().map(|(_, new)| (new.object.as_ref(), new.origin(Side::Head)));
    let fact = view.fact(Weight::Notable, text, proofs.take(NAMED_MAX).collect());
    // Several components have a part in it.
    if ways.len() > 1 { Fact { component: None, ..fact } } else { fact }
}

/// Routes that lead nowhere, and did not before.
fn dangling(view: &View<'_>) -> Vec<Fact> {
    let before: BTreeSet<(&ObjectId, &str)> =
        view.base.dangling.iter().map(|dangling| (&dangling.object.id, dangling.why.as_str())).collect();
    let new = view
        .head
        .dangling
        .iter()
        .filter(|dangling| !before.contains(&(&dangling.object.id, dangling.why.as_str())));
    new.map(|dangling| {
        let text = Prose::new()
            .code(dangling.object.id.short())
            .words(" opens no way in: ")
            .prose(Prose::clause(&dangling.why));
        let origin = dangling.object.origin_at(Side::Head, dangling.mark);
        view.fact(Weight::Hazard, text, vec![(dangling.object.as_ref(), origin)])
    })
    .collect()
}
