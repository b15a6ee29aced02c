//! Databases of CloudNativePG: where they archive to, and whether they can be recovered.

use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::backups::{Archive, Idle, archive, databases, idle, misread_schedule, schedules};
use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_gitops::AffectedComponent;
use manifesto_objects::{ChangeKind, Object, ObjectChange};
use manifesto_yaml::Node;

use super::{NAMED_MAX, fact};
use crate::surroundings::Surroundings;
use crate::wording;

pub(super) fn facts(
    component: &AffectedComponent,
    own: &[&ObjectChange],
    surroundings: &Surroundings<'_>,
) -> Vec<Fact> {
    let is_concerned = |change: &&&ObjectChange| {
        matches!(change.id().group.as_str(), "postgresql.cnpg.io" | "barmancloud.cnpg.io")
    };
    if !own.iter().any(|change| is_concerned(&change)) {
        return Vec::new();
    }
    let base = surroundings.around(component, Side::Base);
    let head = surroundings.around(component, Side::Head);
    let mut facts = Vec::new();
    for change in own.iter().filter(is_concerned) {
        match change.id().kind.as_str() {
            "Cluster" => {
                facts.extend(archiving_lost(change, base, head));
                facts.extend(unsaved(change, base, head));
                facts.extend(reused(change, base, head));
            }
            "ObjectStore" => facts.extend(moved(change, head)),
            "ScheduledBackup" => facts.extend(scheduled(change, head)),
            _ => {}
        }
    }
    facts
}

/// A database whose writes were archived and are no longer: it can be set back to its backups, and to no point in between.
pub(crate) fn archiving_lost(change: &ObjectChange, base: &Cluster, head: &Cluster) -> Option<Fact> {
    let (before, after) = (change.base.as_ref()?, change.head.as_ref()?);
    let was = archive(before, base).is_some_and(|archive| archive.archives_wal);
    let now = archive(after, head);
    if !was || now.as_ref().is_some_and(|archive| archive.archives_wal) {
        return None;
    }
    let rest = if now.is_some() { "; only whole backups remain" } else { "; no backup remains" };
    let text = Prose::new()
        .code(after.id.short())
        .words(" no longer archives its WAL: recovery to a point in time is lost from here on")
        .words(rest);
    let mark = now.map_or(after.root.mark, |archive| archive.mark);
    Some(fact(text).weight(Weight::Hazard).origins([after.origin_at(Side::Head, mark)]))
}

/// A database that is new, or has lost what saved it.
fn unsaved(change: &ObjectChange, base: &Cluster, head: &Cluster) -> Option<Fact> {
    let after = change.head.as_ref()?;
    let is_saved = |database: &Arc<Object>, around: &Cluster| {
        archive(database, around)
            .is_some_and(|archive| archive.archives_wal || schedules(database, around).next().is_some())
    };
    if change.base.as_ref().is_some_and(|before| !is_saved(before, base)) {
        return None;
    }
    let text = Prose::new().code(after.id.short());
    let origin = after.origin(Side::Head);
    if !is_saved(after, head) {
        return Some(fact(text.words(" has no backup")).weight(Weight::Notable).origins([origin]));
    }
    let archive = archive(after, head)?;
    if change.base.is_some() && change.kind != ChangeKind::Renamed {
        return None;
    }
    let text = text.words(" is backed up to ");
    let text = match &archive.destination {
        Some(destination) => text.code(format!("{destination}/{}", archive.server)),
        None => text.words("a store that is not known"),
    };
    let text = if schedules(after, head).next().is_some() {
        text
    } else {
        text.words(", and nothing schedules whole backups")
    };
    Some(fact(text).origins([after.origin_at(Side::Head, archive.mark)]))
}

/// Two databases that archive to one place: the second finds it not empty and refuses (`barman-cloud-check-wal-archive`).
fn reused(change: &ObjectChange, base: &Cluster, head: &Cluster) -> Option<Fact> {
    let after = change.head.as_ref()?;
    let place = |archive: &Archive| Some((archive.destination.clone()?, archive.server.clone()));
    let own = archive(after, head).filter(|archive| archive.archives_wal)?;
    let own_place = place(&own)?;
    if change.base.as_ref().is_some_and(|before| {
        before.id == after.id
            && archive(before, base).and_then(|archive| place(&archive)).as_ref() == Some(&own_place)
    }) {
        return None;
    }
    let same = |other: &&Arc<Object>, around: &Cluster| {
        other.id != after.id
            && archive(other, around).filter(|a| a.archives_wal).and_then(|a| place(&a)).as_ref()
                == Some(&own_place)
    };
    let other =
        databases(head).find(|o| same(o, head)).or_else(|| databases(base).find(|o| same(o, base)))?;
    let text = Prose::new()
        .code(after.id.short())
        .words(" archives to ")
        .code(format!("{}/{}", own_place.0, own_place.1))
        .words(", where ")
        .code(other.id.short())
        .words(" has archived: the archive is not empty, and archiving is refused");
    Some(fact(text).weight(Weight::Hazard).origins([after.origin_at(Side::Head, own.mark)]))
}

