//! `configMapGenerator`, `secretGenerator`, `helmCharts`, `generators`.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_yaml::{Entry, Mark, Node};

use super::origin::Origin;
use super::{Accumulated, Context, Layer, check};
use crate::error::{Halt, Outcome};
use crate::file::{Generator, GeneratorOptions, Text, merged_options};
use crate::generate::{Generated, Pair, data_value, file_source, generate, lines, literal};
use crate::node::{new_key, raw_text, value_text};
use crate::object::{Object, Via, metadata};

impl Layer {
    /// Generates objects: ConfigMaps, Secrets, charts, and then what plugins make.
    pub(super) fn run_generators(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let lists = [
            (Generated::ConfigMap, &self.file.config_map_generator),
            (Generated::Secret, &self.file.secret_generator),
        ];
        for (what, list) in lists {
            for args in list.iter().flatten() {
                let options = merged_options(args.options.as_ref(), self.file.generator_options.as_ref());
                let origin = self.builtin_origin(&format!("{}Generator", what.kind()));
                self.run_generator(context, acc, what, args, options.as_ref(), origin.as_ref())?;
            }
        }
        self.run_charts(context, acc)?;
        self.run_plugin_generators(context, acc)
    }

    /// The origin of what a field of this file makes.
    pub(super) fn builtin_origin(&self, kind: &str) -> Option<Origin> {
        self.origin.as_ref().map(|origin| origin.builtin(self.name, kind))
    }

    /// Generates one ConfigMap or Secret.
    pub(super) fn run_generator(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        what: Generated,
        args: &Generator,
        options: Option<&GeneratorOptions>,
        origin: Option<&Origin>,
    ) -> Outcome<()> {
        let place = Some(self.place(args.mark));
        let words = format!("the {} `{}` cannot be generated", what.kind(), args.name);
        let pairs = self.load_pairs(context, args, &words)?;
        let generated = generate(what, args, options, pairs, &self.path);
        let mut object = check(context, place.clone(), &words, generated)?;
        context.count_objects(1, &self.place(args.mark))?;
        self.came_from_here(&mut object);
        if let Some(origin) = origin {
            let set = object.set_switch(metadata::ORIGIN, &origin.text());
            check(context, place, &words, set)?;
        }
        self.absorb(context, acc, object, args.mark, &words)
    }

    /// An object that this file makes came through the components around it.
    pub(super) fn came_from_here(&self, object: &mut Object) {
        if let Some((nearest, outer)) = self.component_of.split_last() {
            object.came_through(&Arc::new(Via::below(outer, nearest.clone(), None)));
        }
    }

    /// All keys and values, in the order of upstream: files of pairs, literals, files.
    fn load_pairs(&self, context: &Context<'_>, args: &Generator, what: &str) -> Outcome<Vec<Pair>> {
        let mut pairs = Vec::new();
        for env in &args.envs {
            let loaded = self.load(context, env, what)?;
            let read = lines(&loaded.bytes)
                .map_err(|why| self.refused(env.mark, what, format!("{}: {why}", loaded.path)))?;
            pairs.extend(read.into_iter().map(|(line, key, value)| Pair {
                key: key.into(),
                value: value.into_bytes(),
                file: loaded.path.clone(),
                mark: Mark { line, column: 1, file: 0 },
            }));
        }
        for source in &args.literals {
            let (key, value) = literal(&source.value).map_err(|why| self.refused(source.mark, what, why))?;
            pairs.push(Pair {
                key: key.into(),
                value: value.into(),
                file: self.path.clone(),
                mark: source.mark,
            });
        }
        for source in &args.files {
            let (key, path) =
                file_source(&source.value).map_err(|why| self.refused(source.mark, what, why))?;
            let path = Text { value: path.into(), mark: source.mark };
            let loaded = self.load(context, &path, what)?;
            let charged = context.meter.charge(loaded.bytes.len() as u64 / 64);
            check(context, Some(self.place(source.mark)), what, charged)?;
            pairs.push(Pair {
                key: key.into(),
                value: loaded.bytes.to_vec(),
                file: loaded.path,
                mark: Mark { line: 1, column: 1, file: 0 },
            });
        }
        Ok(pairs)
    }

