//! Fills one template.

use std::sync::{Arc, OnceLock};

use manifesto_gotmpl::{
    Args, Executor, Failure, Function, Functions, Library, Limits, Map, MapKind, MissingKey, Param,
    Signature, Value, data_functions, sprig_functions, value_of,
};
use manifesto_yaml::Node;

use crate::flux::delimiters::with_braces;
use crate::flux::template_value::yaml_of;

/// The name that upstream gives to its templates, for errors.
const NAME: &str = "resourceset";

/// What all the templates of a set may cost, in units of work of `manifesto-gotmpl`.
const STEPS_MAX: u64 = 50_000_000;

/// What one of `fills` may cost.
fn limits(fills: usize) -> Limits {
    let steps = STEPS_MAX / u64::try_from(fills).unwrap_or(u64::MAX).max(1);
    Limits { steps: steps.max(10_000), output_bytes: 4 << 20, source_bytes: 4 << 20, ..Limits::default() }
}

/// Fills a template with a set of inputs, or with none; it is one of `fills`.
pub(super) fn fill(text: &str, input: &Node, fills: usize) -> Result<String, String> {
    let limits = limits(fills);
    let text = with_braces(text, "<<", ">>");
    let mut library = Library::new(NAME, Arc::clone(functions()));
    let unit = library.parse(NAME, text.as_bytes(), &limits).map_err(|error| error.to_string())?;
    library.add(&unit);
    let mut host = if input.is_null() { Value::Map(Map::nil(MapKind::Any)) } else { value_of(input) };
    let mut executor = Executor::new(Arc::new(library), MissingKey::Error, limits, &mut host);
    let filled = executor.execute(NAME.as_bytes(), Value::Nil).map_err(|error| error.to_string())?;
    Ok(filled.to_text().into_owned())
}

/// Upstream has sprig without what reads the world or makes keys; templates that work there use nothing else.
fn functions() -> &'static Arc<Functions> {
    static FUNCTIONS: OnceLock<Arc<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let own = [
            Function::new("inputs", Signature::fixed(&[]).boxed(), inputs),
            Function::new("slugify", Signature::fixed(&[Param::Str]), slugify),
            Function::new("toYaml", Signature::fixed(&[Param::Any]), to_yaml),
            Function::new("mustToYaml", Signature::fixed(&[Param::Any]), to_yaml),
        ];
        Arc::new(sprig_functions().with(data_functions()).with(own))
    })
}

#[allow(clippy::unnecessary_wraps, reason = "the type of all functions of templates")]
fn inputs(executor: &mut Executor<'_>, _: Args<'_>) -> Result<Value, Failure> {
    Ok(executor.host::<Value>().cloned().unwrap_or_default())
}

/// Unlike Helm's it leaves the newline at the end.
fn to_yaml(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    Ok(Value::str(yaml_of(args.get(0))?))
}

/// gosimple/slug with at most 63 bytes, cut between words. What it would transliterate is refused.
fn slugify(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    const BYTES_MAX: usize = 63;
    let text = args.text(0).to_text().trim().replace(['"', '\''], "").to_lowercase();
    if !text.is_ascii() {
        return Err(Failure::text("slugify: characters beyond ASCII are not transliterated by Manifesto"));
    }
    let text = text.replace('&', " and ").replace('@', " at ");
    let mut slug = String::new();
    for char in text.trim().chars() {
        match char {
            'a'..='z' | '0'..='9' | '_' => slug.push(char),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_matches(['-', '_']);
    let cut = match slug.get(..=BYTES_MAX) {
        None => slug,
        Some(longer) => longer.get(..longer.rfind('-').unwrap_or(BYTES_MAX)).unwrap_or_default(),
    };
    Ok(Value::str(cut))
}
