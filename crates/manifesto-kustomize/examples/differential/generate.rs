//! Random kustomizations.

mod objects;
mod patches;

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
                raw(*self.random.pick(&["x", "z", "web"]))
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
            7 => self.image(file),
            8 => {
                let name = self.scalable_name();
                file.set("replicas", Yaml::List(vec![map([("name", raw(name)), ("count", raw("5"))])]));
            }
            9 | 10 => self.generator(file, "configMapGenerator"),
            11 => self.generator(file, "secretGenerator"),
            12..=14 => {
                let patch = self.patch_entry(directory);
                Self::add(file, "patches", patch);
            }
            15 => {
                let patch = self.strategic();
                let entry = Yaml::Block(vec![patch]);
                Self::add(file, "patchesStrategicMerge", entry);
            }
            16 | 17 => {
                let replacement = self.replacement();
                Self::add(file, "replacements", replacement);
            }
            18 => self.var(file),
            19 => self.configuration(file, directory),
            20 => self.transformer(file, directory),
            _ => {
                let mut options = map([]);
                if self.random.percent(60) {
                    options.set("disableNameSuffixHash", raw("true"));
                }
                if self.random.percent(50) {
                    let labels = self.string_labels();
                    options.set(self.random.pick(&["labels", "annotations"]) as &str, labels);
                }
                if self.random.percent(30) {
                    options.set("immutable", raw("true"));
                }
                file.set("generatorOptions", options);
            }
        }
    }

    fn image(&mut self, file: &mut Yaml) {
        let mut image =
            map([("name", raw(*self.random.pick(&["nginx", "redis", "registry.io:5000/nginx"])))]);
        for (key, value) in
            [("newName", "other/img"), ("newTag", "\"2.0\""), ("digest", "sha256:def"), ("tagSuffix", "-x")]
        {
            if self.random.percent(35) {
                image.set(key, raw(value));
            }
        }
        file.set("images", Yaml::List(vec![image]));
    }

    fn var(&mut self, file: &mut Yaml) {
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

    fn add(file: &mut Yaml, field: &str, entry: Yaml) {
        let mut list = match file.get(field) {
            Some(Yaml::List(list)) => list.clone(),
            _ => Vec::new(),
        };
        list.push(entry);
        file.set(field, Yaml::List(list));
    }

    /// The name of something with replicas, mostly.
    fn scalable_name(&mut self) -> String {
        let scalable: Vec<&str> = self
            .made
            .iter()
            .filter(|made| matches!(made.kind, "Deployment" | "StatefulSet"))
            .map(|made| made.name.as_str())
            .collect();
        match scalable.as_slice() {
            [] => self.made_name(),
            several => (*self.random.pick(several)).to_owned(),
        }
    }

    fn string_labels(&mut self) -> Yaml {
        let mut labels = Vec::new();
        for _ in 0..=self.random.below(2) {
            let key = *self.random.pick(&KEYS[..5]);
            let value = *self.random.pick(&["x", "z", "\"8080\"", "\"true\"", "$(FOO)", "\"a b\"", "\"\""]);
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
        Self::add(file, field, generator);
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
                    ("replica", map([("name", raw(self.scalable_name())), ("count", raw("9"))])),
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
        Self::add(file, "transformers", raw(name));
    }
}
