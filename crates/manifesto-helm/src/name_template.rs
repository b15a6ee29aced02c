//! `--name-template`: the name of a release by a template (pkg/action/install.go, `TemplateName`).

use std::sync::Arc;

use manifesto_gotmpl::{Executor, Library, Limits, MissingKey, Value, sprig_functions};

use crate::error::{ErrorKind, HelmError};

/// The name that Helm gives to this template, for errors.
const NAME: &str = "name-template";

/// The name that a template gives to a release. What is random or of the clock is refused: nobody knows it here.
pub fn templated_name(template: &str) -> Result<String, HelmError> {
    let refused = |reason: &dyn std::fmt::Display| HelmError::new(ErrorKind::Option, reason.to_string());
    let limits = Limits::default();
    let mut library = Library::new(NAME, Arc::new(sprig_functions()));
    let unit = library.parse(NAME, template.as_bytes(), &limits).map_err(|error| refused(&error))?;
    library.add(&unit);
    let mut host = ();
    let mut executor = Executor::new(Arc::new(library), MissingKey::Zero, limits, &mut host);
    let name = executor.execute(NAME.as_bytes(), Value::Nil).map_err(|error| refused(&error))?;
    if name.taint().is_some() {
        return Err(refused(&"the name of the release is not known before it is installed"));
    }
    Ok(name.to_text().into_owned())
}
