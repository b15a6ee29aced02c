//! KSOPS, which decrypts Secrets while they are built: what is known of them without the keys.
//!
//! SOPS encrypts values and leaves the keys readable, so that identity and keys of a Secret can be told. The values stay
//! as they are in the file, and the objects are marked as sealed.

use manifesto_tree::{Gap, GapReason};
use manifesto_yaml::{Dialect, Entry, Mark, Node, Value, parse};

use super::{Accumulated, Context, Layer, check};
use crate::error::Outcome;
use crate::file::Text;
use crate::generate::{data_value, file_source};
use crate::node::{new_key, value_text};
use crate::object::{Object, metadata};

/// The plugin's own kind.
pub(super) fn is_ksops(node: &Node) -> bool {
    metadata::kind(node).eq_ignore_ascii_case("ksops")
        && metadata::api_version(node).starts_with("viaduct.ai/")
}

const NEEDS_HASH: &str = "kustomize.config.k8s.io/needs-hash";
const BEHAVIOR: &str = "kustomize.config.k8s.io/behavior";

impl Layer {
    /// Adds the Secrets that a KSOPS generator decrypts. `mark` is the line that names the generator.
    pub(super) fn run_ksops(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        config: &Node,
        mark: Mark,
    ) -> Outcome<()> {
        let mut known = 0;
        for file in config.get("files").map(Node::items).unwrap_or_default() {
            known += self.sealed_file(context, acc, value_text(file), mark)?;
        }
        for source in config.get("secretFrom").map(Node::items).unwrap_or_default() {
            known += self.sealed_source(context, acc, source, mark)?;
        }
        let name = metadata::name(config);
        let detail = format!(
            "KSOPS would have to decrypt `{name}`: of {known} objects identity and keys are known, and no values"
        );
        context.gap(Gap::new(GapReason::UnknownValue, detail).at(self.place(mark)));
        Ok(())
    }

    /// The objects of an encrypted file.
    fn sealed_file(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        path: &str,
        mark: Mark,
    ) -> Outcome<usize> {
        let what = format!("the encrypted file `{path}` cannot be loaded");
        let path = Text { value: path.into(), mark };
        let loaded = match context.loader.load(&self.root, &path.value) {
            Ok(loaded) => loaded,
            Err(error) => {
                self.unknown_secrets(context, acc, mark, &format!("{what}: {error}"));
                return Ok(0);
            }
        };
        let parsed = parse(&loaded.bytes, Dialect::GoV3, &context.session.limits().yaml);
        if let Some(error) = &parsed.error {
            self.unknown_secrets(context, acc, mark, &format!("{what}: {error}"));
        }
        let mut known = 0;
        for document in parsed.documents {
            let mut root = document.root;
            if let Some(mapping) = root.as_mapping_mut() {
                mapping.remove("sops");
            }
            if metadata::check(&root).is_err() {
                self.unknown_secrets(context, acc, mark, &format!("{what}: it holds what is no object"));
                continue;
            }
            known += 1;
            self.absorb_sealed(context, acc, Object::new(root, loaded.path.clone()), mark)?;
        }
        Ok(known)
    }

    /// A Secret that is made of encrypted files.
    fn sealed_source(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        source: &Node,
        mark: Mark,
    ) -> Outcome<usize> {
        let mut keys: Vec<String> = Vec::new();
        for file in source.get("files").map(Node::items).unwrap_or_default() {
            keys.extend(file_source(value_text(file)).ok().map(|(key, _)| key.to_owned()));
        }
        for env in source.get("envs").map(Node::items).unwrap_or_default() {
            match context.loader.load(&self.root, value_text(env)) {
                Ok(loaded) => {
                    let pairs = crate::generate::lines(&loaded.bytes).unwrap_or_default();
                    let own = |key: &String| !key.starts_with("sops_");
                    keys.extend(pairs.into_iter().map(|(_, key, _)| key).filter(own));
                }
                Err(error) => {
                    let detail =
                        format!("the encrypted file `{}` cannot be loaded: {error}", value_text(env));
                    self.unknown_secrets(context, acc, mark, &detail);
                }
            }
        }
        let text = |text: &str| Node::string(text).at(mark);
        let entry = |key: &str, value: Node| Entry { key: text(key), value };
        let data = keys.iter().map(|key| Entry { key: new_key(key).at(mark), value: data_value("", mark) });
        let kind = source.get("type").map(value_text).filter(|kind| !kind.is_empty()).unwrap_or("Opaque");
        let root = Node::mapping(vec![
            entry("apiVersion", text("v1")),
            entry("kind", text("Secret")),
            entry("metadata", source.get("metadata").cloned().unwrap_or_else(Node::null).at(mark)),
            entry("type", text(kind)),
            entry("data", Node::mapping(data.collect::<Vec<_>>()).at(mark)),
        ]);
        let root = root.all_at(mark);
        if metadata::check(&root).is_err() {
            self.unknown_secrets(context, acc, mark, "a Secret of KSOPS has no name");
            return Ok(0);
        }
        self.absorb_sealed(context, acc, Object::new(root, self.path.clone()), mark)?;
        Ok(1)
    }

    fn absorb_sealed(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        mut object: Object,
        mark: Mark,
    ) -> Outcome<()> {
        let what = "the encrypted object cannot be added";
        context.count_objects(1, &self.place(mark))?;
        self.came_from_here(&mut object);
        object.sealed = true;
        let annotations = metadata::text_map(object.root(), "annotations");
        let mut annotations = check(context, Some(self.place(mark)), what, annotations)?;
        if annotations.remove(NEEDS_HASH).is_some_and(|(value, _)| value == "true") {
            annotations.insert(metadata::NEEDS_HASH.into(), (metadata::ENABLED.into(), Mark::default()));
        }
        if let Some(behavior) = annotations.remove(BEHAVIOR) {
            annotations.insert(metadata::GENERATOR_BEHAVIOR.into(), behavior);
        }
        if object
            .root()
            .path(&["metadata", "annotations"])
            .is_some_and(|node| !matches!(node.value, Value::Scalar(_)))
        {
            let set = object.set_text_map("annotations", &annotations);
            check(context, Some(self.place(mark)), what, set)?;
        }
        self.absorb(context, acc, object, mark, what)
    }

    fn unknown_secrets(&self, context: &Context<'_>, acc: &mut Accumulated, mark: Mark, detail: &str) {
        acc.incomplete.get_or_insert(GapReason::Plugin);
        context.gap(Gap::new(GapReason::Plugin, detail).at(self.place(mark)));
    }
}