/// A store that points elsewhere: what was saved stays where it was.
fn moved(change: &ObjectChange, head: &Cluster) -> Option<Fact> {
    let (before, after) = (change.base.as_ref()?, change.head.as_ref()?);
    let at = |object: &Object, key: &str| object.at(&["spec", "configuration", key]).cloned();
    let text_of = |node: &Option<Node>| node.as_ref().and_then(Node::as_str).unwrap_or_default().to_owned();
    let (from, to) = (at(before, "destinationPath"), at(after, "destinationPath"));
    let (old, new) = (at(before, "endpointURL"), at(after, "endpointURL"));
    let text = Prose::new().code(after.id.short());
    let users: Vec<String> = databases(head)
        .filter(|database| {
            archive(database, head).and_then(|a| a.store).is_some_and(|store| store.id == after.id)
        })
        .map(|database| database.id.short())
        .collect();
    let (text, mark) = if text_of(&from) != text_of(&to) {
        let text = text.words(" moves from ").code(text_of(&from)).words(" to ").code(text_of(&to));
        (text.words(": earlier backups stay behind and are not found from here"), to?.mark)
    } else if text_of(&old) != text_of(&new) {
        (
            text.words(" is reached at ").code(text_of(&new)).words(", before at ").code(text_of(&old)),
            new?.mark,
        )
    } else {
        return retention(change);
    };
    let text = if users.is_empty() { text } else { text.words("; used by ").list(&users, NAMED_MAX) };
    Some(fact(text).weight(Weight::Notable).origins([after.origin_at(Side::Head, mark)]))
}

/// How long backups are kept.
fn retention(change: &ObjectChange) -> Option<Fact> {
    let field = change.fields.iter().find(|field| field.path.last_key() == Some("retentionPolicy"))?;
    let text = Prose::new().code(change.id().short()).words(": ").prose(wording::field(change.id(), field));
    Some(fact(text).origins(wording::field_origin(change, field)))
}

/// A schedule that is new or does nothing.
fn scheduled(change: &ObjectChange, head: &Cluster) -> Option<Fact> {
    let Some(after) = &change.head else {
        let text = Prose::from("Removes the schedule ").code(change.id().short());
        return Some(fact(text).weight(Weight::Notable).origins(wording::origin(change)));
    };
    let name = after.at(&["spec", "cluster", "name"]).and_then(Node::as_str).unwrap_or_default();
    let origin = after.origin(Side::Head);
    let text = Prose::new().code(after.id.short());
    let text = match idle(after, head) {
        None if change.base.is_none() => {
            let schedule = after.at(&["spec", "schedule"]).and_then(Node::as_str).unwrap_or_default();
            let text = text.words(" backs up ").code(format!("Cluster/{name}")).words(" at ").code(schedule);
            let Some(schedule) = misread_schedule(after) else { return Some(fact(text).origins([origin])) };
            let text = text.words(", where five fields count seconds first: not what ").code(schedule);
            return Some(fact(text.words(" says in a crontab")).weight(Weight::Notable).origins([origin]));
        }
        None | Some(Idle::Suspended) => return None,
        Some(Idle::NoDatabase(name)) if !head.is_complete() => {
            let text = text
                .words(" names ")
                .code(format!("Cluster/{name}"))
                .words(", which was not found in what is known");
            return Some(fact(text).origins([origin]));
        }
        Some(Idle::NoDatabase(name)) => text
            .words(" names ")
            .code(format!("Cluster/{name}"))
            .words(", which is not there: it does nothing"),
        Some(Idle::NoMethod(method)) => text
            .words(" asks for method ")
            .code(method)
            .words(", which ")
            .code(format!("Cluster/{name}"))
            .words(" is not configured for: it does nothing"),
        Some(Idle::Schedule(schedule)) => text
            .words(": the schedule ")
            .code(schedule)
            .words(" has not six fields, seconds first, and is refused"),
    };
    Some(fact(text).weight(Weight::Hazard).origins([origin]))
}
