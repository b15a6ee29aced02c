//! The fields of a kustomization that change objects, in the order of upstream
//! (api/internal/target/kusttarget_configplugin.go).

use std::sync::Arc;

use manifesto_tree::{Gap, GapReason};
use manifesto_yaml::{Dialect, Mark, SmolStr, parse};

use super::origin::Origin;
use super::{Accumulated, Context, Layer, check};
use crate::config::{FieldSpec, merged};
use crate::error::{Halt, Outcome};
use crate::file::{Decode as _, Image, Pairs, Patch, Replacement, Replica, Rules, Text};
use crate::object::{Gvk, metadata};
use crate::patch::{MergePatch, PatchKind, PatchPlace, PatchText, apply_strategic, apply_to_selected};
use crate::schema::Schema;
use crate::select::Target;
use crate::transform::{
    Affix, PairField, Subjects, Work, add_affix, replace, set_images, set_namespace, set_pairs, set_replicas,
};

impl Layer {
    /// Runs all transformers.
    pub(super) fn run_transformers(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let config = Arc::clone(&acc.config);
        let file = Arc::clone(&self.file);
        if let Some(patches) = file.patches_strategic_merge.as_ref().filter(|patches| !patches.is_empty()) {
            self.merge_old_patches(context, acc, patches)?;
            self.after(context, acc, "PatchStrategicMergeTransformer")?;
        }
        for patch in file.patches.iter().flatten() {
            self.apply_patch(context, acc, patch)?;
            self.after(context, acc, "PatchTransformer")?;
        }
        if let Some(namespace) = &file.namespace {
            self.set_namespace(context, acc, namespace, &config.namespace, false, Subjects::Default)?;
            self.after(context, acc, "NamespaceTransformer")?;
        }
        let affixes = [
            (Affix::Prefix, &file.name_prefix, &config.name_prefix, "PrefixTransformer"),
            (Affix::Suffix, &file.name_suffix, &config.name_suffix, "SuffixTransformer"),
        ];
        for (affix, text, specs, kind) in affixes {
            if let Some(text) = text {
                self.add_affix(context, acc, affix, text, specs)?;
                self.after(context, acc, kind)?;
            }
        }
        self.set_labels(context, acc)?;
        if let Some(annotations) = file.common_annotations.as_ref().filter(|pairs| !pairs.is_empty()) {
            self.set_pairs(context, acc, annotations, &config.common_annotations, Mark::default())?;
            self.after(context, acc, "AnnotationsTransformer")?;
        }
        for patch in file.patches_json6902.iter().flatten() {
            self.apply_old_json_patch(context, acc, patch)?;
            self.after(context, acc, "PatchJson6902Transformer")?;
        }
        for replica in file.replicas.iter().flatten() {
            self.set_replicas(context, acc, replica, &config.replicas)?;
            self.after(context, acc, "ReplicaCountTransformer")?;
        }
        for image in file.images.iter().flatten() {
            self.set_image(context, acc, image, &config.images)?;
            self.after(context, acc, "ImageTagTransformer")?;
        }
        if let Some(replacements) = file.replacements.as_ref().filter(|list| !list.is_empty()) {
            for field in replacements {
                self.run_replacement(context, acc, &field.path, &field.replacement)?;
            }
            self.after(context, acc, "ReplacementTransformer")?;
        }
        self.run_plugin_transformers(context, acc)
    }

    /// What upstream does after each transformer.
    fn after(&self, context: &Context<'_>, acc: &mut Accumulated, kind: &str) -> Outcome<()> {
        let origin = self.builtin_origin(kind);
        self.settle(context, acc, origin.as_ref())
    }

    /// Notes which transformer worked on the objects, and drops those of which nothing is left.
    pub(super) fn settle(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        origin: Option<&Origin>,
    ) -> Outcome<()> {
        if let Some(origin) = origin {
            for object in acc.objects.iter_mut().filter(|object| !object.is_gone()) {
                let place = Some(self.place(Mark::default()));
                check(context, place, "the origin cannot be noted", object.add_transformation(origin))?;
            }
        }
        acc.objects.drop_gone();
        Ok(())
    }

