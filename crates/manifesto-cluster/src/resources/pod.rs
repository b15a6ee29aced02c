//! What one pod asks for.

use manifesto_objects::Quantity;
use manifesto_yaml::{Mark, Node};

use super::amounts::{Amounts, Unread};
use super::limit_range::LimitRanges;
use crate::{Container, ContainerRole, Workload};

/// What one pod asks for, as the scheduler and the kubelet count it.
#[derive(Debug, Clone, Default)]
pub struct PodResources {
    /// What is reserved for it.
    pub requests: Amounts,
    /// What it may use at most. It bounds nothing where a container is among `unlimited`.
    pub limits: Amounts,
    /// Containers that run and may use as much as there is, by resource.
    pub unlimited: Vec<Missing>,
    /// Containers that run and have nothing reserved, by resource.
    pub unrequested: Vec<Missing>,
    /// What each container asks for after all defaults.
    pub containers: Vec<ContainerResources>,
    /// Amounts that cannot be read, such as placeholders.
    pub unread: Vec<Unread>,
}

/// What a container does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The container.
    pub container: String,
    /// `cpu` or `memory`.
    pub resource: &'static str,
    /// Where the container stands.
    pub mark: Mark,
}

/// What one container asks for after all defaults.
#[derive(Debug, Clone)]
pub struct ContainerResources {
    /// Its name.
    pub name: String,
    /// When it runs.
    pub role: ContainerRole,
    /// What is reserved for it.
    pub requests: Amounts,
    /// What it may use at most.
    pub limits: Amounts,
    /// Where its resources stand, or it itself.
    pub mark: Mark,
}

impl PodResources {
    /// The most that it may use of `cpu` or `memory`; none where that is not bounded.
    pub fn limit(&self, resource: &str) -> Option<Quantity> {
        let is_unlimited = self.unlimited.iter().any(|missing| missing.resource == resource);
        self.limits.get(resource).filter(|_| !is_unlimited)
    }
}

/// The resources that every container uses, asked for or not.
pub(super) const COMPUTE: [&str; 2] = ["cpu", "memory"];

/// What one pod of a workload asks for.
///
/// The sums are those of kubernetes 1.35, `component-helpers/resource/helpers.go`; the defaults that come before are those
/// of `pkg/apis/core/v1/defaults.go` (`SetDefaults_Pod`) and of the admission plugin `LimitRanger`.
pub fn pod_resources(workload: &Workload, ranges: &LimitRanges) -> PodResources {
    let mut pod = PodResources::default();
    pod.containers =
        workload.containers.iter().map(|c| container_resources(c, ranges, &mut pod.unread)).collect();
    pod.requests = aggregate(&pod.containers, |container| &container.requests);
    pod.limits = aggregate(&pod.containers, |container| &container.limits);
    let spec = workload.spec.as_ref();
    let own = spec.and_then(|spec| spec.get("resources"));
    let (requests, limits) = pod_level(own, &pod.requests, &mut pod.unread);
    pod.requests.0.extend(requests.0);
    pod.limits.0.extend(limits.0.clone());
    let missing = |said: &dyn Fn(&ContainerResources, &str) -> bool, whole: &Amounts| {
        let runs = pod.containers.iter().filter(|container| container.role != ContainerRole::Init);
        runs.flat_map(|c| COMPUTE.iter().filter(|name| !said(c, name)).map(move |name| (c, *name)))
            .filter(|(_, name)| whole.get(name).is_none())
            .filter(|(_, name)| pod.unread.iter().all(|unread| unread.resource != **name))
            .map(|(c, resource)| Missing { container: c.name.clone(), resource, mark: c.mark })
            .collect::<Vec<Missing>>()
    };
    let pod_requests = Amounts::read(own.and_then(|own| own.get("requests")), &mut Vec::new());
    pod.unlimited = missing(&|c, name| c.limits.get(name).is_some(), &limits);
    pod.unrequested = missing(&|c, name| c.requests.get(name).is_some(), &pod_requests);
    let overhead = Amounts::read(spec.and_then(|spec| spec.get("overhead")), &mut pod.unread);
    add_overhead(&mut pod, &overhead);
    pod
}

/// Overhead counts for requests always, for limits only where there is one.
fn add_overhead(pod: &mut PodResources, overhead: &Amounts) {
    pod.requests.add(overhead);
    for (name, amount) in &overhead.0 {
        if let Some(limit) = pod.limits.0.get_mut(name).filter(|limit| !limit.is_zero()) {
            *limit = *limit + *amount;
        }
    }
}

fn container_resources(
    container: &Container,
    ranges: &LimitRanges,
    unread: &mut Vec<Unread>,
) -> ContainerResources {
    let node = container.node.get("resources");
    let (mut no_limits, mut no_requests) = (Vec::new(), Vec::new());
    let mut limits = Amounts::read(node.and_then(|node| node.get("limits")), &mut no_limits);
    let mut requests = Amounts::read(node.and_then(|node| node.get("requests")), &mut no_requests);
    // The API server copies limits to requests before admission plugins see the pod.
    requests.complete_with(&limits);
    limits.complete_with(&ranges.default_limits);
    requests.complete_with(&ranges.default_requests);
    // What is written is no default, even where nobody can read it.
    limits.0.retain(|name, _| no_limits.iter().all(|gone| gone.resource != *name));
    requests.0.retain(|name, _| no_requests.iter().chain(&no_limits).all(|gone| gone.resource != *name));
    unread.extend(no_limits);
    unread.extend(no_requests);
    let mark = node.map_or(container.node.mark, |node| node.mark);
    ContainerResources { name: container.name.clone(), role: container.role, requests, limits, mark }
}

/// What all containers need together: those that run side by side, or the most that starting takes, whichever is more.
fn aggregate(containers: &[ContainerResources], of: fn(&ContainerResources) -> &Amounts) -> Amounts {
    let (mut running, mut sidecars, mut starting) =
        (Amounts::default(), Amounts::default(), Amounts::default());
    for container in containers {
        match container.role {
            ContainerRole::Main => running.add(of(container)),
            ContainerRole::Sidecar => {
                running.add(of(container));
                sidecars.add(of(container));
                starting.raise_to(&sidecars);
            }
            // Only the sidecars that were started before it run beside an init container.
            ContainerRole::Init => {
                let mut now = of(container).clone();
                now.add(&sidecars);
                starting.raise_to(&now);
            }
        }
    }
    running.raise_to(&starting);
    running
}

/// The amounts that stand at the pod itself, which replace the sums of its containers (KEP-2837); requests that are not
/// written default to the sum, and to the limit where no container asks (`defaults.go`, `setDefaultPodLevelResources`).
fn pod_level(own: Option<&Node>, sum: &Amounts, unread: &mut Vec<Unread>) -> (Amounts, Amounts) {
    let mut requests = Amounts::read(own.and_then(|own| own.get("requests")), unread);
    let mut limits = Amounts::read(own.and_then(|own| own.get("limits")), unread);
    requests.0.retain(|name, _| is_pod_level(name));
    limits.0.retain(|name, _| is_pod_level(name));
    let mut defaults = limits.clone();
    defaults.0.retain(|name, _| sum.get(name).is_none());
    requests.complete_with(&defaults);
    (requests, limits)
}

fn is_pod_level(name: &str) -> bool {
    COMPUTE.contains(&name) || name.starts_with("hugepages-")
}
