//! `resources` and `components`: what a kustomization works on.

use std::sync::Arc;

use manifesto_tree::Place;
use manifesto_yaml::{Mark, Node};

use super::{Accumulated, CachedBase, Context, Layer, check};
use crate::error::{Halt, Outcome};
use crate::file::{FileKind, Text};
use crate::load::{LoadError, Loaded, Root, shown};
use crate::object::{FileObjects, NotObjects, Object, Via, metadata};

/// How a directory is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Base,
    Component,
}

/// A base that was built, and whether it can be used by others.
struct Built {
    accumulated: Accumulated,
}

impl Layer {
    /// Loads what the kustomization lists, in order.
    pub(super) fn accumulate_resources(
        &self,
        context: &Context<'_>,
        mut acc: Accumulated,
    ) -> Outcome<Accumulated> {
        for path in self.file.resources.iter().flatten() {
            self.accumulate_resource(context, &mut acc, path)?;
        }
        Ok(acc)
    }

    /// Loads one entry: a file, or else a directory.
    pub(super) fn accumulate_resource(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        path: &Text,
    ) -> Outcome<()> {
        let what = format!("the resource `{}` cannot be loaded", path.value);
        let error = match context.loader.load(&self.root, &path.value) {
            Ok(loaded) => return self.accumulate_file(context, acc, path, &loaded),
            Err(error) => error,
        };
        let entered = match error {
            // A URL is fetched, or cloned; no directory can have its name.
            LoadError::Remote => Err(LoadError::Remote),
            _ => context.loader.enter(&self.root, &path.value),
        };
        match entered {
            Ok(root) => self.accumulate_directory(context, acc, &root, path, Use::Base),
            Err(entering) => {
                let error = match (&entering, &error) {
                    // There is a file, and the kustomization may not read it.
                    (LoadError::IsFile(_), _) => error,
                    _ => entering,
                };
                let Some(gap) = self.gap_of(path.mark, &what, &error) else {
                    return Err(self.not_loaded(path.mark, &what, &error));
                };
                acc.incomplete.get_or_insert(gap.reason);
                context.gap(gap);
                Ok(())
            }
        }
    }

    fn accumulate_file(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        path: &Text,
        loaded: &Loaded,
    ) -> Outcome<()> {
        let place = self.place(path.mark);
        let objects = self.read_objects(context, path.mark, loaded, "the file cannot be loaded")?;
        context.count_objects(objects.len(), &place)?;
        let via = Arc::new(Via::below(&self.component_of, place.clone(), None));
        let origin = self.origin.as_ref().map(|origin| origin.append(&path.value).text());
        let schema = context.schema();
        for node in objects {
            let mark = node.mark;
            let mut object = Object::new(node, loaded.path.clone());
            object.came_through(&via);
            let at = Place { path: loaded.path.clone(), line: mark.line, column: u32::from(mark.column) };
            let what = "the object cannot be added";
            if let Some(origin) = &origin {
                let annotated = object.annotate(metadata::ORIGIN, origin);
                check(context, Some(at.clone()), what, annotated)?;
            }
            let added = acc.objects.append(object, &schema);
            check(context, Some(at), what, added).map_err(|halt| halt.via(&place))?;
        }
        Ok(())
    }

    /// The objects of a file. One that cannot be read is refused.
    pub(super) fn read_objects(
        &self,
        context: &Context<'_>,
        mark: Mark,
        loaded: &Loaded,
        what: &str,
    ) -> Outcome<Vec<Node>> {
        let read = context.session.objects(loaded.id, &loaded.bytes);
        match read.as_ref() {
            Ok(FileObjects { objects }) => Ok(objects.clone()),
            Err(NotObjects { mark: at, why, .. }) => {
                let place = Place { path: loaded.path.clone(), line: at.line, column: u32::from(at.column) };
                Err(Halt::refused(Some(place), what, why.clone()).via(&self.place(mark)))
            }
        }
    }

    /// Builds the components in order; each works on all that is there.
    pub(super) fn accumulate_components(
        &self,
        context: &Context<'_>,
        mut acc: Accumulated,
    ) -> Outcome<Accumulated> {
        for path in self.file.components.iter().flatten() {
            let what = format!("the component `{}` cannot be loaded", path.value);
            match context.loader.enter(&self.root, &path.value) {
                Ok(root) => self.accumulate_directory(context, &mut acc, &root, path, Use::Component)?,
                Err(error) => match self.gap_of(path.mark, &what, &error) {
                    Some(gap) => {
                        acc.incomplete.get_or_insert(gap.reason);
                        context.gap(gap);
                    }
                    None => return Err(self.not_loaded(path.mark, &what, &error)),
                },
            }
        }
        Ok(acc)
    }

    fn accumulate_directory(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        root: &Arc<Root>,
        path: &Text,
        how: Use,
    ) -> Outcome<()> {
        let place = self.place(path.mark);
        let limit = context.session.limits().depth_max;
        if root.depth > limit {
            let detail = format!("more than {limit} kustomizations lead to each other");
            return Err(Halt::over(Some(place), detail));
        }
        let built = match how {
            Use::Component => self.build_component(context, std::mem::take(acc), root, path),
            Use::Base => self.build_base(context, root, path),
        };
        let below = built.map_err(|halt| halt.via(&place))?.accumulated;
        context.count_objects(below.objects.len(), &place)?;
        self.merge_accumulated(context, acc, below, &place, how)
    }

