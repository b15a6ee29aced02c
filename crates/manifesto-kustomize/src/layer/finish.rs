//! What is done once, when all layers are there (api/internal/target/kusttarget.go, api/krusty/kustomizer.go).

use std::collections::HashSet;
use std::sync::Arc;

use manifesto_tree::{Gap, GapReason, Place, TreePath};
use manifesto_yaml::{Mark, SmolStr};

use super::origin::Origin;
use super::{Accumulated, Context, Layer, check};
use crate::build::Resource;
use crate::config::FieldSpec;
use crate::error::{Halt, Outcome};
use crate::file::SortOptions;
use crate::generate::content_hash;
use crate::load::shown;
use crate::names::fix_references;
use crate::object::{Gvk, Key, Object, Objects, Via, metadata};
use crate::order;
use crate::schema::Schema;
use crate::transform::set_pairs;
use crate::vars;

/// Builds a directory from the innermost layer to the printed objects.
pub(super) fn build(context: &Context<'_>, directory: &TreePath) -> Outcome<Vec<Resource>> {
    let what = || format!("{} cannot be built", shown(directory));
    let root =
        context.loader.start(directory).map_err(|error| Halt::refused(None, what(), error.to_string()))?;
    context.entered(&root.directory);
    let mut layer = Layer::open(context, &root, None)?;
    layer.name_schema(context, true)?;
    if layer.file.build_metadata.as_ref().is_some_and(|options| !options.is_empty()) {
        layer.origin = Some(Origin::default());
    }
    let mut acc = layer.accumulate(context, Accumulated::default())?;
    layer.finish(context, &mut acc)?;
    layer.print(context, acc)
}

impl Layer {
    /// Whether `buildMetadata` has an option.
    fn says(&self, option: &str) -> bool {
        self.file.build_metadata.iter().flatten().any(|text| text.value == option)
    }

    /// Hashes, references, variables, in this order, and then objects that are not meant for a cluster go.
    fn finish(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let schema = context.schema();
        add_hashes(context, acc)?;
        let config = Arc::clone(&acc.config);
        fix_references(&mut acc.objects, &config.name_references, &schema, &context.meter).map_err(
            |error| {
                let object = acc.objects.get(error.position);
                let words = object.map(|object| object.identity(&schema).current.words()).unwrap_or_default();
                let place = object.and_then(place_of);
                let what = format!("the references of the {words} cannot be rewritten");
                if context.meter.is_over() {
                    Halt::over(place, error.why)
                } else {
                    Halt::refused(place, what, error.why)
                }
            },
        )?;
        let place = Some(self.place(Mark::default()));
        let resolved = vars::resolve(acc, &schema, &context.meter);
        check(context, place, "the variables cannot be replaced", resolved)?;
        drop_local(acc, &schema)?;
        let unique = acc.objects.check_unique(&schema);
        check(context, Some(self.place(Mark::default())), "the objects cannot be printed", unique)
    }

    fn print(&self, context: &Context<'_>, acc: Accumulated) -> Outcome<Vec<Resource>> {
        let mut acc = acc;
        acc.objects = self.sorted(context, acc.objects)?;
        if self.says("managedByLabel") {
            let (key, value) = ("app.kubernetes.io/managed-by".into(), "kustomize-v5.7.1".into());
            let specs = [FieldSpec::new(Gvk::default(), "metadata/labels", true)];
            let mark =
                self.file.build_metadata.iter().flatten().next().map(|text| text.mark).unwrap_or_default();
            let schema = context.schema();
            let work = self.work(context, &schema, mark);
            let set = set_pairs(&mut acc.objects, &[(&key, &value, mark)], &specs, work);
            check(context, Some(self.place(mark)), "the label cannot be set", set)?;
        }
        let (origins, transformations) =
            (self.says("originAnnotations"), self.says("transformerAnnotations"));
        let mut resources = Vec::with_capacity(acc.objects.len());
        let mut last: Option<(Arc<Via>, Arc<[Place]>)> = None;
        for mut object in acc.objects.into_vec() {
            let what = "the object cannot be printed";
            let cleaned = clean(&mut object, origins, transformations);
            check(context, place_of(&object), what, cleaned)?;
            object
                .check_misfits()
                .map_err(|(mark, why)| Halt::refused(place_in(&object, mark), what, why))?;
            resources.push(resource(&object, &mut last));
        }
        Ok(resources)
    }

    fn sorted(&self, context: &Context<'_>, objects: Objects) -> Outcome<Objects> {
        let schema = context.schema();
        let (first, last) = match &self.file.sort_options {
            None => order::default_order(),
            Some(options) => match self.legacy_order(options)? {
                Some(order) => order,
                None => return Ok(objects),
            },
        };
        Ok(Objects::from_unique(order::sort(objects.into_vec(), &first, &last, &schema)))
    }

