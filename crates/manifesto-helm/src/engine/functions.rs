//! The functions that Helm adds and that need its templates or its cluster (pkg/engine/engine.go, funcs.go).

#![allow(clippy::unnecessary_wraps, reason = "all functions of templates have one type")]

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use manifesto_gotmpl::{
    Args, Executor, Failure, Function, Functions, Library, Param, Signature, Str, TaintKind, Value,
    data_functions, sprig_functions,
};

/// What one render keeps for its functions: how often each template is being included at this moment.
#[derive(Debug, Default)]
pub(super) struct Host {
    included: BTreeMap<Str, u32>,
}

/// `recursionMaxNums`.
const INCLUDED_MAX: u32 = 1000;
pub(super) const WORDS_START: &str = "HELM_ERR_START";
pub(super) const WORDS_END: &str = "HELM_ERR_END";

/// All functions that templates of charts can call. Made once.
pub(super) fn functions() -> Arc<Functions> {
    const TEXT_AND_ANY: Signature = Signature::fixed(&[Param::Str, Param::Any]);
    static FUNCTIONS: OnceLock<Arc<Functions>> = OnceLock::new();
    let make = || {
        let own = [
            Function::new("include", TEXT_AND_ANY, include),
            Function::new("tpl", TEXT_AND_ANY, tpl),
            Function::new("required", TEXT_AND_ANY.boxed(), required),
            Function::new("fail", Signature::fixed(&[Param::Str]), fail),
            Function::new("lookup", Signature::fixed(&[Param::Str; 4]), lookup),
        ];
        Arc::new(sprig_functions().with(data_functions()).with(own))
    };
    Arc::clone(FUNCTIONS.get_or_init(make))
}

fn include(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let name = args.text(0);
    if let Some(host) = executor.host::<Host>() {
        let depth = host.included.entry(name.clone()).or_default();
        if *depth > INCLUDED_MAX {
            let name = name.to_text();
            return Err(Failure::text(format!(
                "rendering template has a nested reference name: {name}: unable to execute template"
            )));
        }
        *depth += 1;
    }
    let result = executor.execute(&name, args.get(1).clone());
    if let Some(depth) = executor.host::<Host>().and_then(|host| host.included.get_mut(&*name)) {
        *depth -= 1;
    }
    Ok(Value::Str(result?))
}

fn tpl(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0);
    let parent = Arc::clone(executor.library());
    let name = parent.name().to_owned();
    let shown = || manifesto_gotmpl::quoted(&text);
    let limits = executor.limits().clone();
    executor.step(text.len() as u64 >> 3)?;
    let unit = parent
        .parse(&name, text.clone(), &limits)
        .map_err(|error| Failure::nested(format!("cannot parse template {}: ", shown()), error))?;
    let mut library = Library::on_top_of(parent);
    library.add(&unit);
    let data = args.get(1).clone();
    let result = executor.with_library(Arc::new(library), |executor| executor.execute(name.as_bytes(), data));
    let text = result.map_err(|error| {
        Failure::nested(format!("error during tpl function execution for {}: ", shown()), error)
    })?;
    Ok(Value::Str(without_no_value(text)))
}

/// Takes `<no value>` out of a text, as Helm does since Go prints it in spite of `missingkey=zero`.
pub(super) fn without_no_value(text: Str) -> Str {
    const NO_VALUE: &[u8] = b"<no value>";
    if memchr::memmem::find(&text, NO_VALUE).is_none() {
        return text;
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memchr::memmem::find_iter(&text, NO_VALUE) {
        kept.extend_from_slice(text.get(from..at).unwrap_or_default());
        from = at + NO_VALUE.len();
    }
    kept.extend_from_slice(text.get(from..).unwrap_or_default());
    text.with_bytes(kept)
}

fn words(text: &[u8]) -> Failure {
    Failure::text(format!("{WORDS_START}{}{WORDS_END}", String::from_utf8_lossy(text)))
}

fn required(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    match args.get(1) {
        Value::Nil => Err(words(args.str(0))),
        Value::Str(text) if text.is_empty() => Err(words(args.str(0))),
        value => Ok(value.clone()),
    }
}

fn fail(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    Err(words(args.str(0)))
}

/// Without a cluster nothing is found; and that is told, since there may be something.
fn lookup(executor: &mut Executor<'_>, _: Args<'_>) -> Result<Value, Failure> {
    executor.add_taint("lookup", TaintKind::Value);
    Ok(Value::map([]))
}
