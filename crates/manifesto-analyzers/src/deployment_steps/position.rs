//! When Argo CD applies an object: in which phase, and in which wave of it.
//!
//! Upstream: Argo CD 3.1, gitops-engine `pkg/sync/hook/hook.go`, `pkg/sync/hook/helm/type.go` and
//! `pkg/sync/syncwaves/waves.go`. Phases come before waves; a hook of Argo CD's own makes Helm's hooks of the object
//! count for nothing; without a wave of Argo CD's, the weight of Helm is the wave.

use std::fmt;

use manifesto_objects::Object;

/// The phases of a sync, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Before,
    Sync,
    After,
}

/// A phase, and a wave of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    phase: Phase,
    wave: i64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Before => "before the sync, ",
            Phase::Sync => "",
            Phase::After => "after the sync, ",
        };
        write!(f, "{phase}wave {}", self.wave)
    }
}

const HOOK: &str = "argocd.argoproj.io/hook";
const HELM_HOOK: &str = "helm.sh/hook";
const WAVE: &str = "argocd.argoproj.io/sync-wave";
const HELM_WEIGHT: &str = "helm.sh/hook-weight";

/// Where an object stands in a sync: several times where it has several hooks, nowhere where it is skipped or only comes
/// with a failure or a deletion.
pub(super) fn position(object: &Object) -> Vec<Position> {
    let annotation = |wanted: &str| {
        let found = object.annotations().find(|(key, _)| *key == wanted);
        found.map(|(_, value)| value.to_owned())
    };
    let number = |key: &str| annotation(key).and_then(|text| text.trim().parse::<i64>().ok());
    let wave = number(WAVE).or_else(|| number(HELM_WEIGHT)).unwrap_or(0);
    let mut phases: Vec<Phase> = match (annotation(HOOK), annotation(HELM_HOOK)) {
        (Some(hooks), _) => hooks.split(',').filter_map(|hook| phase(hook.trim())).collect(),
        (None, Some(hooks)) => hooks.split(',').filter_map(|hook| helm_phase(hook.trim())).collect(),
        (None, None) => vec![Phase::Sync],
    };
    phases.sort_unstable();
    phases.dedup();
    phases.into_iter().map(|phase| Position { phase, wave }).collect()
}

fn phase(hook: &str) -> Option<Phase> {
    match hook {
        "PreSync" => Some(Phase::Before),
        "Sync" => Some(Phase::Sync),
        "PostSync" => Some(Phase::After),
        _ => None,
    }
}

fn helm_phase(hook: &str) -> Option<Phase> {
    match hook {
        "pre-install" | "pre-upgrade" => Some(Phase::Before),
        "crd-install" => Some(Phase::Sync),
        "post-install" | "post-upgrade" => Some(Phase::After),
        _ => None,
    }
}
