//! `values.schema.json` of a chart and of the charts in it (pkg/chart/common/util/jsonschema.go).

mod cost;

use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{PatternOptions, Retrieve, Uri};
use manifesto_gotmpl::{Map, Value};
use manifesto_tree::{Gap, GapReason};
use serde_json::Value as Json;

use crate::dependencies::Release;
use crate::error::{ErrorKind, HelmError};
use crate::values::as_table;

/// The name under which Helm compiles a schema.
const SCHEMA_URI: &str = "file:///values.schema.json";
/// Bytes of one compiled pattern.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// So many problems of one chart are told.
const PROBLEMS_MAX: usize = 20;

/// Holds the values against all schemas. What a schema refers to elsewhere is a gap: Helm would fetch it.
pub(crate) fn validate(release: &Release, values: &Map, gaps: &mut Vec<Gap>) -> Result<(), HelmError> {
    let mut problems = String::new();
    collect(release, values, gaps, &mut problems)?;
    if problems.is_empty() {
        return Ok(());
    }
    let message = format!(
        "values don't meet the specifications of the schema(s) in the following chart(s):\n{problems}"
    );
    Err(HelmError::new(ErrorKind::Schema, message))
}

fn collect(
    release: &Release,
    values: &Map,
    gaps: &mut Vec<Gap>,
    problems: &mut String,
) -> Result<(), HelmError> {
    if let Some(schema) = &release.chart.schema {
        match check(&schema.data, values) {
            Outcome::Fits => {}
            Outcome::Misfits(reasons) => problems.push_str(&format!("{}:\n{reasons}\n", release.name)),
            Outcome::TooMuch => return Err(HelmError::budget("work of a schema")),
            Outcome::Remote(uri) => gaps.push(Gap::new(
                // Every object is there: only whether Helm would take the values is not known.
                GapReason::UnknownValue,
                format!(
                    "the values of the chart `{}` are not held against its schema, which refers to {uri}",
                    release.name
                ),
            )),
        }
    }
    for inner in &release.charts {
        match values.get(inner.name.as_bytes()) {
            None | Some(Value::Nil) => {}
            Some(value) => match as_table(&value) {
                Some(table) => collect(inner, &table, gaps, problems)?,
                None => problems.push_str(&format!(
                    "{}:\ninvalid type for values: expected object (map), got {}\n",
                    inner.name,
                    value.type_name()
                )),
            },
        }
    }
    Ok(())
}

enum Outcome {
    Fits,
    Misfits(String),
    /// It would cost more than it may.
    TooMuch,
    /// The schema refers to something that is not here.
    Remote(String),
}

/// Fetches nothing, and remembers what it was asked for.
#[derive(Debug, Clone, Default)]
struct Elsewhere(Arc<Mutex<Option<String>>>);

impl Retrieve for Elsewhere {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        // Helm takes anything for what is named and not located.
        if uri.as_str().starts_with("urn:") {
            return Ok(Json::Bool(true));
        }
        if uri.as_str().starts_with("http:") || uri.as_str().starts_with("https:") {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(uri.to_string());
        }
        Err(format!("failing loading {uri:?}: only the chart itself is read").into())
    }
}

fn check(schema: &[u8], values: &Map) -> Outcome {
    let schema: Json = match serde_json::from_slice(schema) {
        Ok(schema) => schema,
        Err(error) => return Outcome::Misfits(error.to_string()),
    };
    let values = json(&Value::Map(values.clone()));
    match cost::check(&schema, &values) {
        Ok(()) => {}
        Err(cost::TooMuch::Visits) => return Outcome::TooMuch,
        Err(cost::TooMuch::Endless) => {
            return Outcome::Misfits(format!("\"{SCHEMA_URI}#\" refers to itself without end"));
        }
    }
    let elsewhere = Elsewhere::default();
    let validator = jsonschema::options()
        .with_base_uri(SCHEMA_URI)
        .with_retriever(elsewhere.clone())
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES_MAX))
        .build(&schema);
    let remote = elsewhere.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let validator = match (validator, remote) {
        (Ok(validator), _) => validator,
        (Err(_), Some(uri)) => return Outcome::Remote(uri),
        (Err(error), None) => {
            return Outcome::Misfits(format!("\"{SCHEMA_URI}#\" is not valid against metaschema: {error}"));
        }
    };
    let reasons: Vec<String> = validator
        .iter_errors(&values)
        .take(PROBLEMS_MAX)
        .map(|error| format!("- at '{}': {}", error.instance_path(), error.masked()))
        .collect();
    if reasons.is_empty() { Outcome::Fits } else { Outcome::Misfits(reasons.join("\n")) }
}

/// A table of values as JSON has it.
pub(crate) fn json_of(values: &Map) -> Json {
    json(&Value::Map(values.clone()))
}

/// Values as JSON has them. Whole numbers are whole, as Go's validator sees them.
fn json(value: &Value) -> Json {
    match value {
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Str(text) => Json::String(text.to_text().into_owned()),
        Value::List(list) => Json::Array(list.to_vec().iter().map(json).collect()),
        Value::Map(map) => {
            let entry =
                |(key, value): (manifesto_gotmpl::Str, Value)| (key.to_text().into_owned(), json(&value));
            Json::Object(map.entries().into_iter().map(entry).collect())
        }
        _ => Json::Null,
    }
}
