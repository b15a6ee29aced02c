//! What the layers of one build share.

use std::cell::{Cell, RefCell};

use manifesto_tree::{Gap, Place, Tree, TreePath};

use crate::build::{Build, Warning};
use crate::error::{Halt, Outcome};
use crate::load::Loader;
use crate::meter::Meter;
use crate::options::Options;
use crate::schema::Schema;
use crate::session::Session;

/// What the layers of one build share.
#[derive(Debug)]
pub(crate) struct Context<'c> {
    pub(crate) session: &'c Session,
    pub(crate) options: &'c Options<'c>,
    pub(crate) loader: Loader<'c>,
    pub(crate) meter: Meter,
    objects_left: Cell<u64>,
    notes: RefCell<Notes>,
    schema: RefCell<SchemaState>,
}

/// What a layer leaves beside its objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    pub(crate) gaps: Vec<Gap>,
    pub(crate) warnings: Vec<Warning>,
    /// The directories that were entered.
    pub(crate) directories: Vec<TreePath>,
}

/// The schema is global for the reference: the first one that is named holds for all that comes after, and the
/// kustomization that the build starts with has the first word (kyaml/openapi/openapi.go, SetSchema).
#[derive(Debug, Default)]
struct SchemaState {
    schema: Schema,
    is_set: bool,
}

impl<'c> Context<'c> {
    pub(crate) fn new(session: &'c Session, tree: &'c Tree, options: &'c Options<'c>) -> Self {
        let limits = session.limits();
        Self {
            session,
            options,
            loader: Loader::new(tree, options.load_restrictor),
            meter: Meter::new(limits.work_max),
            objects_left: Cell::new(limits.objects_max),
            notes: RefCell::default(),
            schema: RefCell::default(),
        }
    }

    /// The build so far, without its objects.
    pub(crate) fn finish(self) -> Build {
        let notes = self.notes.take();
        let mut warnings = notes.warnings;
        warnings.sort();
        warnings.dedup();
        let mut gaps = notes.gaps;
        let mut seen = Vec::new();
        gaps.retain(|gap| {
            let is_new = !seen.contains(gap);
            if is_new {
                seen.push(gap.clone());
            }
            is_new
        });
        Build {
            gaps,
            warnings,
            reads: self.loader.swap_reads(crate::reads::ReadSet::default()),
            ..Build::default()
        }
    }

    /// Notes something that is not known.
    pub(crate) fn gap(&self, gap: Gap) {
        self.notes.borrow_mut().gaps.push(gap);
    }

    /// Notes something that is out of date.
    pub(crate) fn warn(&self, place: Place, detail: impl Into<String>) {
        self.notes.borrow_mut().warnings.push(Warning { place, detail: detail.into() });
    }

    /// Notes a directory that was entered.
    pub(crate) fn entered(&self, directory: &TreePath) {
        self.notes.borrow_mut().directories.push(directory.clone());
    }

    /// Puts other notes in the place of those so far, which are returned.
    pub(crate) fn swap_notes(&self, notes: Notes) -> Notes {
        self.notes.replace(notes)
    }

    /// Adds notes.
    pub(crate) fn add_notes(&self, notes: &Notes) {
        let mut own = self.notes.borrow_mut();
        own.gaps.extend(notes.gaps.iter().cloned());
        own.warnings.extend(notes.warnings.iter().cloned());
        own.directories.extend(notes.directories.iter().cloned());
    }

    /// Counts objects that a layer has.
    pub(crate) fn count_objects(&self, count: usize, place: &Place) -> Outcome<()> {
        let left = self.objects_left.get().checked_sub(count as u64);
        let over = || {
            let limit = self.session.limits().objects_max;
            Halt::over(Some(place.clone()), format!("the build goes through more than {limit} objects"))
        };
        self.objects_left.set(left.ok_or_else(over)?);
        Ok(())
    }

    /// The schema that holds now.
    pub(crate) fn schema(&self) -> Schema {
        self.schema.borrow().schema.clone()
    }

    /// Whether a schema was named.
    pub(crate) fn schema_is_set(&self) -> bool {
        self.schema.borrow().is_set
    }

    /// Names the schema.
    pub(crate) fn set_schema(&self, schema: Schema) {
        *self.schema.borrow_mut() = SchemaState { schema, is_set: true };
    }
}
