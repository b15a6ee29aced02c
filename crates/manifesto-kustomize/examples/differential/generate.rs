//! Random kustomizations.

use crate::Case;
use crate::random::Random;
use crate::yaml::{Yaml, map, raw};

const NAMES: [&str; 7] = ["a", "b", "web", "db", "cfg", "cred", "\"12\""];
const NAMESPACES: [&str; 4] = ["default", "one", "two", "\"7\""];
const KEYS: [&str; 6] = ["app", "tier", "app.kubernetes.io/name", "x", "foo", "\"1\""];
const WORDS: [&str; 30] = [
    "x",
    "y",
    "web",
    "8080",
    "\"8080\"",
    "true",
    "\"true\"",
    "yes",
    "null",
    "~",
    "",
    "1.0",
    "1e3",
    "1000000",
    "0755",
    "0x1F",
    "2001-12-14",
    "'single'",
    "\"dou\\nble\"",
    "a b",
    "a,b",
    "k=v",
    "\"\"",
    "$(FOO)",
    "pre-$(FOO)-post",
    "1.5",
    "-1",
    "\"a: b\"",
    "registry.io/org/app:1.2",
    "12345678901234567890",
];

struct Made {
    api_version: &'static str,
    kind: &'static str,
    name: String,
    namespace: Option<String>,
    body: Yaml,
}

struct Generator {
    random: Random,
    files: Case,
    made: Vec<Made>,
    count: usize,
}

/// The case of a seed.
pub(crate) fn case(seed: u64) -> Case {
    let mut generator =
        Generator { random: Random::new(seed), files: Vec::new(), made: Vec::new(), count: 0 };
    let depth = 1 + generator.random.below(3);
    generator.layer("top", depth, false);
    generator.files
}

impl Generator {
    fn word(&mut self) -> Yaml {
        raw(*self.random.pick(&WORDS))
    }

    fn name(&mut self) -> String {
        let usual = self.random.percent(97);
        (*self.random.pick(&NAMES[..if usual { 6 } else { 7 }])).to_owned()
    }

    fn labels(&mut self) -> Yaml {
        let mut labels = Vec::new();
        for _ in 0..=self.random.below(2) {
            let odd = self.random.percent(3);
            let key = *self.random.pick(&KEYS[..if odd { 6 } else { 5 }]);
            let value = if self.random.percent(70) {
                raw(*self.random.pick(&["x", "y", "web"]))
            } else {
                self.word()
            };
            labels.push((key.to_owned(), value));
        }
        labels.dedup_by(|a, b| a.0 == b.0);
        Yaml::Map(labels)
    }

    /// A file with objects.
    fn resource_file(&mut self, directory: &str) -> String {
        self.count += 1;
        let name = format!("r{}.yaml", self.count);
        let docs: Vec<Yaml> = (0..=self.random.below(2)).map(|_| self.object()).collect();
        self.files.push((format!("{directory}/{name}"), docs));
        name
    }

