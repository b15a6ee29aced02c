//! JSON, YAML and TOML: sprig's JSON functions, and those that Helm adds or puts in their place.

mod json_read;
mod json_write;
mod toml;
mod yaml;

use super::{Answer, Args, fixed, fixed_any, text};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Any, Str as S};
use crate::library::Function;
use crate::meter::Budget;
use crate::text::Str;
use crate::value::{List, ListKind, Map, MapKind, Value};

use json_write::Style;
pub use yaml::value_of;

/// Why a value cannot be written.
pub(super) enum WriteError {
    /// The format has no form for it; Go's words.
    Unsupported(String),
    /// The same where even functions that hide errors fail.
    Panic(String),
    Budget(Budget),
}

impl From<Budget> for WriteError {
    fn from(budget: Budget) -> Self {
        Self::Budget(budget)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unsupported(message) | WriteError::Panic(message) => Self::text(message),
            WriteError::Budget(budget) => budget.into(),
        }
    }
}

/// What a writer made, or nothing where the function hides errors.
fn hidden(written: Result<Str, WriteError>) -> Answer {
    match written {
        Ok(written) => Ok(Value::Str(written)),
        Err(WriteError::Unsupported(_)) => text(""),
        Err(error) => Err(error.into()),
    }
}

fn shown(written: Result<Str, WriteError>) -> Answer {
    Ok(Value::Str(written?))
}

impl Executor<'_> {
    /// What `toYaml` makes of a value.
    pub fn yaml_text(&mut self, value: &Value) -> Answer {
        hidden(self.yaml(value, false))
    }
}

/// sprig's own JSON functions.
pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed_any("fromJson", &[S], |executor, args| match json_read::read(executor, args.str(0)) {
            Ok(value) => Ok(value),
            Err(failure) if failure.budget().is_some() => Err(failure),
            Err(_) => Ok(Value::Nil),
        }),
        fixed_any("mustFromJson", &[S], |executor, args| json_read::read(executor, args.str(0))),
        fixed("toJson", &[Any], |executor, args| hidden(executor.json(args.get(0), Style::Escaped))),
        fixed("mustToJson", &[Any], |executor, args| shown(executor.json(args.get(0), Style::Escaped))),
        fixed("toPrettyJson", &[Any], |executor, args| hidden(executor.json(args.get(0), Style::Pretty))),
        fixed("mustToPrettyJson", &[Any], |executor, args| shown(executor.json(args.get(0), Style::Pretty))),
        fixed("toRawJson", &[Any], |executor, args| shown(executor.json(args.get(0), Style::Raw))),
        fixed("mustToRawJson", &[Any], |executor, args| shown(executor.json(args.get(0), Style::Raw))),
    ]
}

/// The functions of data formats that Helm registers on top of sprig's.
pub fn data_functions() -> Vec<Function> {
    vec![
        fixed("toJson", &[Any], |executor, args| hidden(executor.json(args.get(0), Style::Escaped))),
        fixed("mustToJson", &[Any], |executor, args| shown(executor.json(args.get(0), Style::Escaped))),
        fixed("fromJson", &[S], |executor, args| dict_of(json_read::read(executor, args.str(0)), "")),
        fixed("fromJsonArray", &[S], |executor, args| array_of(json_read::read(executor, args.str(0)), "")),
        fixed("toYaml", &[Any], |executor, args| hidden(executor.yaml(args.get(0), false))),
        fixed("mustToYaml", &[Any], |executor, args| shown(executor.yaml(args.get(0), false))),
        fixed("toYamlPretty", &[Any], |executor, args| hidden(executor.yaml(args.get(0), true))),
        // Where JSON's null is Go's nil, nothing in YAML leaves the empty dict or list as it was.
        fixed("fromYaml", &[S], |executor, args| match yaml::read(executor, args.str(0)) {
            Ok(Value::Nil) => Ok(Value::map([])),
            read => dict_of(read, yaml::CONTEXT),
        }),
        fixed("fromYamlArray", &[S], |executor, args| match yaml::read(executor, args.str(0)) {
            Ok(Value::Nil) => Ok(Value::list(Vec::new())),
            read => array_of(read, yaml::CONTEXT),
        }),
        fixed("toToml", &[Any], to_toml),
        fixed("fromToml", &[S], |executor, args| dict_of(toml::read(executor, args.str(0)), "")),
    ]
}

/// The error's text stands in for the toml.
fn to_toml(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    if args.get(0).is_nil() {
        return Err(Failure::text("reflect: call of reflect.Value.Type on zero Value"));
    }
    match executor.toml(args.get(0)) {
        Err(WriteError::Unsupported(message)) => text(message),
        written => shown(written),
    }
}

/// What Go cannot put into a value of another type.
fn mismatch(value: &Value, context: &str, wanted: &str) -> String {
    let found = match value {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!("{context}json: cannot unmarshal {found} into Go value of type {wanted}")
}

/// A dict, or one that tells in `Error` why there is none. Nothing read is Go's nil map.
fn dict_of(read: Answer, context: &str) -> Answer {
    let message = match read {
        Ok(Value::Map(map)) => return Ok(Value::Map(map)),
        Ok(Value::Nil) => return Ok(Value::Map(Map::nil(MapKind::Any))),
        Ok(other) => mismatch(&other, context, "map[string]interface {}"),
        Err(failure) if failure.budget().is_some() => return Err(failure),
        Err(failure) => failure.into_parts().0,
    };
    Ok(Value::map([(Str::from("Error"), Value::str(message))]))
}

/// A list, or one of the reason why there is none.
fn array_of(read: Answer, context: &str) -> Answer {
    let message = match read {
        Ok(Value::List(list)) => return Ok(Value::List(list)),
        Ok(Value::Nil) => return Ok(Value::List(List::nil(ListKind::Any))),
        Ok(other) => mismatch(&other, context, "[]interface {}"),
        Err(failure) if failure.budget().is_some() => return Err(failure),
        Err(failure) => failure.into_parts().0,
    };
    Ok(Value::list(vec![Value::str(message)]))
}
