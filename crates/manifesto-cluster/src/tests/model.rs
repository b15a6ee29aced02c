use super::cluster;
use crate::ContainerRole;

const OBJECTS: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      initContainers:
      - {name: migrate}
      - {name: proxy, restartPolicy: Always}
      containers:
      - name: web
        ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP, hostPort: 53}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: ops}
spec: {jobTemplate: {spec: {template: {spec: {hostNetwork: true, containers: [{name: backup}]}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: ops}
spec: {template: {spec: {containers: [{name: once}]}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: roll, namespace: ops}
spec: {template: {metadata: {labels: {app: roll}}, spec: {containers: [{name: roll}]}}}
---
apiVersion: example.org/v1
kind: Thing
metadata: {name: thing, namespace: ops}
spec: {template: {data: {a: b}}}
";

#[test]
fn templates_become_workloads() {
    let cluster = cluster(OBJECTS);
    let names: Vec<String> = cluster.workloads().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["shop/web", "ops/backup", "ops/once", "ops/roll"]);
    let [web, backup, once, _] = cluster.workloads() else { panic!() };
    assert_eq!(web.service_account, "web");
    assert_eq!(web.labels.get("app"), Some("web"));
    let roles: Vec<ContainerRole> = web.containers.iter().map(|container| container.role).collect();
    assert_eq!(roles, [ContainerRole::Init, ContainerRole::Sidecar, ContainerRole::Main]);
    let port = web.named_ports("dns").next().unwrap();
    assert_eq!((port.number, port.protocol.as_str(), port.host_port), (53, "UDP", Some(53)));
    assert!(backup.host_network && backup.service_account == "default");
    assert_eq!(once.labels.get("job-name"), Some("once"));
    assert_eq!(cluster.workloads_in("ops").count(), 3);
}

#[test]
fn namespaces_are_also_implied() {
    let cluster = cluster(OBJECTS);
    let shop = cluster.namespace("shop").unwrap();
    assert_eq!(shop.labels.get("kubernetes.io/metadata.name"), Some("shop"));
    assert_eq!(shop.labels.get("team"), Some("a"));
    let ops = cluster.namespace("ops").unwrap();
    assert!(ops.object.is_none() && ops.labels.get("kubernetes.io/metadata.name") == Some("ops"));
    assert!(cluster.namespace("other").is_none());
}

#[test]
fn objects_are_found_by_identity_and_each_is_there_once() {
    let twice = cluster(&format!("{OBJECTS}\n---\n{OBJECTS}"));
    assert_eq!(twice.objects().len(), 6);
    assert!(twice.get("apps", "Deployment", "shop", "web").is_some());
    assert!(twice.get("apps", "Deployment", "ops", "web").is_none());
    assert_eq!(twice.of_kind("batch", "Job").count(), 1);
}
