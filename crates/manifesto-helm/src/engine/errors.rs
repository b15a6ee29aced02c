//! What Helm makes of the engine's errors (pkg/engine/engine.go).

use manifesto_gotmpl::{Error, Executing};

use super::functions::{WORDS_END, WORDS_START};
use crate::error::{ErrorKind, HelmError};

/// `cleanupParseError`.
pub(super) fn parse_error(file: &str, error: &Error) -> HelmError {
    let text = error.to_string();
    let tokens: Vec<&str> = text.split(": ").collect();
    let message = match tokens.as_slice() {
        [_, location, .., last] => format!("parse error at ({location}): {last}"),
        [_, last] => format!("parse error at ({last}): {last}"),
        _ => format!("parse error in ({file}): {text}"),
    };
    finished(ErrorKind::Template, message, error)
}

/// `reformatExecErrorMsg`.
pub(super) fn execution_error(error: &Error) -> HelmError {
    let text = error.to_string();
    let location = text.split(": ").nth(1).unwrap_or_default().to_owned();
    // What `fail` and `required` say is all that is shown, from the first of their words to the last.
    let said = text
        .split_once(WORDS_START)
        .and_then(|(_, rest)| rest.rsplit_once(WORDS_END))
        .map(|(said, _)| format!("execution error at ({location}): {said}"));
    let message = said.or_else(|| trace(error)).unwrap_or(text);
    finished(ErrorKind::Execution, message, error)
}

fn finished(kind: ErrorKind, message: String, error: &Error) -> HelmError {
    let place = error.innermost().place.clone();
    let Some(budget) = error.budget else { return HelmError { place, ..HelmError::new(kind, message) } };
    let message = place.as_ref().map_or_else(|| budget.to_string(), |place| format!("{budget} at {place}"));
    HelmError { place, ..HelmError::new(ErrorKind::Budget, message) }
}

/// The way from the outermost template to where it failed; none where functions put words of their own in between.
fn trace(error: &Error) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut current = Some(error);
    while let Some(error) = current {
        let part = match (&error.place, &error.executing) {
            (Some(place), Some(Executing { template, expression })) => {
                if broken_chain(error) {
                    return None;
                }
                let message = error.message.split(" template:").next().unwrap_or_default();
                format!("{place}\n  executing {template:?} at <{expression}>:\n    {message}\n")
            }
            _ => format!("{error}\n"),
        };
        if parts.last() != Some(&part) {
            parts.push(part);
        }
        current = error.source.as_ref();
    }
    Some(parts.concat().trim().to_owned())
}

/// A function that fails by itself, or adds words to a template's error.
fn broken_chain(error: &Error) -> bool {
    let inner = error.message.strip_prefix("error calling ").and_then(|rest| rest.split_once(": "));
    inner.is_some_and(|(_, inner)| error.source.as_ref().is_none_or(|source| inner != source.to_string()))
}