    /// A component works on the objects around it.
    fn build_component(
        &self,
        context: &Context<'_>,
        acc: Accumulated,
        root: &Arc<Root>,
        path: &Text,
    ) -> Outcome<Built> {
        let place = self.place(path.mark);
        let mut layer = self.open_below(context, root, path, Use::Component)?;
        layer.component_of = self.component_of.iter().cloned().chain([place]).collect();
        Ok(Built { accumulated: layer.accumulate(context, acc)? })
    }

    /// A base is the same for all that use it, so it is built once.
    fn build_base(&self, context: &Context<'_>, root: &Arc<Root>, path: &Text) -> Outcome<Built> {
        let cacheable = self.origin.is_none() && !context.schema_is_set() && context.options.charts.is_none();
        let restrictor = context.options.load_restrictor;
        let tree = context.loader.tree();
        if cacheable
            && let Some(base) = context.session.base(tree, &root.directory, restrictor)
            && base.fits_below(&self.root)
        {
            context.loader.add_reads(&base.reads);
            context.add_notes(&base.notes);
            let charged = context.meter.charge(base.work.min(base.accumulated.objects.len() as u64));
            check(context, Some(self.place(path.mark)), "the base cannot be built", charged)?;
            return Ok(Built { accumulated: base.accumulated.clone() });
        }
        let outer_reads = context.loader.swap_reads(crate::reads::ReadSet::default());
        let outer_notes = context.swap_notes(super::context::Notes::default());
        let work = context.meter.left();
        let result = self
            .open_below(context, root, path, Use::Base)
            .and_then(|layer| layer.accumulate(context, Accumulated::default()));
        let reads = context.loader.swap_reads(outer_reads);
        let notes = context.swap_notes(outer_notes);
        context.loader.add_reads(&reads);
        context.add_notes(&notes);
        let accumulated = result?;
        if cacheable && !context.schema_is_set() {
            let base = CachedBase {
                tree: tree.clone(),
                accumulated: accumulated.clone(),
                notes,
                reads,
                work: work - context.meter.left(),
            };
            context.session.keep_base(&root.directory, restrictor, &Arc::new(base));
        }
        Ok(Built { accumulated })
    }

    fn open_below(&self, context: &Context<'_>, root: &Arc<Root>, path: &Text, how: Use) -> Outcome<Self> {
        context.entered(&root.directory);
        let mut layer = Self::open(context, root, Some(&self.place(path.mark)))?;
        layer.origin = self.origin.as_ref().map(|origin| origin.append(&path.value));
        layer.name_schema(context, false)?;
        let directory = shown(&root.directory);
        let (found, wanted, field) = match (layer.file.kind, how) {
            (FileKind::Component, Use::Base) => ("a Component", "resources", "components"),
            (FileKind::Kustomization, Use::Component) => ("no Component", "components", "resources"),
            _ => return Ok(layer),
        };
        let what = format!("`{}` cannot be one of the {wanted}", path.value);
        let halt = self.refused(path.mark, what, format!("{directory} is {found}"));
        Err(halt.remedy(format!("list it under `{field}`")))
    }

    /// Adds what a directory came to. Of a component, that is all there is, checked again.
    fn merge_accumulated(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        below: Accumulated,
        place: &Place,
        how: Use,
    ) -> Outcome<()> {
        let schema = context.schema();
        let what = "the objects cannot be added";
        if how == Use::Component {
            let unique = below.objects.check_unique(&schema);
            check(context, Some(place.clone()), what, unique)?;
            *acc = below;
            return Ok(());
        }
        let mut last: Option<(Option<Arc<Via>>, Arc<Via>)> = None;
        for mut object in below.objects.into_vec() {
            let via = self.via_of(&object, place, &mut last);
            object.came_through(&via);
            let added = acc.objects.append(object, &schema);
            check(context, Some(place.clone()), what, added)?;
        }
        self.merge_config(context, acc, &below.config)?;
        crate::vars::absorb(acc, below.vars, place)?;
        acc.incomplete = acc.incomplete.or(below.incomplete);
        Ok(())
    }

    /// The way to an object of a base. Objects that came the same way so far share the new part of it.
    fn via_of(
        &self,
        object: &Object,
        place: &Place,
        last: &mut Option<(Option<Arc<Via>>, Arc<Via>)>,
    ) -> Arc<Via> {
        let inner = object.via();
        if let Some((known, via)) = last
            && known.as_ref().map(Arc::as_ptr) == inner.map(Arc::as_ptr)
        {
            return Arc::clone(via);
        }
        let whole = Arc::new(Via::below(&self.component_of, place.clone(), inner.cloned()));
        *last = Some((inner.cloned(), Arc::clone(&whole)));
        whole
    }
}
