//! Random objects.

use super::{Generator, Made, NAMESPACES};
use crate::yaml::{Yaml, map, raw};

impl Generator {
    pub(super) fn object(&mut self) -> Yaml {
        let (api_version, kind) = *self.random.pick(&[
            ("apps/v1", "Deployment"),
            ("apps/v1", "Deployment"),
            ("apps/v1", "StatefulSet"),
            ("v1", "ConfigMap"),
            ("v1", "ConfigMap"),
            ("v1", "Secret"),
            ("v1", "Service"),
            ("v1", "ServiceAccount"),
            ("v1", "Namespace"),
            ("v1", "Pod"),
            ("batch/v1", "CronJob"),
            ("batch/v1", "Job"),
            ("networking.k8s.io/v1", "Ingress"),
            ("networking.k8s.io/v1", "NetworkPolicy"),
            ("rbac.authorization.k8s.io/v1", "RoleBinding"),
            ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
            ("rbac.authorization.k8s.io/v1", "Role"),
            ("autoscaling/v2", "HorizontalPodAutoscaler"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
            ("example.com/v1", "Thing"),
            ("example.com/v1", "Namespace"),
            ("v1", "PersistentVolumeClaim"),
        ]);
        let name = self.name();
        let namespace = self.random.percent(35).then(|| (*self.random.pick(&NAMESPACES)).to_owned());
        let mut metadata = map([("name", raw(name.as_str()))]);
        if let Some(namespace) = &namespace {
            metadata.set("namespace", raw(namespace.as_str()));
        }
        if self.random.percent(40) {
            let labels = self.labels();
            metadata.set("labels", labels);
        }
        if self.random.percent(30) {
            let annotations = self.labels();
            metadata.set("annotations", annotations);
        }
        if self.random.percent(2) {
            metadata.set("annotations", map([("config.kubernetes.io/local-config", raw("\"true\""))]));
        }
        let mut object = map([("apiVersion", raw(api_version)), ("kind", raw(kind)), ("metadata", metadata)]);
        for (key, value) in self.body(kind) {
            object.set(key, value);
        }
        self.made.push(Made { api_version, kind, name, namespace, body: object.clone() });
        object
    }

    pub(super) fn body(&mut self, kind: &str) -> Vec<(&'static str, Yaml)> {
        match kind {
            "Deployment" | "StatefulSet" | "Job" | "CronJob" | "Pod" => self.workload(kind),
            "ConfigMap" | "Secret" | "Service" | "Ingress" | "NetworkPolicy" => self.plain(kind),
            _ => self.referring(kind),
        }
    }

    pub(super) fn workload(&mut self, kind: &str) -> Vec<(&'static str, Yaml)> {
        match kind {
            "Deployment" | "StatefulSet" | "Job" => {
                let mut spec = map([]);
                if self.random.percent(50) {
                    spec.set("replicas", raw(*self.random.pick(&["1", "\"2\"", "3"])));
                }
                if self.random.percent(40) {
                    let labels = self.labels();
                    spec.set("selector", map([("matchLabels", labels)]));
                }
                let template = self.template();
                spec.set("template", template);
                if kind == "StatefulSet" {
                    let name = self.name();
                    spec.set("serviceName", raw(name));
                    if self.random.percent(30) {
                        spec.set(
                            "volumeClaimTemplates",
                            Yaml::List(vec![map([("metadata", map([("name", raw("data"))]))])]),
                        );
                    }
                }
                vec![("spec", spec)]
            }
            "CronJob" => {
                let template = self.template();
                vec![("spec", map([("jobTemplate", map([("spec", map([("template", template)]))]))]))]
            }
            _ => {
                let spec = self.pod_spec();
                vec![("spec", spec)]
            }
        }
    }

    pub(super) fn plain(&mut self, kind: &str) -> Vec<(&'static str, Yaml)> {
        match kind {
            "ConfigMap" | "Secret" => {
                let mut data = Vec::new();
                for key in ["one", "two", "HOST"] {
                    if self.random.percent(50) {
                        data.push((key.to_owned(), self.word()));
                    }
                }
                vec![("data", Yaml::Map(data))]
            }
            "Service" => {
                let labels = self.labels();
                let ports = (0..=self.random.below(2)).map(|index| self.port("port", index)).collect();
                vec![("spec", map([("selector", labels), ("ports", Yaml::List(ports))]))]
            }
            "Ingress" => {
                let (service, secret) = (self.name(), self.name());
                let backend = map([("service", map([("name", raw(service))]))]);
                let path = map([("path", raw("/")), ("backend", backend)]);
                let rule = map([
                    ("host", raw("$(FOO).example.com")),
                    ("http", map([("paths", Yaml::List(vec![path]))])),
                ]);
                let tls =
                    map([("secretName", raw(secret)), ("hosts", Yaml::List(vec![raw("a.example.com")]))]);
                vec![("spec", map([("rules", Yaml::List(vec![rule])), ("tls", Yaml::List(vec![tls]))]))]
            }
            _ => {
                let labels = self.labels();
                vec![("spec", map([("podSelector", map([("matchLabels", labels)]))]))]
            }
        }
    }

    pub(super) fn referring(&mut self, kind: &str) -> Vec<(&'static str, Yaml)> {
        match kind {
            "RoleBinding" | "ClusterRoleBinding" => {
                let mut subject = map([("kind", raw("ServiceAccount"))]);
                let name = if self.random.percent(30) { "default".to_owned() } else { self.name() };
                subject.set("name", raw(name));
                if self.random.percent(50) {
                    subject.set("namespace", raw(*self.random.pick(&NAMESPACES[..3])));
                }
                let role = self.name();
                let kind = *self.random.pick(&["Role", "ClusterRole"]);
                let role = map([
                    ("apiGroup", raw("rbac.authorization.k8s.io")),
                    ("kind", raw(kind)),
                    ("name", raw(role)),
                ]);
                vec![("subjects", Yaml::List(vec![subject])), ("roleRef", role)]
            }
            "Role" => {
                let names = vec![raw(self.name()), raw(self.name())];
                let rule = map([
                    ("resources", Yaml::List(vec![raw("secrets")])),
                    ("resourceNames", Yaml::List(names)),
                ]);
                vec![("rules", Yaml::List(vec![rule]))]
            }
            "HorizontalPodAutoscaler" => {
                let name = self.name();
                let target =
                    map([("apiVersion", raw("apps/v1")), ("kind", raw("Deployment")), ("name", raw(name))]);
                vec![("spec", map([("scaleTargetRef", target)]))]
            }
            "ValidatingWebhookConfiguration" => {
                let name = self.name();
                let mut service = map([("name", raw(name))]);
                if self.random.percent(60) {
                    service.set("namespace", raw(*self.random.pick(&NAMESPACES[..3])));
                }
                let hook = map([("name", raw("h")), ("clientConfig", map([("service", service)]))]);
                vec![("webhooks", Yaml::List(vec![hook]))]
            }
            "PersistentVolumeClaim" => vec![("spec", map([("volumeName", raw(self.name()))]))],
            _ => {
                let (word, list) = (self.word(), vec![self.word(), self.word()]);
                let items = vec![map([("name", raw("a")), ("v", raw("1"))]), map([("name", raw("b"))])];
                let mut spec =
                    map([("field", word), ("list", Yaml::List(list)), ("items", Yaml::List(items))]);
                if self.random.percent(30) {
                    let pod = self.pod_spec();
                    spec.set("embedded", pod);
                }
                vec![("spec", spec)]
            }
        }
    }

    pub(super) fn port(&mut self, field: &str, index: usize) -> Yaml {
        let mut port = map([(field, raw(*self.random.pick(&["80", "443", "53"])))]);
        if self.random.percent(50) {
            port.set("name", raw(format!("p{index}")));
        }
        if self.random.percent(50) {
            port.set("protocol", raw(*self.random.pick(&["TCP", "UDP"])));
        }
        if self.random.percent(20) {
            port.set("targetPort", raw("$(FOO)"));
        }
        port
    }

    pub(super) fn template(&mut self) -> Yaml {
        let spec = self.pod_spec();
        let mut template = map([("spec", spec)]);
        if self.random.percent(50) {
            let labels = self.labels();
            template.set("metadata", map([("labels", labels)]));
        }
        template
    }

    pub(super) fn pod_spec(&mut self) -> Yaml {
        let containers = (0..=self.random.below(2)).map(|index| self.container(index)).collect();
        let mut spec = map([("containers", Yaml::List(containers))]);
        if self.random.percent(30) {
            let name = self.name();
            spec.set("serviceAccountName", raw(name));
        }
        if self.random.percent(20) {
            spec.set("initContainers", *self.random.pick(&[raw(""), raw("[]")].map(Box::new)).clone());
        }
        if self.random.percent(40) {
            let (config, secret) = (self.name(), self.name());
            let volumes = vec![
                map([("name", raw("v")), ("configMap", map([("name", raw(config))]))]),
                map([("name", raw("w")), ("secret", map([("secretName", raw(secret))]))]),
            ];
            spec.set("volumes", Yaml::List(volumes));
        }
        spec
    }

    pub(super) fn container(&mut self, index: usize) -> Yaml {
        let image = *self.random.pick(&["nginx", "nginx:1.7", "registry.io:5000/nginx@sha256:abc", "redis"]);
        let mut container = map([("name", raw(format!("c{index}"))), ("image", raw(image))]);
        if self.random.percent(50) {
            let mut env = Vec::new();
            for _ in 0..=self.random.below(2) {
                let name = *self.random.pick(&["A", "B", "C"]);
                if self.random.percent(40) {
                    let reference = self.name();
                    let kind = *self.random.pick(&["configMapKeyRef", "secretKeyRef"]);
                    let from = Yaml::Map(vec![(
                        kind.to_owned(),
                        map([("name", raw(reference)), ("key", raw("one"))]),
                    )]);
                    env.push(map([("name", raw(name)), ("valueFrom", from)]));
                } else {
                    let value = self.word();
                    env.push(map([("name", raw(name)), ("value", value)]));
                }
            }
            container.set("env", Yaml::List(env));
        }
        if self.random.percent(40) {
            let ports = (0..=self.random.below(2)).map(|index| self.port("containerPort", index)).collect();
            container.set("ports", Yaml::List(ports));
        }
        if self.random.percent(30) {
            let args = vec![raw("$(FOO)"), raw("--x=$(FOO)"), raw("$$(FOO)")];
            container.set("args", Yaml::List(args));
        }
        container
    }
}
