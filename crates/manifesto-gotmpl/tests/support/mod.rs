//! A host with the few functions of Helm that templates of the conformance data call, and Helm's way to show errors.

#![allow(dead_code, clippy::unwrap_used, reason = "each test takes what it needs of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_gotmpl::{
    Args, Error, Executing, Executor, Failure, Function, Functions, Library, Limits, MissingKey, Param,
    Signature, Str, Value, data_functions, sprig_functions, value_of,
};

/// How often a template is included inside of itself.
#[derive(Default)]
struct Included(BTreeMap<Vec<u8>, u32>);

const INCLUDED_MAX: u32 = 1000;
pub(crate) const PARTIAL: &str = "probe/templates/_p.tpl";
pub(crate) const PAGE: &str = "probe/templates/out.yaml";

pub(crate) fn functions() -> Functions {
    const ANY: Signature = Signature::fixed(&[Param::Str, Param::Any]);
    sprig_functions().with(data_functions()).with([
        Function::new("include", ANY, include),
        Function::new("tpl", ANY.boxed(), tpl),
        Function::new("required", ANY.boxed(), required),
        Function::new("fail", Signature::fixed(&[Param::Str]), |_, args| {
            Err(Failure::text(format!("HELM_ERR_START{}HELM_ERR_END", String::from_utf8_lossy(args.str(0)))))
        }),
        Function::new("lookup", Signature::fixed(&[Param::Str; 4]), |_, _| Ok(Value::map([]))),
    ])
}

fn include(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let name = args.text(0);
    let depth = executor.host::<Included>().unwrap().0.entry(name.to_vec()).or_default();
    if *depth > INCLUDED_MAX {
        let name = name.to_text();
        let message =
            format!("rendering template has a nested reference name: {name}: unable to execute template");
        return Err(Failure::text(message));
    }
    *depth += 1;
    let result = executor.execute(&name, args.get(1).clone());
    *executor.host::<Included>().unwrap().0.get_mut(&*name).unwrap() -= 1;
    Ok(Value::Str(result?))
}

fn tpl(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0);
    let mut library = Library::on_top_of(Arc::clone(executor.library()));
    let quoted = format!("{:?}", text.to_text());
    let unit = library
        .parse("gotpl", text.clone(), executor.limits())
        .map_err(|error| Failure::text(format!("cannot parse template {quoted}: {error}")))?;
    library.add(&unit);
    let result =
        executor.with_library(Arc::new(library), |executor| executor.execute(b"gotpl", args.get(1).clone()));
    let text = result.map_err(|error| {
        Failure::nested(format!("error during tpl function execution for {quoted}: "), error)
    })?;
    Ok(Value::str(replace(&text, b"<no value>", b"")))
}

fn replace(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(old.len()).position(|window| window == old) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(new);
        rest = &rest[at + old.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn required(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    match args.get(1) {
        Value::Nil => {}
        Value::Str(text) if text.is_empty() => {}
        value => return Ok(value.clone()),
    }
    Err(Failure::text(format!("HELM_ERR_START{}HELM_ERR_END", String::from_utf8_lossy(args.str(0)))))
}

/// The values of the conformance data.
pub(crate) fn read_values(json: &[u8]) -> Value {
    let parsed =
        manifesto_yaml::parse(json, manifesto_yaml::Dialect::SigsV2, &manifesto_yaml::Limits::default());
    value_of(&parsed.documents.first().expect("the values are JSON").root)
}

/// Renders `tpl` as the partial of a page; the error is what Helm prints.
pub(crate) fn render(
    functions: &Arc<Functions>,
    tpl: &[u8],
    data: Value,
    limits: Limits,
) -> Result<Vec<u8>, (String, Error)> {
    let mut library = Library::new("gotpl", Arc::clone(functions));
    let page = format!("o: {{{{ include {PARTIAL:?} .Values.data }}}}");
    for (name, text) in [(PAGE, page.as_bytes()), (PARTIAL, tpl)] {
        match library.parse(name, text, &limits) {
            Ok(unit) => library.add(&unit),
            Err(error) => return Err((parse_error(&error), error)),
        }
    }
    let values = Value::map([(Str::from("Values"), Value::map([(Str::from("data"), data)]))]);
    let mut included = Included::default();
    let mut executor = Executor::new(Arc::new(library), MissingKey::Zero, limits, &mut included);
    match executor.execute(PAGE.as_bytes(), values) {
        Ok(text) => Ok(text[3..].to_vec()),
        Err(error) => Err((execution_error(&error), error)),
    }
}

fn parse_error(error: &Error) -> String {
    let text = error.to_string();
    let tokens: Vec<&str> = text.split(": ").collect();
    format!("Error: parse error at ({}): {}", tokens[1], tokens[tokens.len() - 1])
}

/// Helm's `reformatExecErrorMsg`.
fn execution_error(error: &Error) -> String {
    let text = error.to_string();
    let tokens: Vec<&str> = text.splitn(3, ": ").collect();
    if let Some((_, rest)) = text.split_once("HELM_ERR_START")
        && let Some((message, _)) = rest.rsplit_once("HELM_ERR_END")
    {
        return format!("Error: execution error at ({}): {message}", tokens[1]);
    }
    let mut parts = Vec::new();
    let mut current = Some(error);
    while let Some(error) = current {
        let Some(executing) = &error.executing else {
            parts.push(error.to_string() + "\n");
            break;
        };
        // A function that fails by itself, or adds words to a template's error, breaks the chain.
        if let Some((_, inner)) =
            error.message.strip_prefix("error calling ").and_then(|rest| rest.split_once(": "))
            && error.source.as_ref().is_none_or(|source| inner != source.to_string())
        {
            return format!("Error: {text}");
        }
        let message = error.message.split(" template:").next().unwrap();
        let place = error.place.as_ref().unwrap();
        let Executing { template, expression } = executing;
        parts.push(format!("{place}\n  executing \"{template}\" at <{expression}>:\n    {message}\n"));
        current = error.source.as_ref();
    }
    format!("Error: {}", parts.concat().trim())
}

/// Output as a line of data shows it: as text, or in hex where it is none.
pub(crate) fn shown(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec())
        .unwrap_or_else(|_| bytes.iter().fold("hex:".to_owned(), |text, byte| text + &format!("{byte:02x}")))
}

/// An error up to the function that failed: libraries word their reasons differently.
pub(crate) fn class(error: &str) -> &str {
    match error.rsplit_once("error calling ") {
        Some((_, rest)) => {
            let name = rest.split(": ").next().unwrap_or(rest);
            error.split_at(error.len() - rest.len() + name.len()).0
        }
        None => error,
    }
}
