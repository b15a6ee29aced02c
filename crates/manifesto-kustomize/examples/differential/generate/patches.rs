//! Random patches and replacements.

use super::Generator;
use crate::yaml::{Yaml, map, raw};

impl Generator {
    /// A part of an object that was made, as a patch.
    pub(super) fn strategic(&mut self) -> Yaml {
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
                        metadata.set(self.random.pick(&["labels", "annotations"]) as &str, labels);
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

    pub(super) fn partial(&mut self, yaml: &Yaml) -> Yaml {
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

    pub(super) fn patch_entry(&mut self, directory: &str) -> Yaml {
        let json = self.random.percent(50);
        let aim = self.made_index();
        let documents = if json { vec![self.json_patch(aim)] } else { vec![self.strategic()] };
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
            if let Some(index) = aim {
                let made = &self.made[index];
                if self.random.percent(90) {
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

    pub(super) fn json_patch(&mut self, aim: Option<usize>) -> Yaml {
        let mut paths: Vec<String> = [
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
        ]
        .map(str::to_owned)
        .to_vec();
        if let (Some(index), true) = (aim, self.random.percent(80)) {
            paths = self.made[index].body.pointers("/", &|key| key.replace('~', "~0").replace('/', "~1"));
        }
        let operations = (0..=self.random.below(2)).map(|_| {
            let op =
                *self.random.pick(&["add", "replace", "remove", "add", "replace", "test", "copy", "move"]);
            let mut operation = map([("op", raw(op)), ("path", raw(self.random.pick(&paths).as_str()))]);
            match op {
                "copy" | "move" => operation.set("from", raw(self.random.pick(&paths).as_str())),
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

    pub(super) fn selector(&mut self, aim: Option<usize>) -> Yaml {
        let mut selector = map([]);
        if let Some(index) = aim {
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

    /// A path as replacements write it, mostly one that the object has.
    fn field_path(&mut self, aim: Option<usize>) -> String {
        if let (Some(index), true) = (aim, self.random.percent(75)) {
            let escape = |key: &str| if key.contains('.') { format!("[{key}]") } else { key.to_owned() };
            let paths = self.made[index].body.pointers(".", &escape);
            return self.random.pick(&paths).trim_start_matches('.').to_owned();
        }
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
        (*self.random.pick(&paths)).to_owned()
    }

    pub(super) fn replacement(&mut self) -> Yaml {
        let aim = self.made_index();
        let mut source = self.selector(aim);
        if self.random.percent(80) {
            let path = self.field_path(aim);
            source.set("fieldPath", raw(format!("\"{path}\"")));
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
        let aim = self.made_index();
        let mut target = map([("select", self.selector(aim))]);
        if self.random.percent(15) {
            let rejected = self.made_index();
            let reject = self.selector(rejected);
            target.set("reject", Yaml::List(vec![reject]));
        }
        let list = (0..=self.random.below(2)).map(|_| raw(format!("\"{}\"", self.field_path(aim)))).collect();
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
}
