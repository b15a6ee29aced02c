//! Which objects hold a template of pods, and where.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::{Maker, Workload, container};
use crate::Labels;

/// Where templates are in kinds that make pods: CronJob; the other built-in kinds, Argo Rollouts, OpenKruise and Knative;
/// KEDA's ScaledJob.
const PATHS: &[&[&str]] = &[
    &["spec", "jobTemplate", "spec", "template"],
    &["spec", "template"],
    &["spec", "jobTargetRef", "template"],
];

/// The pods that a template in the object makes.
pub(super) fn workload(object: &Arc<Object>) -> Option<Workload> {
    // Helm's tests run when somebody asks for them; Argo CD and Flux do not.
    let hook = object.annotations().find(|(key, _)| *key == "helm.sh/hook").map(|(_, value)| value);
    if hook.is_some_and(|hook| hook.split(',').all(|name| name.trim().starts_with("test"))) {
        return None;
    }
    let template = template_of(object)?;
    let spec = template.get("spec")?;
    let mut labels = Labels::read(template.path(&["metadata", "labels"]));
    if object.id.is("batch", "Job") {
        // The Job controller adds them (kubernetes, pkg/apis/batch/v1/defaults and registry/batch/job/strategy.go).
        labels.set("job-name", &object.id.name);
        labels.set("batch.kubernetes.io/job-name", &object.id.name);
    }
    let account = ["serviceAccountName", "serviceAccount"].iter().find_map(|key| spec.get(key)?.as_str());
    Some(Workload {
        object: Arc::clone(object),
        namespace: object.id.namespace.clone(),
        labels,
        service_account: account.filter(|name| !name.is_empty()).unwrap_or("default").to_owned(),
        host_network: spec.get("hostNetwork").and_then(Node::as_bool) == Some(true),
        containers: container::read(spec),
        spec: Some(spec.clone()),
        maker: Maker::Template,
        mark: template.mark,
    })
}

/// A template is what has a spec with containers, or with a machine (KubeVirt runs it in a pod that carries the
/// template's labels). Custom kinds that have one make pods from it, whatever they are called.
fn template_of(object: &Object) -> Option<&Node> {
    let is_template = |node: &&Node| {
        let containers = node.path(&["spec", "containers"]).is_some_and(|list| !list.items().is_empty());
        containers || object.id.group == "kubevirt.io" && node.path(&["spec", "domain"]).is_some()
    };
    if object.id.is("", "Pod") || object.id.is("kubevirt.io", "VirtualMachineInstance") {
        return Some(&object.root).filter(is_template);
    }
    if object.id.kind == "CustomResourceDefinition" {
        return None;
    }
    PATHS.iter().filter_map(|path| object.at(path)).find(is_template)
}