    fn object(&mut self) -> Yaml {
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

    fn body(&mut self, kind: &str) -> Vec<(&'static str, Yaml)> {
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
            "Pod" => {
                let spec = self.pod_spec();
                vec![("spec", spec)]
            }
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
            "NetworkPolicy" => {
                let labels = self.labels();
                vec![("spec", map([("podSelector", map([("matchLabels", labels)]))]))]
            }
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

    fn port(&mut self, field: &str, index: usize) -> Yaml {
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

    fn template(&mut self) -> Yaml {
        let spec = self.pod_spec();
        let mut template = map([("spec", spec)]);
        if self.random.percent(50) {
            let labels = self.labels();
            template.set("metadata", map([("labels", labels)]));
        }
        template
    }

    fn pod_spec(&mut self) -> Yaml {
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

    fn container(&mut self, index: usize) -> Yaml {
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

    /// A kustomization with what it needs.
    fn layer(&mut self, directory: &str, depth: usize, component: bool) {
        let mut file = map([]);
        if component {
            file.set("apiVersion", raw("kustomize.config.k8s.io/v1alpha1"));
            file.set("kind", raw("Component"));
        }
        let mut resources = Vec::new();
        if depth > 0 {
            for _ in 0..=self.random.below(2) {
                self.count += 1;
                let base = format!("base{}", self.count);
                self.layer(&base, depth - 1, false);
                resources.push(raw(format!("../{base}")));
                if self.random.percent(10) {
                    resources.push(raw(format!("../{base}")));
                }
            }
        }
        if depth == 0 || self.random.percent(40) {
            resources.push(raw(self.resource_file(directory)));
        }
        if !resources.is_empty() {
            file.set("resources", Yaml::List(resources));
        }
        if depth > 0 && self.random.percent(25) {
            self.count += 1;
            let name = format!("component{}", self.count);
            self.layer(&name, 0, true);
            file.set("components", Yaml::List(vec![raw(format!("../{name}"))]));
        }
        for _ in 0..=self.random.below(3) {
            self.feature(&mut file, directory);
        }
        if directory == "top" && self.random.percent(20) {
            file.set("sortOptions", map([("order", raw(*self.random.pick(&["fifo", "legacy"])))]));
        }
        if directory == "top" && self.random.percent(8) {
            let option =
                *self.random.pick(&["originAnnotations", "transformerAnnotations", "managedByLabel"]);
            file.set("buildMetadata", Yaml::List(vec![raw(option)]));
        }
        self.files.push((format!("{directory}/kustomization.yaml"), vec![file]));
    }

    fn feature(&mut self, file: &mut Yaml, directory: &str) {
        match self.random.below(22) {
            0 => file.set("namespace", raw(*self.random.pick(&NAMESPACES))),
            1 => file.set("namePrefix", raw(*self.random.pick(&["p-", "q-", "\"1\""]))),
            2 => file.set("nameSuffix", raw(*self.random.pick(&["-s", "-t"]))),
            3 => {
                let labels = self.string_labels();
                file.set("commonLabels", labels);
            }
            4 | 5 => {
                let mut label = map([("pairs", self.string_labels())]);
                if self.random.percent(40) {
                    label.set("includeSelectors", raw("true"));
                }
                if self.random.percent(40) {
                    label.set("includeTemplates", raw("true"));
                }
                if self.random.percent(15) {
                    let spec = map([("path", raw("spec/extra/labels")), ("create", raw("true"))]);
                    label.set("fields", Yaml::List(vec![spec]));
                }
                file.set("labels", Yaml::List(vec![label]));
            }
            6 => {
                let annotations = self.string_labels();
                file.set("commonAnnotations", annotations);
            }
            7 => {
                let mut image =
                    map([("name", raw(*self.random.pick(&["nginx", "redis", "registry.io:5000/nginx"])))]);
                for (key, value) in [
                    ("newName", "other/img"),
                    ("newTag", "\"2.0\""),
                    ("digest", "sha256:def"),
                    ("tagSuffix", "-x"),
                ] {
                    if self.random.percent(35) {
                        image.set(key, raw(value));
                    }
                }
                file.set("images", Yaml::List(vec![image]));
            }
            8 => {
                let name = self.made_name();
                file.set("replicas", Yaml::List(vec![map([("name", raw(name)), ("count", raw("5"))])]));
            }
            9 | 10 => self.generator(file, "configMapGenerator"),
            11 => self.generator(file, "secretGenerator"),
            12..=14 => {
                let patch = self.patch_entry(directory);
                self.add(file, "patches", patch);
            }
            15 => {
                let patch = self.strategic();
                let entry = Yaml::Block(vec![patch]);
                self.add(file, "patchesStrategicMerge", entry);
            }
            16 | 17 => {
                let replacement = self.replacement();
                self.add(file, "replacements", replacement);
            }
            18 => {
                let made = self.made_index();
                let Some(made) = made.and_then(|index| self.made.get(index)) else { return };
                let mut object = map([
                    ("kind", raw(made.kind)),
                    ("apiVersion", raw(made.api_version)),
                    ("name", raw(made.name.as_str())),
                ]);
                if let (Some(namespace), true) = (&made.namespace, true) {
                    object.set("namespace", raw(namespace.as_str()));
                }
                let mut var = map([("name", raw("FOO")), ("objref", object)]);
                if self.random.percent(50) {
                    let path = *self.random.pick(&[
                        "metadata.namespace",
                        "data.one",
                        "spec.replicas",
                        "spec.template.spec.containers[0].image",
                    ]);
                    var.set("fieldref", map([("fieldpath", raw(path))]));
                }
                file.set("vars", Yaml::List(vec![var]));
            }
            19 => self.configuration(file, directory),
            20 => self.transformer(file, directory),
            _ => {
                let mut options = map([]);
                if self.random.percent(60) {
                    options.set("disableNameSuffixHash", raw("true"));
                }
                if self.random.percent(50) {
                    let labels = self.string_labels();
                    options.set(*self.random.pick(&["labels", "annotations"]), labels);
                }
                if self.random.percent(30) {
                    options.set("immutable", raw("true"));
                }
                file.set("generatorOptions", options);
            }
        }
    }

    fn add(&mut self, file: &mut Yaml, field: &str, entry: Yaml) {
        let mut list = match file.get(field) {
            Some(Yaml::List(list)) => list.clone(),
            _ => Vec::new(),
        };
        list.push(entry);
        file.set(field, Yaml::List(list));
    }

    fn string_labels(&mut self) -> Yaml {
        let mut labels = Vec::new();
        for _ in 0..=self.random.below(2) {
            let key = *self.random.pick(&KEYS[..5]);
            let value = *self.random.pick(&["x", "y", "\"8080\"", "\"true\"", "$(FOO)", "\"a b\"", "\"\""]);
            labels.push((key.to_owned(), raw(value)));
        }
        labels.dedup_by(|a, b| a.0 == b.0);
        Yaml::Map(labels)
    }

    fn made_index(&mut self) -> Option<usize> {
        (!self.made.is_empty()).then(|| self.random.below(self.made.len()))
    }

    fn made_name(&mut self) -> String {
        match self.made_index() {
            Some(index) => self.made[index].name.clone(),
            None => "a".to_owned(),
        }
    }

    fn generator(&mut self, file: &mut Yaml, field: &str) {
        let name = *self.random.pick(&["cfg", "cred", "gen"]);
        let mut generator = map([("name", raw(name))]);
        if self.random.percent(30) {
            generator.set("namespace", raw(*self.random.pick(&NAMESPACES)));
        }
        if self.random.percent(30) {
            generator.set("behavior", raw(*self.random.pick(&["merge", "replace", "create"])));
        }
        let literals = ["one=1", "two=a=b", "three='q'", "HOST=x y", "one=yes", "four="];
        let list =
            (0..=self.random.below(2)).map(|_| raw(format!("\"{}\"", self.random.pick(&literals)))).collect();
        generator.set("literals", Yaml::List(list));
        if self.random.percent(30) {
            generator.set("options", map([("disableNameSuffixHash", raw("true"))]));
        }
        self.add(file, field, generator);
    }

    /// A part of an object that was made, as a patch.
    fn strategic(&mut self) -> Yaml {
        let Some(index) = self.made_index() else { return map([("kind", raw("ConfigMap"))]) };
        let body = self.made[index].body.clone();
        let mut patch = map([]);
        let Yaml::Map(entries) = &body else { return patch };
        for (key, value) in entries {
            let value = match key.as_str() {
                "apiVersion" | "kind" => value.clone(),
                "metadata" => {
                    let mut metadata = map([]);
                    for field in ["name", "namespace"] {
                        if let Some(value) = value.get(field) {
                            metadata.set(field, value.clone());
                        }
                    }
                    if self.random.percent(30) {
                        let labels = self.labels();
                        metadata.set(*self.random.pick(&["labels", "annotations"]), labels);
                    }
                    metadata
                }
                _ => self.partial(value),
            };
            patch.set(key, value);
        }
        if self.random.percent(4) {
            patch.set("$patch", raw(*self.random.pick(&["delete", "replace", "merge"])));
        }
        patch
    }

    fn partial(&mut self, yaml: &Yaml) -> Yaml {
        match yaml {
            Yaml::Map(entries) => {
                let mut kept = Vec::new();
                for (key, value) in entries {
                    let is_key = matches!(key.as_str(), "name" | "containerPort" | "port");
                    if is_key && self.random.percent(92) {
                        kept.push((key.clone(), value.clone()));
                    } else if self.random.percent(60) {
                        kept.push((key.clone(), self.partial(value)));
                    }
                }
                if self.random.percent(6) {
                    kept.push(("$patch".to_owned(), raw(*self.random.pick(&["delete", "replace", "merge"]))));
                }
                if self.random.percent(15) {
                    let value = self.word();
                    kept.push(("added".to_owned(), value));
                }
                kept.dedup_by(|a, b| a.0 == b.0);
                Yaml::Map(kept)
            }
            Yaml::List(items) => {
                let mut kept: Vec<Yaml> = Vec::new();
                for item in items {
                    if self.random.percent(70) {
                        kept.push(self.partial(item));
                    }
                }
                if self.random.percent(10) {
                    kept.push(map([("$patch", raw(*self.random.pick(&["delete", "replace", "merge"])))]));
                }
                if self.random.percent(15) {
                    let value = self.word();
                    kept.push(map([("name", raw("new")), ("value", value)]));
                }
                Yaml::List(kept)
            }
            other if self.random.percent(50) => other.clone(),
            _ if self.random.percent(15) => raw("null"),
            _ => self.word(),
        }
    }

    fn patch_entry(&mut self, directory: &str) -> Yaml {
        let json = self.random.percent(50);
        let documents = if json { vec![self.json_patch()] } else { vec![self.strategic()] };
        let mut entry = map([]);
        if self.random.percent(30) {
            self.count += 1;
            let name = format!("patch{}.yaml", self.count);
            self.files.push((format!("{directory}/{name}"), documents));
            entry.set("path", raw(name));
        } else {
            entry.set("patch", Yaml::Block(documents));
        }
        if json || self.random.percent(40) {
            let mut target = map([]);
            if let Some(index) = self.made_index() {
                let made = &self.made[index];
                if self.random.percent(80) {
                    target.set("kind", raw(made.kind));
                }
                if self.random.percent(60) {
                    target.set("name", raw(made.name.as_str()));
                }
                if self.random.percent(10) {
                    target.set("name", raw("\"[a-d].*\""));
                }
                if self.random.percent(10) {
                    target.set(
                        "labelSelector",
                        raw(*self.random.pick(&["app=x", "app", "!app", "\"app in (x, y)\""])),
                    );
                }
            }
            entry.set("target", target);
        }
        if self.random.percent(10) {
            entry.set("options", map([("allowNameChange", raw("true"))]));
        }
        if self.random.percent(5) {
            entry.set("options", map([("allowKindChange", raw("true"))]));
        }
        entry
    }

    fn json_patch(&mut self) -> Yaml {
        let paths = [
            "/metadata/labels",
            "/metadata/labels/app",
            "/metadata/annotations",
            "/metadata/annotations/foo",
            "/metadata/name",
            "/metadata/namespace",
            "/spec/replicas",
            "/spec/template/spec/containers/0/image",
            "/spec/template/spec/containers/-",
            "/spec/template/spec/containers/0",
            "/spec/template/spec/containers/-1/env",
            "/data/one",
            "/data",
            "/spec/field",
            "/spec/list/1",
            "/spec/list/-",
            "/spec/new",
            "/spec/a~1b",
            "/subjects/0/name",
        ];
        let operations = (0..=self.random.below(2)).map(|_| {
            let op =
                *self.random.pick(&["add", "replace", "remove", "add", "replace", "test", "copy", "move"]);
            let mut operation = map([("op", raw(op)), ("path", raw(*self.random.pick(&paths)))]);
            match op {
                "copy" | "move" => operation.set("from", raw(*self.random.pick(&paths))),
                "remove" => {}
                _ => {
                    let value = match self.random.below(4) {
                        0 => self.labels(),
                        1 => Yaml::List(vec![self.word()]),
                        _ => self.word(),
                    };
                    operation.set("value", value);
                }
            }
            operation
        });
        Yaml::List(operations.collect())
    }

    fn selector(&mut self) -> Yaml {
        let mut selector = map([]);
        if let Some(index) = self.made_index() {
            let made = &self.made[index];
            if self.random.percent(85) {
                selector.set("kind", raw(made.kind));
            }
            if self.random.percent(65) {
                selector.set("name", raw(made.name.as_str()));
            }
            if let (Some(namespace), true) = (&made.namespace, self.random.percent(40)) {
                selector.set("namespace", raw(namespace.as_str()));
            }
        }
        selector
    }

    fn replacement(&mut self) -> Yaml {
        let paths = [
            "metadata.name",
            "metadata.namespace",
            "metadata.labels.app",
            "metadata.annotations.[app.kubernetes.io/name]",
            "spec.replicas",
            "spec.template.spec.containers.0.image",
            "spec.template.spec.containers.[name=c0].image",
            "spec.template.spec.containers.*.image",
            "data.one",
            "data.HOST",
            "spec.field",
            "spec.list.0",
            "spec.new.deep",
            "spec.template.spec.containers.[name=c1].env.[name=A].value",
            "spec.template.metadata.labels",
            "spec.selector",
            "spec.ports.0.port",
            "spec.rules.0.host",
            "spec.items.[name=b].v",
        ];
        let mut source = self.selector();
        if self.random.percent(80) {
            source.set("fieldPath", raw(format!("\"{}\"", self.random.pick(&paths))));
        }
        let mut replacement = map([]);
        if self.random.percent(15) {
            let value = raw(*self.random.pick(&["x", "\"80\"", "\"true\""]));
            replacement.set("sourceValue", value);
        } else {
            if self.random.percent(20) {
                source.set("options", map([("delimiter", raw("\":\"")), ("index", raw("0"))]));
            }
            replacement.set("source", source);
        }
        let mut target = map([("select", self.selector())]);
        if self.random.percent(15) {
            let reject = self.selector();
            target.set("reject", Yaml::List(vec![reject]));
        }
        let list =
            (0..=self.random.below(2)).map(|_| raw(format!("\"{}\"", self.random.pick(&paths)))).collect();
        target.set("fieldPaths", Yaml::List(list));
        let mut options = map([]);
        if self.random.percent(40) {
            options.set("create", raw("true"));
        }
        if self.random.percent(25) {
            options.set("delimiter", raw(*self.random.pick(&["\":\"", "\".\"", "\"-\""])));
            options.set("index", raw(*self.random.pick(&["0", "1", "-1", "99"])));
        }
        target.set("options", options);
        replacement.set("targets", Yaml::List(vec![target]));
        replacement
    }

    fn configuration(&mut self, file: &mut Yaml, directory: &str) {
        self.count += 1;
        let name = format!("config{}.yaml", self.count);
        let spec = |kind: &str, path: &str, create: bool| {
            let mut spec = map([("path", raw(path))]);
            if !kind.is_empty() {
                spec.set("kind", raw(kind));
            }
            if create {
                spec.set("create", raw("true"));
            }
            spec
        };
        let mut config = map([]);
        match self.random.below(6) {
            0 => config.set("namePrefix", Yaml::List(vec![spec("Thing", "spec/field", false)])),
            1 => config.set("commonLabels", Yaml::List(vec![spec("Thing", "spec/selector", true)])),
            2 => config.set("namespace", Yaml::List(vec![spec("Thing", "spec/target/namespace", true)])),
            3 => config.set("images", Yaml::List(vec![spec("Thing", "spec/field", false)])),
            4 => config.set(
                "varReference",
                Yaml::List(vec![spec("Thing", "spec/field", false), spec("", "data", false)]),
            ),
            _ => {
                let reference = map([
                    ("kind", raw(*self.random.pick(&["ConfigMap", "Deployment", "Thing"]))),
                    (
                        "fieldSpecs",
                        Yaml::List(vec![
                            spec("Thing", "spec/field", false),
                            spec("Thing", "spec/list", false),
                        ]),
                    ),
                ]);
                config.set("nameReference", Yaml::List(vec![reference]));
            }
        }
        self.files.push((format!("{directory}/{name}"), vec![config]));
        file.set("configurations", Yaml::List(vec![raw(name)]));
    }

    fn transformer(&mut self, file: &mut Yaml, directory: &str) {
        let specs = |path: &str| Yaml::List(vec![map([("path", raw(path)), ("create", raw("true"))])]);
        let (kind, fields): (&str, Vec<(&str, Yaml)>) = match self.random.below(6) {
            0 => ("PrefixTransformer", vec![("prefix", raw("x-")), ("fieldSpecs", specs("metadata/name"))]),
            1 => (
                "LabelTransformer",
                vec![("labels", self.labels()), ("fieldSpecs", specs("metadata/labels"))],
            ),
            2 => (
                "AnnotationsTransformer",
                vec![("annotations", self.labels()), ("fieldSpecs", specs("metadata/annotations"))],
            ),
            3 => {
                let mut fields = vec![("fieldSpecs", specs("metadata/namespace"))];
                if self.random.percent(50) {
                    fields.push(("unsetOnly", raw("true")));
                }
                if self.random.percent(50) {
                    fields.push((
                        "setRoleBindingSubjects",
                        raw(*self.random.pick(&["none", "allServiceAccounts", "defaultOnly"])),
                    ));
                }
                ("NamespaceTransformer", fields)
            }
            4 => (
                "ReplicaCountTransformer",
                vec![
                    ("replica", map([("name", raw(self.made_name())), ("count", raw("9"))])),
                    (
                        "fieldSpecs",
                        Yaml::List(vec![map([
                            ("path", raw("spec/replicas")),
                            ("kind", raw("Deployment")),
                            ("create", raw("true")),
                        ])]),
                    ),
                ],
            ),
            _ => (
                "ImageTagTransformer",
                vec![
                    ("imageTag", map([("name", raw("nginx")), ("newTag", raw("9"))])),
                    ("fieldSpecs", specs("spec/template/spec/containers[]/image")),
                ],
            ),
        };
        let mut plugin = map([
            ("apiVersion", raw("builtin")),
            ("kind", raw(kind)),
            ("metadata", map([("name", raw("plugin")), ("namespace", raw("three"))])),
        ]);
        for (key, value) in fields {
            plugin.set(key, value);
        }
        self.count += 1;
        let name = format!("transformer{}.yaml", self.count);
        self.files.push((format!("{directory}/{name}"), vec![plugin]));
        self.add(file, "transformers", raw(name));
    }
}
