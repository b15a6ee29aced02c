//! What pods do that the Pod Security Standards forbid, where that is new.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::Workload;
use manifesto_cluster::pod_security::{Breach, Check, Offence, Pod, Strictness, Version, breaches, level_of};
use manifesto_evidence::{Prose, Side, Weight};
use manifesto_objects::ObjectId;
use manifesto_yaml::Node;

use crate::clusters::{ClusterPair, Touched};
use crate::statements::Statements;

/// How many checks are named before the rest is counted.
const NAMED_MAX: usize = 6;

/// States what is new or worse in the pods of the workloads that the change touches.
pub(super) fn state(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    let before: BTreeMap<&ObjectId, &Workload> =
        pair.base.workloads().iter().map(|workload| (workload.id(), workload)).collect();
    for workload in pair.head.workloads() {
        let (Some(component), Some(spec)) = (touched.component(&workload.object), &workload.spec) else {
            continue;
        };
        let old = before.get(workload.id()).and_then(|old| old.spec.as_ref());
        let before = if old.is_some() { Prose::new() } else { Prose::from("New ") };
        let mut say = |weight, what| {
            let origins = [workload.origin(Side::Head)];
            statements.add(weight, Some(component), (before.clone(), workload.id().short(), what), origins);
        };
        match old {
            Some(old) => changed(old, spec, &mut say),
            None => added(spec, &mut say),
        }
    }
}

/// What a pod does that is forbidden.
struct Found {
    /// What baseline forbids: it leads out of the container.
    grave: Vec<Breach>,
    /// What restricted forbids beyond it.
    rest: Vec<Breach>,
}

fn found(spec: &Node) -> Found {
    let pod = Pod::of_spec(spec);
    let grave = breaches(&pod, Strictness::Baseline, Version::LATEST);
    let is_said = |check: &Check| grave.iter().any(|breach| check.replaces == Some(breach.check.id));
    let mut rest = breaches(&pod, Strictness::Restricted, Version::LATEST);
    rest.retain(|breach| breach.check.level == Strictness::Restricted && !is_said(breach.check));
    Found { grave, rest }
}

/// The parts of a new workload's protection: what it does that is forbidden, and what it does well.
fn added(spec: &Node, say: &mut impl FnMut(Weight, Prose)) {
    let Found { grave, rest } = found(spec);
    if !grave.is_empty() {
        say(gravity(spec, &grave), told(Prose::from(": "), &grave));
    }
    if !rest.is_empty() {
        say(Weight::Plain, in_short(Prose::from(": does not meet restricted: "), &rest));
    }
    let mut good = Vec::new();
    if grave.is_empty() && rest.is_empty() {
        good.push("meets restricted");
    }
    if is_read_only(spec) {
        good.push("cannot write its root filesystem");
    }
    if !mounts_token(spec) {
        good.push("mounts no token of its ServiceAccount");
    }
    if !good.is_empty() {
        say(Weight::Plain, Prose::from(": ").words(good.join(", ")));
    }
}

/// "may gain privileges (KSV001), may run as root (KSV012)".
fn in_short(text: Prose, breaches: &[Breach]) -> Prose {
    let short = |breach: &Breach| {
        let name = breach.check.known_as.split(',').next().unwrap_or_default();
        format!("{} ({name})", breach.check.says)
    };
    text.words(breaches.iter().map(short).collect::<Vec<String>>().join(", "))
}