    /// What a transformer of this file works with.
    pub(super) fn work<'w>(&'w self, context: &'w Context<'_>, schema: &'w Schema, mark: Mark) -> Work<'w> {
        Work { schema, meter: &context.meter, file: &self.path, mark }
    }

    /// Notes that something cannot be done because objects are not known.
    pub(super) fn note_unknown(
        &self,
        context: &Context<'_>,
        reason: GapReason,
        mark: Mark,
        what: &str,
        why: &str,
    ) {
        let detail = format!("{what}: {why}, and not all objects are");
        context.gap(Gap::new(reason, detail).at(self.place(mark)));
    }

    /// Notes a refusal as a gap, when what is missing may be among what is not known.
    pub(super) fn unless_incomplete(
        &self,
        context: &Context<'_>,
        acc: &Accumulated,
        mark: Mark,
        halt: Halt,
    ) -> Outcome<()> {
        match (acc.incomplete, &halt) {
            (Some(reason), Halt::Refused(error)) => {
                self.note_unknown(context, reason, mark, &error.what, &error.why);
                Ok(())
            }
            _ => Err(halt),
        }
    }

    pub(super) fn set_namespace(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        namespace: &Text,
        specs: &[FieldSpec],
        unset_only: bool,
        subjects: Subjects,
    ) -> Outcome<()> {
        let schema = context.schema();
        let work = self.work(context, &schema, namespace.mark);
        let set = set_namespace(&mut acc.objects, &namespace.value, specs, unset_only, subjects, work);
        let what = format!("the namespace `{}` cannot be set", namespace.value);
        check(context, Some(self.place(namespace.mark)), &what, set)
    }

    pub(super) fn add_affix(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        affix: Affix,
        text: &Text,
        specs: &[FieldSpec],
    ) -> Outcome<()> {
        let schema = context.schema();
        let work = self.work(context, &schema, text.mark);
        let added = add_affix(&mut acc.objects, affix, &text.value, specs, work);
        let what = format!("`{}` cannot be added to the names", text.value);
        check(context, Some(self.place(text.mark)), &what, added)
    }

    /// `labels`, one after the other, and then `commonLabels`.
    fn set_labels(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let (labels, common) = (self.file.labels.iter().flatten(), self.file.common_labels.as_ref());
        if self.file.labels.as_ref().is_none_or(Vec::is_empty) && common.is_none_or(Pairs::is_empty) {
            return Ok(());
        }
        let config = Arc::clone(&acc.config);
        for label in labels {
            let mark = label.pairs.values().next().map(|text| text.mark).unwrap_or_default();
            let fields = merged(&label.fields, &config.labels, &context.meter).and_then(|fields| {
                if label.include_selectors {
                    return merged(&fields, &config.common_labels, &context.meter);
                }
                let templates = if label.include_templates { &config.template_labels[..] } else { &[] };
                let fields = merged(&fields, templates, &context.meter)?;
                let metadata = [FieldSpec::new(Gvk::default(), "metadata/labels", true)];
                merged(&fields, &metadata, &context.meter)
            });
            let fields = check(context, Some(self.place(mark)), "the labels cannot be set", fields)?;
            self.set_pairs(context, acc, &label.pairs, &fields, mark)?;
            self.after(context, acc, "LabelTransformer")?;
        }
        if let Some(common) = common {
            self.set_pairs(context, acc, common, &config.common_labels, Mark::default())?;
        }
        self.after(context, acc, "LabelTransformer")
    }

