//! What must be there before the change is applied, and is not in the repository.

mod definitions;
mod projects;
mod values;

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::references::{Needed, provided, references};
use manifesto_evidence::{Evidence, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change};
use manifesto_objects::{Object, ObjectChange, ObjectId};

use crate::analyzer::{Analyze, Analyzer};
use crate::deployment_method::deployment_of;
use crate::needs;
use crate::statements::Statements;
use crate::surroundings::Surroundings;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::DeploymentPrerequisites,
    question: "What must be there before the change is applied?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    let surroundings = Surroundings::of(change);
    let mut statements = Statements::default();
    for (index, component) in change.components.iter().enumerate() {
        let own = change.objects.real().filter(|object| object.component == index);
        let own: Vec<&ObjectChange> = own.filter(|object| object.head.is_some()).collect();
        if own.is_empty() {
            continue;
        }
        let [base, head] = [Side::Base, Side::Head].map(|side| surroundings.around(component, side));
        let mut scene = Scene { component, own, base, head, statements: &mut statements };
        definitions::state(&mut scene);
        named(&mut scene);
        referenced(&mut scene);
        namespaces(&mut scene);
        values::state(&mut scene);
    }
    projects::state(change, &mut statements);
    evidence.facts.extend(statements.facts(Topic::DeploymentPrerequisites));
}

/// A component, what changes in it, and what is around it.
struct Scene<'s> {
    component: &'s AffectedComponent,
    own: Vec<&'s ObjectChange>,
    base: &'s Cluster,
    head: &'s Cluster,
    statements: &'s mut Statements,
}

impl<'s> Scene<'s> {
    fn objects(&self) -> Vec<&'s Arc<Object>> {
        self.own.iter().filter_map(|change| change.head.as_ref()).collect()
    }

    /// Says that an object needs something that was not found.
    fn missing(&mut self, what: &str, namespace: &str, (user, origin): (String, Origin)) {
        let is_hidden =
            if namespace.is_empty() { !self.head.is_complete() } else { self.head.may_hide_in(namespace) };
        let found = if is_hidden {
            ", which was not found in what is known and which nothing needed before"
        } else {
            ", which nothing in the repository makes and nothing needed before"
        };
        let text = Prose::from(" needs ").code(what).words(found);
        let weight = if is_hidden { Weight::Plain } else { Weight::Notable };
        self.statements.add(weight, Some(&self.component.name), (Prose::new(), user, text), [origin]);
    }
}

/// Classes, stores, gateways and issuers that nothing asked for before: what was asked for was there.
fn named(scene: &mut Scene<'_>) {
    let objects = scene.objects();
    let wanted: Vec<(&Arc<Object>, needs::Need)> = objects
        .into_iter()
        .flat_map(|object| needs::needs(object).into_iter().map(move |need| (object, need)))
        .filter(|(_, need)| scene.head.by_id(&need.id).is_none())
        .collect();
    if wanted.is_empty() {
        return;
    }
    let before = scene.base.objects().iter().flat_map(|object| needs::needs(object));
    let before: BTreeSet<ObjectId> = before.map(|need| need.id).collect();
    for (object, need) in wanted.into_iter().filter(|(_, need)| !before.contains(&need.id)) {
        let user = (object.id.short(), object.origin_at(Side::Head, need.mark));
        scene.missing(&need.id.short(), &need.id.namespace, user);
    }
}

/// ConfigMaps, Secrets, claims, accounts and Services of the core group that pods and routes name.
fn referenced(scene: &mut Scene<'_>) {
    let own = scene.objects().into_iter().map(Arc::clone).collect();
    let wanted = references(&Cluster::new(own, Vec::new()));
    if wanted.is_empty() {
        return;
    }
    let made = provided(scene.head);
    let is_made = |needed: &Needed| {
        let secret = (needed.namespace.clone(), needed.name.clone());
        made.contains(needed)
            || needed.kind == "Secret" && scene.head.secrets().made.contains_key(&secret)
            // The controller manager makes these two in every namespace.
            || needed.kind == "ConfigMap" && needed.name == "kube-root-ca.crt"
            || needed.kind == "ServiceAccount" && needed.name == "default"
    };
    let missing: Vec<_> = wanted.into_iter().filter(|reference| !is_made(&reference.needed)).collect();
    if missing.is_empty() {
        return;
    }
    let before: BTreeSet<Needed> =
        references(scene.base).into_iter().map(|reference| reference.needed).collect();
    for reference in missing.into_iter().filter(|reference| !before.contains(&reference.needed)) {
        let what = format!("{}/{}", reference.needed.kind, reference.needed.name);
        let user = (reference.from.id.short(), reference.from.origin_at(Side::Head, reference.mark));
        scene.missing(&what, &reference.needed.namespace, user);
    }
}

/// Namespaces that nothing was in before and that nothing makes.
fn namespaces(scene: &mut Scene<'_>) {
    let creates = deployment_of(scene.component).is_some_and(|d| d.has_option("CreateNamespace=true"));
    if creates || deployment_of(scene.component).is_none() {
        return;
    }
    let mut seen = BTreeSet::new();
    for object in scene.objects() {
        let namespace = object.id.namespace.as_str();
        let is_new = !namespace.is_empty()
            && scene.base.namespace(namespace).is_none()
            && scene.head.get("", "Namespace", "", namespace).is_none();
        if is_new && !is_preset(namespace) && seen.insert(namespace) {
            let user = (scene.component.name.clone(), object.origin(Side::Head));
            scene.missing(&format!("Namespace/{namespace}"), "", user);
        }
    }
}

/// The namespaces of every cluster.
fn is_preset(namespace: &str) -> bool {
    matches!(namespace, "default" | "kube-system" | "kube-public" | "kube-node-lease")
}