    /// The kinds that come first and last; none when objects stay in the order in which they were loaded.
    fn legacy_order(&self, options: &SortOptions) -> Outcome<Option<(Vec<SmolStr>, Vec<SmolStr>)>> {
        let what = "the objects cannot be sorted";
        match (options.order.value.as_str(), &options.legacy) {
            ("legacy", None) => Ok(Some(order::default_order())),
            ("legacy", Some(legacy)) => Ok(Some((legacy.first.clone(), legacy.last.clone()))),
            ("fifo", None) => Ok(None),
            ("fifo", Some(_)) => {
                let why = "`legacySortOptions` are set and the order is `fifo`";
                Err(self.refused(options.mark, what, why))
            }
            (other, _) => {
                let why = format!("`order` is `{other}`, and has to be `legacy` or `fifo`");
                Err(self.refused(options.mark, what, why))
            }
        }
    }
}

fn add_hashes(context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
    let schema = context.schema();
    for object in acc.objects.iter_mut() {
        if metadata::annotation(object.root(), metadata::NEEDS_HASH) != Some(metadata::ENABLED) {
            continue;
        }
        let words = object.identity(&schema).current.words();
        let what = format!("the name of the {words} cannot be finished");
        let place = place_of(object);
        let Some(hash) = check(context, place.clone(), &what, content_hash(object.root()))? else {
            let gap =
                Gap::new(GapReason::Unsupported, format!("{what}: only ConfigMaps and Secrets are hashed"));
            context.gap(Gap { place, ..gap });
            continue;
        };
        if object.sealed {
            let detail =
                format!("the hash in the name of the {words} is not known, as its values are encrypted");
            context.gap(Gap { place: place.clone(), ..Gap::new(GapReason::UnknownValue, detail) });
            continue;
        }
        let renamed = object.store_previous_id(&schema).and_then(|()| {
            let name = format!("{}-{hash}", metadata::name(object.root()));
            metadata::set_field(object.root_mut(), &["metadata", "name"], &name)
        });
        check(context, place, &what, renamed)?;
    }
    Ok(())
}

/// Objects with the annotation of local configuration are not printed. One that has the id of another object stays, as
/// they are told apart by their ids (api/internal/accumulator/resaccumulator.go, Intersection).
fn drop_local(acc: &mut Accumulated, schema: &Schema) -> Outcome<()> {
    for object in acc.objects.iter() {
        metadata::check(object.root())
            .map_err(|why| Halt::refused(place_of(object), "the object cannot be printed", why))?;
    }
    let is_local = |object: &Object| {
        metadata::annotation(object.root(), metadata::LOCAL_CONFIG).is_some_and(|value| value != "false")
    };
    if !acc.objects.iter().any(is_local) {
        return Ok(());
    }
    let key = |object: &Object| Key::of(&object.identity(schema).current);
    let meant: HashSet<Key> = acc.objects.iter().filter(|object| !is_local(object)).map(key).collect();
    acc.objects.retain(|object| meant.contains(&key(object)));
    Ok(())
}

/// Where an object starts.
fn place_of(object: &Object) -> Option<Place> {
    place_in(object, object.root().mark)
}

fn place_in(object: &Object, mark: Mark) -> Option<Place> {
    let path = object.files().get(usize::from(mark.file))?.clone();
    Some(Place { path, line: mark.line, column: u32::from(mark.column) })
}

/// Takes out what the build wrote down for itself. Annotations are written anew: sorted, and all of them text.
fn clean(object: &mut Object, origins: bool, transformations: bool) -> Result<(), String> {
    let mut annotations = metadata::text_map(object.root(), "annotations")?;
    let untouched = annotations.is_empty() && origins && transformations;
    for name in metadata::BUILD_ANNOTATIONS {
        annotations.remove(name);
    }
    if !origins {
        annotations.remove(metadata::ORIGIN);
    }
    if !transformations {
        annotations.remove(metadata::TRANSFORMATIONS);
    }
    if untouched { Ok(()) } else { object.set_text_map("annotations", &annotations) }
}

fn resource(object: &Object, last: &mut Option<(Arc<Via>, Arc<[Place]>)>) -> Resource {
    let via: Arc<[Place]> = match (object.via(), &*last) {
        (None, _) => Arc::default(),
        (Some(via), Some((known, places))) if Arc::ptr_eq(via, known) => Arc::clone(places),
        (Some(via), _) => {
            let places: Arc<[Place]> = via.places().into();
            *last = Some((Arc::clone(via), Arc::clone(&places)));
            places
        }
    };
    Resource { root: object.root().clone(), files: Arc::clone(object.files()), via, sealed: object.sealed }
}