    pub(super) fn set_pairs(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        pairs: &Pairs,
        specs: &[FieldSpec],
        mark: Mark,
    ) -> Outcome<()> {
        let schema = context.schema();
        let fields: Vec<PairField<'_>> =
            pairs.iter().map(|(key, text)| (key, &text.value, text.mark)).collect();
        let mark = fields.first().map_or(mark, |(_, _, mark)| *mark);
        let set = set_pairs(&mut acc.objects, &fields, specs, self.work(context, &schema, mark));
        check(context, Some(self.place(mark)), "the labels or annotations cannot be set", set)
    }

    pub(super) fn set_replicas(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        replica: &Replica,
        specs: &[FieldSpec],
    ) -> Outcome<()> {
        let schema = context.schema();
        let place = Some(self.place(replica.mark));
        let what = format!("the replicas of `{}` cannot be set", replica.name);
        let work = self.work(context, &schema, replica.mark);
        if check(context, place.clone(), &what, set_replicas(&mut acc.objects, replica, specs, work))? {
            return Ok(());
        }
        let mut kinds: Vec<&str> = specs.iter().map(|spec| spec.gvk.kind.as_str()).collect();
        kinds.dedup();
        let why = format!("no object of this name is one of {}", kinds.join(", "));
        self.unless_incomplete(context, acc, replica.mark, Halt::refused(place, what, why))
    }

    pub(super) fn set_image(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        image: &Image,
        specs: &[FieldSpec],
    ) -> Outcome<()> {
        let schema = context.schema();
        let set = set_images(&mut acc.objects, image, specs, self.work(context, &schema, image.mark));
        let what = format!("the image `{}` cannot be set", image.name);
        check(context, Some(self.place(image.mark)), &what, set)
    }

    /// A replacement of this file, or those of another file.
    pub(super) fn run_replacement(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        path: &Text,
        inline: &Replacement,
    ) -> Outcome<()> {
        let what = "the replacement cannot be made";
        if path.value.is_empty() {
            let work = self.work(context, &Schema::default(), inline.mark).file.clone();
            return self.replace(context, acc, inline, &work);
        }
        if inline.source.is_some() || inline.targets.as_ref().is_some_and(|targets| !targets.is_empty()) {
            return Err(self.refused(path.mark, what, "it has both a `path` and a source or targets"));
        }
        let loaded = self.load(context, path, what)?;
        let parsed = parse(&loaded.bytes, Dialect::SigsV2, &context.session.limits().yaml);
        let at = |mark: Mark| manifesto_tree::Place { path: loaded.path.clone(), line: mark.line, column: 0 };
        if let Some(error) = parsed.error.filter(|_| parsed.documents.is_empty()) {
            return Err(Halt::refused(Some(at(error.mark)), what, error.problem).via(&self.place(path.mark)));
        }
        let Some(root) = parsed.documents.into_iter().next().map(|document| document.root) else {
            return Err(Halt::refused(Some(at(Mark::default())), what, "the file is empty"));
        };
        let list = match root.as_sequence() {
            Some(_) => Vec::<Replacement>::decode(&root, Rules::Lenient),
            None => Replacement::decode(&root, Rules::Lenient).map(|only| vec![only]),
        };
        let list = list.map_err(|misread| {
            Halt::refused(Some(at(misread.mark)), what, misread.why).via(&self.place(path.mark))
        })?;
        list.iter().try_for_each(|replacement| self.replace(context, acc, replacement, &loaded.path))
    }

    fn replace(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        replacement: &Replacement,
        file: &manifesto_tree::TreePath,
    ) -> Outcome<()> {
        let schema = context.schema();
        let work = Work { schema: &schema, meter: &context.meter, file, mark: replacement.mark };
        let Err(error) = replace(&mut acc.objects, replacement, work) else { return Ok(()) };
        let place = manifesto_tree::Place { path: file.clone(), line: error.mark.line, column: 0 };
        let halt = check::<()>(context, Some(place), "the replacement cannot be made", Err(error.why));
        match halt {
            Err(halt) if error.not_found => self.unless_incomplete(context, acc, error.mark, halt),
            result => result,
        }
    }
}