fn changed(old: &Node, new: &Node, say: &mut impl FnMut(Weight, Prose)) {
    let before = found(old);
    let known: BTreeSet<(&str, &Offence)> = before
        .grave
        .iter()
        .chain(&before.rest)
        .flat_map(|v| v.offences.iter().map(|o| (v.check.id, o)))
        .collect();
    let fresh = |mut breaches: Vec<Breach>| {
        for breach in &mut breaches {
            let id = breach.check.id;
            breach.offences.retain(|offence| !known.contains(&(id, offence)));
        }
        breaches.retain(|breach| !breach.offences.is_empty());
        breaches
    };
    let after = found(new);
    let (grave, rest) = (fresh(after.grave), fresh(after.rest));
    if !grave.is_empty() {
        say(gravity(new, &grave), told(Prose::from(": now "), &grave));
    }
    // A new container that is no worse than the others is not a step back.
    let is_step_back =
        |breach: &Breach| breach.offences.iter().any(|o| was_there(old, o.container.as_deref()));
    let rest: Vec<Breach> = rest.into_iter().filter(is_step_back).collect();
    if !rest.is_empty() {
        say(Weight::Notable, told(Prose::from(": now "), &rest));
    }
    let levels =
        (level_of(&Pod::of_spec(old), Version::LATEST), level_of(&Pod::of_spec(new), Version::LATEST));
    if levels.1 > levels.0 {
        let text =
            Prose::from(": now meets ").words(levels.1.name()).words(", before ").words(levels.0.name());
        say(Weight::Plain, text);
    }
    if is_read_only(old) && !is_read_only(new) {
        let text = ": can now write its root filesystem (KSV014, C-0017, no-read-only-root-fs)";
        say(Weight::Notable, Prose::from(text));
    }
    if !mounts_token(old) && mounts_token(new) {
        say(Weight::Notable, Prose::from(": now mounts the token of its ServiceAccount (KSV036, C-0034)"));
    }
}

/// Running as a part of the node leads out of the container at once.
fn gravity(spec: &Node, breaches: &[Breach]) -> Weight {
    let leads_out = ["privileged", "hostNamespaces", "windowsHostProcess"];
    let is_hazard = breaches.iter().any(|breach| leads_out.contains(&breach.check.id)) || has_socket(spec);
    if is_hazard { Weight::Hazard } else { Weight::Notable }
}

/// Whether the pod mounts the socket of a container runtime, and with it the node.
fn has_socket(spec: &Node) -> bool {
    let volumes = spec.get("volumes").map(Node::items).unwrap_or_default();
    let mut paths = volumes.iter().filter_map(|volume| volume.path(&["hostPath", "path"])?.text());
    paths.any(|path| {
        ["docker.sock", "containerd.sock", "crio.sock"].iter().any(|socket| path.ends_with(socket))
    })
}

/// "runs privileged (KSV017, …) in `a`, adds capabilities `NET_ADMIN` (…) in `b`".
fn told(mut text: Prose, breaches: &[Breach]) -> Prose {
    for (index, breach) in breaches.iter().take(NAMED_MAX).enumerate() {
        text = text.words(if index == 0 { "" } else { ", " }).words(breach.check.says);
        let values: BTreeSet<&str> = breach
            .offences
            .iter()
            .filter_map(|offence| offence.value.as_deref())
            .filter(|v| !v.is_empty())
            .collect();
        if !values.is_empty() {
            text = text.words(" ").list(values, NAMED_MAX);
        }
        if !breach.check.known_as.is_empty() {
            text = text.words(format!(" ({})", breach.check.known_as));
        }
        let containers: BTreeSet<&str> =
            breach.offences.iter().filter_map(|offence| offence.container.as_deref()).collect();
        if !containers.is_empty() {
            text = text.words(" in ").list(containers, NAMED_MAX);
        }
    }
    match breaches.len().saturating_sub(NAMED_MAX) {
        0 => text,
        rest => text.words(format!(" and {rest} more")),
    }
}

fn containers(spec: &Node) -> impl Iterator<Item = &Node> {
    ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| spec.get(list).map(Node::items).unwrap_or_default())
}

fn was_there(spec: &Node, container: Option<&str>) -> bool {
    let Some(name) = container else { return true };
    containers(spec).any(|own| own.get("name").and_then(Node::text) == Some(name))
}

fn is_read_only(spec: &Node) -> bool {
    let is_one = |container: &Node| {
        container.path(&["securityContext", "readOnlyRootFilesystem"]).and_then(Node::as_bool) == Some(true)
    };
    containers(spec).next().is_some() && containers(spec).all(is_one)
}

fn mounts_token(spec: &Node) -> bool {
    spec.get("automountServiceAccountToken").and_then(Node::as_bool) != Some(false)
}
