//! What one kustomization makes of the layers below it.

use std::sync::Arc;

use manifesto_tree::{Gap, Place};
use manifesto_yaml::Mark;

use super::{Accumulated, Context, Layer, check};
use crate::config::{Config, config_of_crds, read_config};
use crate::error::{Halt, Outcome};
use crate::file::{KustomizationFile, Text, kustomization_names};
use crate::load::{LoadError, Loaded, Root, shown};
use crate::schema::Schema;
use crate::vars;

impl Layer {
    /// Reads the kustomization file of a directory. `asked` is the line that names the directory.
    pub(crate) fn open(context: &Context<'_>, root: &Arc<Root>, asked: Option<&Place>) -> Outcome<Self> {
        let what = || format!("the kustomization of {} cannot be read", shown(&root.directory));
        let mut found: Option<(&'static str, Loaded)> = None;
        for name in kustomization_names() {
            if let Ok(loaded) = context.loader.load(root, name) {
                if let Some((first, _)) = &found {
                    let place = Place::file(loaded.path);
                    let why = format!("{first} and {name} are both there");
                    return Err(Halt::refused(Some(place), what(), why).remedy("keep one of them"));
                }
                found = Some((name, loaded));
            }
        }
        let Some((name, loaded)) = found else {
            let why = format!("it has none of {}", kustomization_names().join(", "));
            return Err(Halt::refused(asked.cloned(), what(), why));
        };
        let file = context.session.kustomization(loaded.id, &loaded.bytes);
        let layer = |file: KustomizationFile| Self {
            root: Arc::clone(root),
            file: Arc::new(file),
            path: loaded.path.clone(),
            name,
            component_of: Vec::new(),
            origin: None,
        };
        match file.as_ref() {
            Ok(file) => {
                let layer = layer(file.clone());
                layer.warn_of_deprecated(context);
                Ok(layer)
            }
            Err(misread) => {
                let place = Place {
                    path: loaded.path.clone(),
                    line: misread.mark.line,
                    column: u32::from(misread.mark.column),
                };
                Err(Halt::refused(Some(place), what(), misread.why.clone()))
            }
        }
    }

    fn warn_of_deprecated(&self, context: &Context<'_>) {
        for (old, new, mark) in &self.file.deprecated {
            context.warn(self.place(*mark), format!("`{old}` is deprecated, write `{new}`"));
        }
    }

    /// Names the schema that this kustomization wants, unless one was named before (SetSchema).
    pub(crate) fn name_schema(&self, context: &Context<'_>, first: bool) -> Outcome<()> {
        let Some(openapi) = &self.file.openapi else { return Ok(()) };
        let what = "the schema cannot be used";
        let version = openapi.get("version").filter(|version| !version.value.is_empty());
        let text = match openapi.get("path") {
            Some(path) => Some((path, self.load(context, path, what)?)),
            None => None,
        };
        if context.schema_is_set() && !first {
            return Ok(());
        }
        match (text, openapi.get("version")) {
            (Some((path, _)), Some(_)) => {
                Err(self.refused(path.mark, what, "`openapi` has both `path` and `version`"))
            }
            (Some((_, loaded)), None) => {
                // The bundled schema stays in use when objects were looked up in it before.
                let schema = Schema::custom(&loaded.bytes, !first);
                let place = Some(Place::file(loaded.path));
                context.set_schema(check(context, place, what, schema)?);
                Ok(())
            }
            (None, _) => match version {
                Some(version) if version.value != "v1.21.2" => {
                    let why = format!("the version `{}` is not built in, only v1.21.2 is", version.value);
                    Err(self.refused(version.mark, what, why))
                }
                Some(_) => {
                    context.set_schema(Schema::default());
                    Ok(())
                }
                None => Ok(()),
            },
        }
    }

    /// Loads a file that the kustomization names. What is not in this repository is refused too; callers that can do
    /// without it ask the loader themselves.
    pub(crate) fn load(&self, context: &Context<'_>, path: &Text, what: &str) -> Outcome<Loaded> {
        context.loader.load(&self.root, &path.value).map_err(|error| self.not_loaded(path.mark, what, &error))
    }

    /// A refusal because of a file.
    pub(crate) fn not_loaded(&self, mark: Mark, what: &str, error: &LoadError) -> Halt {
        let halt = self.refused(mark, what, error.to_string());
        match error.remedy() {
            Some(remedy) => halt.remedy(remedy),
            None => halt,
        }
    }

    /// A gap because of a file, when it is one.
    pub(crate) fn gap_of(&self, mark: Mark, what: &str, error: &LoadError) -> Option<Gap> {
        let gap = Gap::new(error.gap_reason()?, format!("{what}: {error}"));
        Some(gap.at(self.place(mark)))
    }

    /// Builds the layer on top of `below`, which is empty unless this is a component.
    pub(crate) fn accumulate(&self, context: &Context<'_>, below: Accumulated) -> Outcome<Accumulated> {
        let mut acc = self.accumulate_resources(context, below)?;
        self.merge_configurations(context, &mut acc)?;
        self.run_generators(context, &mut acc)?;
        let mut acc = self.accumulate_components(context, acc)?;
        self.run_transformers(context, &mut acc)?;
        self.run_validators(context, &mut acc)?;
        vars::merge(context, self, &mut acc)?;
        Ok(acc)
    }

    fn merge_configurations(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let mut config = Arc::clone(Config::default_fields());
        for path in self.file.configurations.iter().flatten() {
            let what = format!("the configuration `{}` cannot be used", path.value);
            let loaded = self.load(context, path, &what)?;
            let read = read_config(&loaded.bytes, &context.session.limits().yaml);
            let place = |mark: Mark| Place { path: loaded.path.clone(), line: mark.line, column: 0 };
            let read = read.map_err(|misread| {
                Halt::refused(Some(place(misread.mark)), what.clone(), misread.why)
                    .via(&self.place(path.mark))
            })?;
            let merged = config.merged(&read, &context.meter);
            config = Arc::new(check(context, Some(self.place(path.mark)), &what, merged)?);
        }
        self.merge_config(context, acc, &config)?;
        for path in self.file.crds.iter().flatten() {
            let what = format!("the definitions `{}` cannot be used", path.value);
            let loaded = self.load(context, path, &what)?;
            let read = config_of_crds(&loaded.bytes, &context.session.limits().yaml, &context.meter);
            let read = read.map_err(|misread| self.refused(path.mark, what.clone(), misread.why))?;
            self.merge_config(context, acc, &Arc::new(read))?;
        }
        Ok(())
    }

    /// Adds fields to those known so far.
    pub(crate) fn merge_config(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        config: &Arc<Config>,
    ) -> Outcome<()> {
        if Arc::ptr_eq(&acc.config, config) {
            return Ok(());
        }
        if *acc.config == Config::default() {
            acc.config = Arc::clone(config);
            return Ok(());
        }
        let merged = acc.config.merged(config, &context.meter);
        let place = Some(self.place(Mark::default()));
        acc.config = Arc::new(check(context, place, "the configurations do not fit together", merged)?);
        Ok(())
    }
}