/// Patches.
impl Layer {
    /// `patchesStrategicMerge`: each entry is a patch itself, or a file with patches.
    pub(super) fn merge_old_patches(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        patches: &[Text],
    ) -> Outcome<()> {
        let mut any = false;
        for entry in patches {
            let inline = PatchText::read(entry.value.as_bytes(), &context.session.limits().yaml);
            let (text, place) = if inline.strategic().is_ok() {
                (Arc::new(inline), self.inline_place(entry))
            } else {
                let loaded = self.load(context, entry, "the patch cannot be loaded")?;
                let place = PatchPlace { file: loaded.path.clone(), offset: 0 };
                (context.session.patch(loaded.id, &loaded.bytes), place)
            };
            let objects = text.strategic().map_err(|error| {
                let at = manifesto_tree::Place { path: place.file.clone(), line: error.mark.line, column: 0 };
                Halt::refused(Some(at), "the patch cannot be read", error.why.clone())
                    .via(&self.place(entry.mark))
            })?;
            any |= !objects.is_empty();
            for object in objects {
                self.merge_into_one(context, acc, object, &place, entry.mark, apply_to_selected)?;
                acc.objects.drop_gone();
                let unique = acc.objects.check_unique(&context.schema());
                check(context, Some(self.place(entry.mark)), "the patch cannot be applied", unique)?;
            }
        }
        if any {
            return Ok(());
        }
        let mark = patches.first().map(|entry| entry.mark).unwrap_or_default();
        Err(self.refused(mark, "the patches cannot be applied", "they are empty"))
    }

    /// Where a patch is whose text stands in this file.
    fn inline_place(&self, text: &Text) -> PatchPlace {
        // The text of a block scalar starts on the line behind its mark.
        let is_block = text.value.contains('\n');
        PatchPlace { file: self.path.clone(), offset: text.mark.line.saturating_sub(u32::from(!is_block)) }
    }

    /// Merges a patch into the object that it names.
    fn merge_into_one(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        patch: &manifesto_yaml::Node,
        place: &PatchPlace,
        mark: Mark,
        merge: MergePatch,
    ) -> Outcome<()> {
        let schema = context.schema();
        let identity = crate::object::Identity::of(patch, &schema);
        let id = identity.original();
        let what = format!("the patch for the {} cannot be applied", id.words());
        let at = manifesto_tree::Place {
            path: place.file.clone(),
            line: patch.mark.line.saturating_add(place.offset),
            column: u32::from(patch.mark.column),
        };
        let via = self.place(mark);
        let refused = |why: &str| {
            let halt = Halt::refused(Some(at.clone()), what.clone(), why);
            if place.file == self.path { halt } else { halt.via(&via) }
        };
        let positions = acc.objects.by_any_id(&id.name, &schema, |other| other.is(id));
        match positions.as_slice() {
            [] => {
                let halt = refused("there is no such object here").remedy(
                    "write kind, name and namespace as they are before this kustomization changes them",
                );
                self.unless_incomplete(context, acc, mark, halt)
            }
            [position] => {
                let merged = acc.objects.change(*position, &schema, |object| {
                    merge(object, patch, place, &schema, &context.meter)
                });
                check(context, Some(at.clone()), &what, merged).map(drop)
            }
            several => Err(refused(&format!("{} objects have this name", several.len()))),
        }
    }

    /// An entry of `patches`.
    pub(super) fn apply_patch(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        patch: &Patch,
    ) -> Outcome<()> {
        let (text, place) = self.patch_text(context, patch)?;
        let at = |mark: Mark| manifesto_tree::Place {
            path: place.file.clone(),
            line: mark.line.saturating_add(if mark.line > 0 { place.offset } else { 0 }),
            column: u32::from(mark.column),
        };
        let kind = text.kind().map_err(|(mark, why)| {
            Halt::refused(Some(at(mark)), "the patch cannot be read", why).via(&self.place(patch.mark))
        })?;
        match kind {
            PatchKind::Strategic(objects) => self.apply_strategic(context, acc, patch, objects, &place),
            PatchKind::Json(json) => {
                let Some(target) = &patch.target else {
                    let halt =
                        self.refused(patch.mark, "the JSON patch cannot be applied", "it has no `target`");
                    return Err(halt);
                };
                self.apply_json(context, acc, json, target, &place, patch.mark, true)
            }
        }
    }

