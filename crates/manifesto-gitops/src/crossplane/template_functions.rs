//! What function-go-templating adds to sprig (function_maps.go).

#![allow(clippy::unnecessary_wraps, reason = "all functions of templates have one type")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use manifesto_gotmpl::{
    Args, Executor, Failure, Function, Functions, Param, Signature, Value, sprig_functions,
};
use manifesto_yaml::{Dialect, Limits, Writer, parse, to_yaml};

use super::extra_resources::EXTRA_RESOURCES;
use super::go_value::go_value;
use crate::flux::template_value::node_of;

/// What functions note while a template is filled.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// What was asked for that only a cluster knows.
    pub(super) asked: BTreeSet<String>,
    /// How often a template is being included inside of itself.
    included: BTreeMap<Vec<u8>, usize>,
}

/// Upstream's own limit for `include`.
const INCLUDES_MAX: usize = 1000;

/// sprig without what reads the environment, and upstream's own.
pub(super) fn functions() -> &'static Arc<Functions> {
    static FUNCTIONS: OnceLock<Arc<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        use Param::{Any, Dict, Str};
        let own = [
            Function::new("randomChoice", Signature::variadic(&[Str]), random_choice),
            Function::new("toYaml", Signature::fixed(&[Any]), to_yaml_text),
            Function::new("fromYaml", Signature::fixed(&[Str]).boxed(), from_yaml),
            Function::new("getResourceCondition", Signature::fixed(&[Str, Any]).boxed(), condition),
            Function::new("setResourceNameAnnotation", Signature::fixed(&[Str]), name_annotation),
            Function::new("getComposedResource", Signature::fixed(&[Dict, Str]).boxed(), composed_resource),
            Function::new("getCompositeResource", Signature::fixed(&[Dict]).boxed(), composite_resource),
            Function::new(
                "getComposedConnectionDetails",
                Signature::fixed(&[Dict, Str]).boxed(),
                connection_details,
            ),
            Function::new("getExtraResources", Signature::fixed(&[Dict, Str]).boxed(), extra_resources),
            Function::new(
                "getExtraResourcesFromContext",
                Signature::fixed(&[Dict, Str]).boxed(),
                from_context,
            ),
            Function::new("getCredentialData", Signature::fixed(&[Dict, Str]).boxed(), credential_data),
            Function::new("include", Signature::fixed(&[Str, Any]), include),
        ];
        Arc::new(sprig_functions().with(own))
    })
}

fn ask(executor: &mut Executor<'_>, what: String) {
    if let Some(host) = executor.host::<Host>() {
        host.asked.insert(what);
    }
}

/// A value below others.
fn at(value: &Value, path: &[&str]) -> Value {
    path.iter().fold(value.clone(), |value, key| match &value {
        Value::Map(map) => map.get(key.as_bytes()).unwrap_or_default(),
        _ => Value::Nil,
    })
}

/// One of several by chance: the first stands for all.
fn random_choice(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    ask(executor, "a choice by chance".to_owned());
    if args.all().is_empty() {
        return Err(Failure::text("invalid argument to Intn"));
    }
    Ok(args.get(0).clone())
}

/// As version 3 of go-yaml writes it: with an indent of 4, and a newline at the end.
fn to_yaml_text(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let text = to_yaml(&node_of(args.get(0))?, Writer::GoV3 { indent: 4 });
    text.map(Value::str).map_err(|error| Failure::text(error.to_string()))
}

fn from_yaml(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let parsed = parse(args.str(0), Dialect::GoV3, &Limits::default());
    if let Some(error) = parsed.error {
        return Err(Failure::text(error.to_string()));
    }
    Ok(parsed.documents.first().map(|document| go_value(&document.root)).unwrap_or_default())
}

/// A condition of an object; `Unknown` where the object does not have it, as all that were not observed.
fn condition(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let kind = args.text(0);
    let conditions = match at(args.get(1), &["resource", "status", "conditions"]) {
        Value::Nil => at(args.get(1), &["status", "conditions"]),
        conditions => conditions,
    };
    let items = if let Value::List(items) = conditions { items.to_vec() } else { Vec::new() };
    let is_it = |item: &Value| matches!(at(item, &["type"]), Value::Str(name) if *name == *kind);
    let field = |item: &Value, key: &str| match at(item, &[key]) {
        Value::Nil => Value::str(""),
        value => value,
    };
    if let Some(item) = items.iter().find(|item| is_it(item)) {
        let fields = [("Type", "type"), ("Status", "status"), ("Reason", "reason"), ("Message", "message")];
        return Ok(Value::map(fields.map(|(name, key)| (name.into(), field(item, key)))));
    }
    ask(executor, format!("the condition `{}` of an object", kind.to_text()));
    let fields = [("Status", Value::str("Unknown")), ("Reason", Value::str("")), ("Message", Value::str(""))];
    let fields = fields.into_iter().chain([("Type", Value::Str(kind))]);
    Ok(Value::map(fields.map(|(name, value)| (name.into(), value))))
}

fn name_annotation(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let name = args.text(0);
    Ok(Value::str(format!("gotemplating.fn.crossplane.io/composition-resource-name: {}", name.to_text())))
}

/// Nothing was observed yet.
fn composed_resource(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    ask(executor, format!("what was observed of `{}`", args.text(1).to_text()));
    Ok(Value::Nil)
}

fn composite_resource(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    Ok(at(args.get(0), &["observed", "composite", "resource"]))
}

fn connection_details(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    ask(executor, format!("the connection details of `{}`", args.text(1).to_text()));
    Ok(Value::Nil)
}

/// What an `ExtraResources` object of the same template asks for.
fn extra_resources(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let name = args.text(1);
    Ok(at(args.get(0), &["extraResources", &name.to_text(), "items"]))
}

fn from_context(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let name = args.text(1);
    Ok(at(args.get(0), &["context", EXTRA_RESOURCES, &name.to_text(), "items"]))
}

fn credential_data(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    ask(executor, format!("the credentials `{}`", args.text(1).to_text()));
    Ok(Value::Nil)
}

fn include(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let name = args.str(0).to_vec();
    let depth = |executor: &mut Executor<'_>, by: isize| {
        executor.host::<Host>().map_or(0, |host| {
            let count = host.included.entry(name.clone()).or_default();
            *count = count.saturating_add_signed(by);
            *count
        })
    };
    if depth(executor, 1) > INCLUDES_MAX {
        return Err(Failure::text("rendering template has a nested reference name"));
    }
    let text = executor.execute(&name, args.get(1).clone());
    depth(executor, -1);
    Ok(Value::Str(text?))
}
