//! Volumes of Longhorn: which recurring jobs save them.
//!
//! Upstream: Longhorn 1.10, docs "Recurring Snapshots and Backups": a volume without any label of a job is in the group
//! `default`; a class can name jobs in `recurringJobSelector`.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::resources::{Claim, Demand};
use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::{NAMED_MAX, fact};

const GROUP_LABEL: &str = "recurring-job-group.longhorn.io/";
const JOB_LABEL: &str = "recurring-job.longhorn.io/";

/// Which jobs save a new volume, if it is one of Longhorn's.
pub(super) fn saving(demand: &Demand, claim: &Claim, class: Option<&Object>, head: &Cluster) -> Option<Fact> {
    let labels = labels(demand, claim);
    let provisioner = class.and_then(|class| class.at(&["provisioner"])).and_then(Node::as_str);
    let is_longhorn = provisioner == Some("driver.longhorn.io") || !labels.is_empty();
    let jobs: Vec<&Arc<Object>> = head.of_kind("longhorn.io", "RecurringJob").collect();
    // Without any job nothing tells whether they are kept elsewhere.
    if !is_longhorn || jobs.is_empty() {
        return None;
    }
    let selected: Vec<&&Arc<Object>> = jobs.iter().filter(|job| selects(job, &labels)).collect();
    let task = |job: &Object| job.at(&["spec", "task"]).and_then(Node::as_str).unwrap_or_default().to_owned();
    let backups = selected.iter().filter(|job| task(job).starts_with("backup"));
    let names: BTreeSet<String> = backups.map(|job| job.id.short()).collect();
    let text = Prose::from("The volume of ").code(demand.object.id.short());
    let origin = demand.object.origin_at(Side::Head, claim.mark);
    Some(if names.is_empty() {
        let rest = if selected.is_empty() { "" } else { ", only snapshots beside it" };
        let text = text.words(" has no backup: none of Longhorn's recurring jobs makes one").words(rest);
        fact(text).weight(Weight::Notable).origins([origin])
    } else {
        fact(text.words(" is backed up by ").list(names, NAMED_MAX)).origins([origin])
    })
}

/// The labels of a claim that name jobs and their groups.
fn labels(demand: &Demand, claim: &Claim) -> BTreeSet<String> {
    let object = &demand.object;
    let templates = object.at(&["spec", "volumeClaimTemplates"]).map(Node::items).unwrap_or_default();
    let is_it = |node: &&Node| node.path(&["metadata", "name"]).and_then(Node::as_str) == Some(&claim.name);
    let template = templates.iter().find(is_it);
    let node =
        template.map_or_else(|| object.at(&["metadata", "labels"]), |t| t.path(&["metadata", "labels"]));
    node.map(Node::entries)
        .unwrap_or_default()
        .iter()
        .filter(|entry| entry.value.text() == Some("enabled"))
        .filter_map(|entry| entry.key.text())
        .filter(|key| key.starts_with(GROUP_LABEL) || key.starts_with(JOB_LABEL))
        .map(str::to_owned)
        .collect()
}

fn selects(job: &Object, labels: &BTreeSet<String>) -> bool {
    let groups = job.at(&["spec", "groups"]).map(Node::items).unwrap_or_default();
    let mut groups = groups.iter().filter_map(Node::as_str);
    if labels.is_empty() {
        return groups.any(|group| group == "default");
    }
    labels.contains(&format!("{JOB_LABEL}{}", job.id.name))
        || groups.any(|group| labels.contains(&format!("{GROUP_LABEL}{group}")))
}