    fn patch_text(&self, context: &Context<'_>, patch: &Patch) -> Outcome<(Arc<PatchText>, PatchPlace)> {
        let inline = patch.patch.value.trim_matches(is_go_space);
        let what = "the patch cannot be applied";
        match (inline.is_empty(), patch.path.value.is_empty()) {
            (true, true) => Err(self.refused(patch.mark, what, "it has neither `patch` nor `path`")),
            (false, false) => Err(self.refused(patch.mark, what, "it has both `patch` and `path`")),
            (true, false) => {
                let what = format!("the patch `{}` cannot be loaded", patch.path.value);
                let loaded = self.load(context, &patch.path, &what)?;
                let place = PatchPlace { file: loaded.path.clone(), offset: 0 };
                Ok((context.session.patch(loaded.id, &loaded.bytes), place))
            }
            (false, true) => {
                let leading = patch.patch.value.split(inline).next().unwrap_or_default();
                let mut place = self.inline_place(&patch.patch);
                let blank_lines = leading.bytes().filter(|byte| *byte == b'\n').count();
                place.offset = place.offset.saturating_add(u32::try_from(blank_lines).unwrap_or(0));
                let text = PatchText::read(inline.as_bytes(), &context.session.limits().yaml);
                Ok((Arc::new(text), place))
            }
        }
    }

    fn apply_strategic(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        patch: &Patch,
        objects: &[manifesto_yaml::Node],
        place: &PatchPlace,
    ) -> Outcome<()> {
        let prepared: Vec<manifesto_yaml::Node> = objects
            .iter()
            .map(|object| with_options(object, patch))
            .collect::<Result<_, _>>()
            .map_err(|why| self.refused(patch.mark, "the patch cannot be applied", why))?;
        let Some(target) = &patch.target else {
            return prepared.iter().try_for_each(|object| {
                self.merge_into_one(context, acc, object, place, patch.mark, apply_strategic)
            });
        };
        let [object] = prepared.as_slice() else {
            let why = format!("it has a `target` and holds {} patches", prepared.len());
            return Err(self.refused(patch.mark, "the patch cannot be applied", why));
        };
        let schema = context.schema();
        let what = format!("the patch for {} cannot be applied", target.words());
        let at = Some(self.place(patch.mark));
        let compiled = check(context, Some(self.place(target.mark)), &what, Target::new(target))?;
        for position in self.selected(context, acc, &compiled, &what, patch.mark)? {
            let merged = acc.objects.change(position, &schema, |found| {
                apply_to_selected(found, object, place, &schema, &context.meter)
            });
            check(context, at.clone(), &what, merged)?;
        }
        acc.objects.drop_gone();
        check(context, at, &what, acc.objects.check_unique(&schema))
    }

    fn selected(
        &self,
        context: &Context<'_>,
        acc: &Accumulated,
        target: &Target,
        what: &str,
        mark: Mark,
    ) -> Outcome<Vec<usize>> {
        let schema = context.schema();
        let charged = context.meter.charge(acc.objects.len() as u64);
        check(context, Some(self.place(mark)), what, charged)?;
        let matching = acc
            .objects
            .iter()
            .enumerate()
            .filter(|(_, object)| !object.is_gone() && target.matches(object, object.identity(&schema)));
        Ok(matching.map(|(position, _)| position).collect())
    }

