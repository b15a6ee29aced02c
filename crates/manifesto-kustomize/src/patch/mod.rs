//! Patches, strategic merge and JSON (api/internal/builtins/PatchTransformer.go and its elders).

mod apply;
mod json_syntax;

use manifesto_yaml::{Limits, Mark, Node};

pub(crate) use apply::{MergePatch, PatchPlace, apply_strategic, apply_to_selected};

use crate::json_patch::JsonPatch;
use crate::object::{FileObjects, NotObjects, read_objects};

/// The text of a patch, read both ways.
#[derive(Debug)]
pub(crate) struct PatchText {
    strategic: Result<FileObjects, NotObjects>,
    json: Result<JsonPatch, (Mark, String)>,
}

/// What a text turns out to be.
#[derive(Debug)]
pub(crate) enum PatchKind<'p> {
    /// Objects to merge.
    Strategic(&'p [Node]),
    /// Operations.
    Json(&'p JsonPatch),
}

impl PatchText {
    /// Reads a text.
    pub(crate) fn read(text: &[u8], limits: &Limits) -> Self {
        Self { strategic: read_objects(text, limits), json: read_json(text, limits) }
    }

    /// The operations of a text that has to be a JSON patch.
    pub(crate) fn json(&self) -> Result<&JsonPatch, (Mark, String)> {
        self.json.as_ref().map_err(Clone::clone)
    }

    /// The objects of a text that has to be strategic.
    pub(crate) fn strategic(&self) -> Result<&[Node], &NotObjects> {
        self.strategic.as_ref().map(|read| read.objects.as_slice())
    }

    /// What the text is.
    pub(crate) fn kind(&self) -> Result<PatchKind<'_>, (Mark, String)> {
        match (&self.strategic, &self.json) {
            (Ok(FileObjects { objects }), Ok(json)) if !objects.is_empty() && !json.is_empty() => {
                Err((Mark::default(), "it is both a strategic merge patch and a JSON patch".to_owned()))
            }
            (Ok(FileObjects { objects }), _) if !objects.is_empty() => Ok(PatchKind::Strategic(objects)),
            (_, Ok(json)) => Ok(PatchKind::Json(json)),
            // A text that holds nothing is a JSON patch without operations.
            (Ok(_), Err(_)) => Ok(PatchKind::Json(JsonPatch::none())),
            (Err(strategic), Err((mark, json))) => Err(neither(strategic, *mark, json)),
        }
    }
}

fn neither(strategic: &NotObjects, mark: Mark, json: &str) -> (Mark, String) {
    if strategic.malformed {
        return (strategic.mark, strategic.why.clone());
    }
    let mark = if strategic.mark.line > 0 { strategic.mark } else { mark };
    let why = format!("it is no strategic merge patch, as {}, and no JSON patch, as {json}", strategic.why);
    (mark, why)
}

/// What starts with a bracket has to be JSON, anything else is read as YAML (jsonPatchFromBytes).
fn read_json(text: &[u8], limits: &Limits) -> Result<JsonPatch, (Mark, String)> {
    if text.is_empty() {
        return Err((Mark::default(), "it is empty".to_owned()));
    }
    if text.first() == Some(&b'[') {
        json_syntax::check(text).map_err(|(line, why)| (Mark { line, ..Mark::default() }, why))?;
    }
    JsonPatch::read(text, limits)
}
