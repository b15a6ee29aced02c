//! What namespaces enforce, and which pods they will refuse.

use std::collections::BTreeMap;

use manifesto_cluster::pod_security::{Breach, Enforcement, Pod, Standard, breaches};
use manifesto_cluster::{Cluster, Labels, Workload};
use manifesto_evidence::{Prose, Side, Weight};
use manifesto_objects::ObjectId;

use super::about;
use crate::clusters::{ClusterPair, Touched};
use crate::statements::Statements;

/// How many reasons are named before the rest is counted.
const NAMED_MAX: usize = 4;

/// States what namespaces newly enforce, no longer enforce, and refuse.
pub(super) fn state(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    for (name, namespace) in pair.head.namespaces() {
        let Some(object) = &namespace.object else { continue };
        let Some(component) = touched.component(object) else { continue };
        let before = pair.base.namespace(name).filter(|old| old.object.is_some());
        let old = before.map_or(Enforcement::Default, |old| Enforcement::read(&old.labels));
        let new = Enforcement::read(&namespace.labels);
        if old.level() == new.level() {
            continue;
        }
        let text = Prose::from(" enforces ").words(new.level().name());
        let (text, weight) = match (before.is_some(), new.level() < old.level()) {
            (true, true) => (text.words(", no longer ").words(old.level().name()), Weight::Hazard),
            (true, false) => (text.words(", before ").words(old.level().name()), Weight::Plain),
            (false, _) => (text, Weight::Plain),
        };
        statements.add(weight, Some(component), about(object.id.short(), text), [object.origin(Side::Head)]);
    }
    refused(pair, touched, statements);
}

/// States the pods that their namespace will refuse, and did not before. The API server takes the workload and refuses
/// each of its pods.
fn refused(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    let before: BTreeMap<&ObjectId, &Workload> =
        pair.base.workloads().iter().map(|workload| (workload.id(), workload)).collect();
    for workload in pair.head.workloads() {
        let namespace =
            pair.head.namespace(&workload.namespace).and_then(|namespace| namespace.object.as_ref());
        let component = touched.component(&workload.object);
        let component = component.or_else(|| namespace.and_then(|object| touched.component(object)));
        let Some((standard, reasons)) = refusal(&pair.head, workload).filter(|_| component.is_some()) else {
            continue;
        };
        if before.get(workload.id()).is_some_and(|old| refusal(&pair.base, old).is_some()) {
            continue;
        }
        let text =
            Prose::from(" makes pods that ").code(&workload.namespace).words(" refuses, since it enforces ");
        let text = text.words(standard.level.name()).words(": ");
        let said: Vec<&str> = reasons.iter().map(|breach| breach.check.id).collect();
        let text = text.list(said, NAMED_MAX);
        let origins = [Some(workload.origin(Side::Head)), namespace.map(|object| object.origin(Side::Head))];
        statements.add(
            Weight::Hazard,
            component,
            about(workload.id().short(), text),
            origins.into_iter().flatten(),
        );
    }
}

/// What a workload's namespace enforces and its pods fail.
fn refusal(cluster: &Cluster, workload: &Workload) -> Option<(Standard, Vec<Breach>)> {
    let labels: &Labels = &cluster.namespace(&workload.namespace)?.labels;
    let Enforcement::Standard(standard) = Enforcement::read(labels) else { return None };
    let pod = Pod::of_spec(workload.spec.as_ref()?);
    let found = breaches(&pod, standard.level, standard.version_or_latest());
    (!found.is_empty()).then_some((standard, found))
}