    /// `patchesJson6902`.
    pub(super) fn apply_old_json_patch(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        patch: &Patch,
    ) -> Outcome<()> {
        let what = "the JSON patch cannot be applied";
        let Some(target) = patch.target.as_ref().filter(|target| !target.name.is_empty()) else {
            return Err(self.refused(patch.mark, what, "its `target` has no `name`"));
        };
        let (text, place) = match (patch.patch.value.is_empty(), patch.path.value.is_empty()) {
            (true, true) => return Err(self.refused(patch.mark, what, "it has neither `patch` nor `path`")),
            (false, false) => return Err(self.refused(patch.mark, what, "it has both `patch` and `path`")),
            (true, false) => {
                let loaded = self.load(context, &patch.path, what)?;
                let place = PatchPlace { file: loaded.path.clone(), offset: 0 };
                (context.session.patch(loaded.id, &loaded.bytes), place)
            }
            (false, true) => {
                let text = PatchText::read(patch.patch.value.as_bytes(), &context.session.limits().yaml);
                (Arc::new(text), self.inline_place(&patch.patch))
            }
        };
        let json = text.json().map_err(|(mark, why)| {
            let line = mark.line.saturating_add(place.offset);
            let at = manifesto_tree::Place { path: place.file.clone(), line, column: u32::from(mark.column) };
            Halt::refused(Some(at), what, why).via(&self.place(patch.mark))
        })?;
        if json.is_empty() {
            return Err(self.refused(patch.mark, what, "it is empty"));
        }
        self.apply_json(context, acc, json, target, &place, patch.mark, false)
    }

    /// Applies operations to all objects that a target selects. `renames` says whether the current id is noted first.
    #[expect(clippy::too_many_arguments, reason = "a patch is its text, its target and two places")]
    fn apply_json(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        json: &crate::json_patch::JsonPatch,
        target: &crate::file::Selector,
        place: &PatchPlace,
        mark: Mark,
        renames: bool,
    ) -> Outcome<()> {
        let schema = context.schema();
        let what = format!("the JSON patch for {} cannot be applied", target.words());
        let compiled = check(context, Some(self.place(target.mark)), &what, Target::new(target))?;
        for position in self.selected(context, acc, &compiled, &what, mark)? {
            let mut failed_at = Mark::default();
            let applied = acc.objects.change(position, &schema, |object| {
                let words = object.identity(&schema).current.words();
                if renames {
                    object.store_previous_id(&schema)?;
                }
                let internal = metadata::text_map(object.root(), "annotations")?;
                let applied = json.apply(object, &place.file, place.offset, &context.meter);
                applied.map_err(|(mark, why)| {
                    failed_at = mark;
                    format!("{words}: {why}")
                })?;
                let mut annotations = metadata::text_map(object.root(), "annotations")?;
                annotations.extend(internal.into_iter().filter(|(name, _)| metadata::is_internal(name)));
                // The reference passes over what cannot be set, and so loses the annotations that are there.
                let _ = object.set_text_map("annotations", &annotations);
                Ok(())
            });
            let line = failed_at.line.saturating_add(if failed_at.line > 0 { place.offset } else { 0 });
            let at = manifesto_tree::Place { path: place.file.clone(), line, column: 0 };
            check(context, Some(at), &what, applied).map_err(|halt| halt.via(&self.place(mark)))?;
        }
        Ok(())
    }
}

/// The switches of a patch are kept in its annotations, which are then written anew.
fn with_options(object: &manifesto_yaml::Node, patch: &Patch) -> Result<manifesto_yaml::Node, String> {
    let mut object = object.clone();
    let switches =
        [("allowNameChange", metadata::ALLOW_NAME_CHANGE), ("allowKindChange", metadata::ALLOW_KIND_CHANGE)];
    for (option, annotation) in switches {
        if patch.options.get(option).copied().unwrap_or(false) {
            let mut map = metadata::text_map(&object, "annotations")?;
            map.insert(annotation.into(), (SmolStr::new_static(metadata::ENABLED), Mark::default()));
            metadata::set_text_map(&mut object, "annotations", &map)?;
        }
    }
    Ok(object)
}

/// Go's unicode.IsSpace.
fn is_go_space(character: char) -> bool {
    character.is_whitespace()
}