    /// Adds a generated object, or puts it in the place of the one that has its id (api/resmap, AbsorbAll).
    pub(super) fn absorb(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        mut object: Object,
        mark: Mark,
        what: &str,
    ) -> Outcome<()> {
        let schema = context.schema();
        let place = Some(self.place(mark));
        let id = object.identity(&schema).current.clone();
        let behavior = metadata::annotation(object.root(), metadata::GENERATOR_BEHAVIOR).unwrap_or_default();
        let (merges, replaces) = (behavior == "merge", behavior == "replace");
        let positions = acc.objects.by_any_id(&id.name, &schema, |other| other.is(&id));
        let refused = |why: String| Halt::refused(place.clone(), what, why);
        match positions.as_slice() {
            [] if merges || replaces => match acc.incomplete {
                // What it changes may be among what is not known.
                Some(reason) => {
                    self.note_unknown(context, reason, mark, what, &format!("no {} is known", id.words()));
                    check(context, place, what, acc.objects.append(object, &schema))
                }
                None => Err(refused(format!("there is no {} to {behavior}", id.words()))
                    .remedy("take `behavior` out, or add the base that has it")),
            },
            [] => check(context, place, what, acc.objects.append(object, &schema)),
            [_] if !merges && !replaces => Err(refused(format!("there is a {} already", id.words()))
                .remedy("say `behavior: merge` or `behavior: replace`")),
            [position] => {
                let Some(old) = acc.objects.get(*position) else { return Ok(()) };
                let taken = take_over(&mut object, old, merges);
                check(context, place, what, taken)?;
                acc.objects.replace(*position, object);
                Ok(())
            }
            several => Err(refused(format!("{} objects are the {}", several.len(), id.words()))),
        }
    }
}

/// Gives a generated object the names, labels and annotations of the one whose place it takes, and its data when they
/// merge (api/resource/resource.go, CopyMergeMetaDataFieldsFrom).
fn take_over(object: &mut Object, old: &Object, merges: bool) -> Result<(), String> {
    let joined = |object: &mut Object, field: &str| -> Result<metadata::TextMap, String> {
        let mut map = moved_map(object, old, field)?;
        map.extend(metadata::text_map(object.root(), field)?);
        Ok(map)
    };
    let labels = joined(object, "labels")?;
    let mut annotations = joined(object, "annotations")?;
    let own = metadata::text_map(object.root(), "annotations")?;
    let kept = metadata::text_map(old.root(), "annotations")?;
    for name in metadata::BUILD_ANNOTATIONS {
        match kept.get(name) {
            Some(value) => {
                annotations.insert(name.into(), value.clone());
            }
            None => {
                annotations.remove(name);
            }
        }
    }
    if !own.contains_key(metadata::NEEDS_HASH) {
        annotations.remove(metadata::NEEDS_HASH);
    }
    if merges && let Some(origin) = kept.get(metadata::ORIGIN) {
        annotations.insert(metadata::ORIGIN.into(), origin.clone());
    }
    object.set_text_map("labels", &labels)?;
    object.set_text_map("annotations", &annotations)?;
    let root = object.root_mut();
    metadata::set_field(root, &["metadata", "name"], metadata::name(old.root()))?;
    metadata::set_namespace(root, metadata::namespace(old.root()))?;
    object.note_untagged_field(&["metadata", "name"]);
    object.note_untagged_field(&["metadata", "namespace"]);
    object.variables.clone_from(&old.variables);
    if merges {
        merge_data(object, old, "data");
        merge_data(object, old, "binaryData");
    }
    Ok(())
}

/// A map of another object, with marks for this one.
fn moved_map(object: &mut Object, old: &Object, field: &str) -> Result<metadata::TextMap, String> {
    let mut map = metadata::text_map(old.root(), field)?;
    for (_, mark) in map.values_mut() {
        *mark = moved_mark(object, old, *mark);
    }
    Ok(map)
}

fn moved_mark(object: &mut Object, old: &Object, mark: Mark) -> Mark {
    match old.files().get(usize::from(mark.file)).cloned() {
        Some(file) => object.mark_in(&file, mark),
        None => mark,
    }
}

/// Both data, the new ones winning. All values become text, and what is not text becomes binary data.
fn merge_data(object: &mut Object, old: &Object, field: &str) {
    let mut merged: BTreeMap<String, Node> = BTreeMap::new();
    let entries = old.root().get(field).map(Node::entries).unwrap_or_default();
    for entry in entries {
        let mark = moved_mark(object, old, entry.value.mark);
        merged.insert(raw_text(&entry.key).to_owned(), data_value(value_text(&entry.value), mark));
    }
    for entry in object.root().get(field).map(Node::entries).unwrap_or_default() {
        let node = data_value(value_text(&entry.value), entry.value.mark);
        merged.insert(raw_text(&entry.key).to_owned(), node);
    }
    let mark = object.root().mark;
    let Some(root) = object.root_mut().as_mapping_mut() else { return };
    root.remove(field);
    if !merged.is_empty() {
        let entries =
            merged.into_iter().map(|(key, value)| Entry { key: new_key(&key).at(value.mark), value });
        root.push(field, Node::mapping(entries.collect::<Vec<_>>()).at(mark));
    }
}
