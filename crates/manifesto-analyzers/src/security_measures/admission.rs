//! What decides whether the API server takes an object: policies and webhooks.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_evidence::{Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, Object};
use manifesto_yaml::Node;

use super::about;
use crate::statements::Statements;
use crate::wording;

/// The kinds of policies, by their group.
const POLICIES: &[(&str, &[&str])] = &[
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
        ],
    ),
    ("kyverno.io", &["ClusterPolicy", "Policy", "PolicyException"]),
    (
        "policies.kyverno.io",
        &["ImageValidatingPolicy", "MutatingPolicy", "PolicyException", "ValidatingPolicy"],
    ),
    ("templates.gatekeeper.sh", &["ConstraintTemplate"]),
];

/// States which policies and webhooks come, go or change.
pub(super) fn state(change: &Change, statements: &mut Statements) {
    for object_change in change.objects.real() {
        let id = object_change.id();
        let component =
            change.components.get(object_change.component).map(|component| component.name.as_str());
        let is_policy =
            POLICIES.iter().any(|(group, kinds)| id.group == *group && kinds.contains(&id.kind.as_str()))
                || id.group == "constraints.gatekeeper.sh";
        if is_policy {
            let what = match object_change.kind {
                ChangeKind::Added => ": new, decides what the API server takes",
                ChangeKind::Removed => ": gone, no longer decides what the API server takes",
                _ => ": changed, decides what the API server takes",
            };
            let weight =
                if object_change.kind == ChangeKind::Removed { Weight::Notable } else { Weight::Plain };
            let origin = wording::origin(object_change);
            statements.add(weight, component, about(id.short(), Prose::from(what)), origin);
        }
        webhooks(object_change.base.as_ref(), object_change.head.as_ref(), component, statements);
    }
}

/// The webhooks of a configuration, by name, with what happens when they do not answer: `Fail` unless said otherwise.
fn failure_policies(object: &Object) -> BTreeMap<&str, (&str, &Node)> {
    let is_one =
        matches!(object.id.kind.as_str(), "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration");
    let webhooks = object.at(&["webhooks"]).filter(|_| is_one).map(Node::items).unwrap_or_default();
    webhooks.iter().filter_map(failure_policy).collect()
}

fn failure_policy(webhook: &Node) -> Option<(&str, (&str, &Node))> {
    let policy = webhook.get("failurePolicy").and_then(Node::as_str).unwrap_or("Fail");
    Some((webhook.get("name")?.text()?, (policy, webhook)))
}

fn webhooks(
    base: Option<&Arc<Object>>,
    head: Option<&Arc<Object>>,
    component: Option<&str>,
    statements: &mut Statements,
) {
    let before = base.map(|object| failure_policies(object)).unwrap_or_default();
    let after = head.map(|object| failure_policies(object)).unwrap_or_default();
    for (name, (policy, node)) in &after {
        let Some(object) = head else { return };
        let old = before.get(name).map(|(policy, _)| *policy);
        let what = match (old, *policy) {
            (None, "Fail") => ": new; while it does not answer, what it is asked about cannot be changed",
            (Some("Ignore"), "Fail") => ": now stops what it is asked about while it does not answer",
            (Some("Fail"), "Ignore") => ": now lets pass what it is asked about while it does not answer",
            _ => continue,
        };
        let origin = object.origin_at(Side::Head, node.mark);
        statements.add(
            Weight::Notable,
            component,
            (Prose::from("Webhook "), (*name).to_owned(), Prose::from(what)),
            [origin],
        );
    }
    for (name, (_, node)) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        let Some(object) = base else { return };
        let said = (Prose::from("Webhook "), (*name).to_owned(), Prose::from(": gone"));
        statements.add(Weight::Notable, component, said, [object.origin_at(Side::Base, node.mark)]);
    }
}
