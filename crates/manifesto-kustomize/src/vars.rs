//! `vars`: `$(NAME)` in fields, replaced by what a field of an object holds (api/filters/refvar,
//! api/internal/accumulator).

use std::collections::BTreeMap;

use manifesto_tree::Place;
use manifesto_yaml::{Dialect, Node, Number, Scalar, ScalarKind, ScalarStyle, SmolStr, Value};

use crate::config::FieldSpec;
use crate::error::{Halt, Outcome};
use crate::file::Var;
use crate::layer::{Accumulated, Context, Layer, check};
use crate::meter::Meter;
use crate::node::{Tag, Trail, Why, at, lookup, path, raw_text, sites, written};
use crate::object::{Id, Object, Objects};
use crate::schema::Schema;

/// Notes the variables of a kustomization, and which objects they take their values from.
pub(crate) fn merge(context: &Context<'_>, layer: &Layer, acc: &mut Accumulated) -> Outcome<()> {
    let schema = context.schema();
    for var in layer.file.vars.iter().flatten() {
        let what = format!("the variable `{}` cannot be used", var.name);
        let wanted = &var.object;
        // An empty namespace matches any.
        let any_namespace = wanted.namespace.is_empty();
        let matches = |id: &Id| {
            id.name == wanted.name
                && id.gvk == wanted.gvk
                && (any_namespace || id.effective_namespace() == wanted.effective_namespace())
        };
        let positions = acc.objects.by_any_id(&wanted.name, &schema, matches);
        match positions.as_slice() {
            [] => {}
            [only] => {
                let noted = acc.objects.change(*only, &schema, |object| {
                    object.variables.push(var.name.clone());
                    Ok(())
                });
                check(context, Some(layer.place(var.mark)), &what, noted)?;
            }
            several => {
                let why = format!("{} objects are the {}", several.len(), wanted.words());
                return Err(layer.refused(var.mark, what, why).remedy("name the namespace in `objref`"));
            }
        }
        add(acc, var, &layer.place(var.mark))?;
    }
    Ok(())
}

/// Adds the variables of a base. A name may be used once.
pub(crate) fn absorb(acc: &mut Accumulated, vars: BTreeMap<SmolStr, Var>, place: &Place) -> Outcome<()> {
    vars.into_values().try_for_each(|var| add(acc, &var, place))
}

fn add(acc: &mut Accumulated, var: &Var, place: &Place) -> Outcome<()> {
    if acc.vars.contains_key(&var.name) {
        let what = format!("the variable `{}` cannot be used", var.name);
        return Err(Halt::refused(Some(place.clone()), what, "there is a variable of this name already"));
    }
    acc.vars.insert(var.name.clone(), var.clone());
    Ok(())
}

/// What a variable stands for.
#[derive(Debug, Clone)]
enum VarValue {
    /// A scalar, which replaces a field that is nothing but the variable.
    Scalar(Scalar),
    /// What cannot be put into text: the variable stays.
    Structure,
}

/// Replaces the variables in all fields that may have them. Variables whose source is not there are refused, unless
/// objects may be missing.
pub(crate) fn resolve(acc: &mut Accumulated, schema: &Schema, meter: &Meter) -> Why<()> {
    let mut values = BTreeMap::new();
    for var in acc.vars.values() {
        match value_of(&acc.objects, var)? {
            Some(value) => {
                values.insert(var.name.clone(), value);
            }
            None if acc.incomplete.is_some() => {}
            None => {
                return Err(format!(
                    "the {}, which the variable `{}` is from, is not there",
                    var.object.words(),
                    var.name
                ));
            }
        }
    }
    if values.is_empty() {
        return Ok(());
    }
    let specs = acc.config.var_references.clone();
    for object in acc.objects.iter_mut() {
        let identity = std::sync::Arc::clone(object.identity(schema));
        for spec in specs.iter().filter(|spec| identity.current.gvk.is_selected_by(&spec.gvk)) {
            meter.charge(2)?;
            expand_field(object, spec, &values, meter)
                .map_err(|why| format!("{}: {why}", identity.current.words()))?;
        }
    }
    Ok(())
}

fn value_of(objects: &Objects, var: &Var) -> Why<Option<VarValue>> {
    let Some(object) = objects.iter().find(|object| object.variables.contains(&var.name)) else {
        return Ok(None);
    };
    let parts = path::split_indexes(path::split_dotted(&var.field));
    let missing = || {
        format!("the {} has no {}, which the variable `{}` is from", var.object.words(), var.field, var.name)
    };
    let node = lookup(object.root(), &parts)?.ok_or_else(missing)?;
    Ok(Some(match &node.value {
        Value::Scalar(scalar) if object.kind_in_quotes(node.mark).is_some() => {
            VarValue::Scalar(typed(&written(scalar.text().clone(), ScalarStyle::Plain, Tag::None))?)
        }
        // What has no tag is text, whatever it looks like (kyaml/yaml/rnode.go, GetFieldValue).
        Value::Scalar(scalar) if object.is_untagged(node.mark) => VarValue::Scalar(as_text(scalar)),
        Value::Scalar(scalar) => VarValue::Scalar(typed(scalar)?),
        _ => VarValue::Structure,
    }))
}

/// The value as Go has it: what is written `0777` is a number the reference cannot read so.
fn typed(scalar: &Scalar) -> Why<Scalar> {
    let refused = || format!("`{}` cannot be the value of a variable", scalar.text());
    match scalar.kind() {
        ScalarKind::Int => {
            let int: i64 = scalar.text().parse().map_err(|_| refused())?;
            Ok(Scalar::number(Number::Int(int)))
        }
        ScalarKind::Float => {
            let float: f64 = scalar.text().parse().map_err(|_| refused())?;
            Ok(Scalar::number(Number::Float(float)))
        }
        ScalarKind::Bool => match scalar.text().as_str() {
            "true" | "True" | "TRUE" => Ok(Scalar::bool(true)),
            _ => Ok(Scalar::bool(false)),
        },
        _ => Ok(as_text(scalar)),
    }
}

fn as_text(scalar: &Scalar) -> Scalar {
    written(scalar.text().clone(), ScalarStyle::Plain, Tag::Text)
}

fn expand_field(
    object: &mut Object,
    spec: &FieldSpec,
    values: &BTreeMap<SmolStr, VarValue>,
    meter: &Meter,
) -> Why<()> {
    let mut changes: Vec<(Trail, Scalar)> = Vec::new();
    for site in sites(object.root(), &spec.path, None)? {
        let Some(trail) = site.trail() else { continue };
        let Some(node) = at(object.root(), trail) else { continue };
        for (position, part) in parts(node, spec)? {
            meter.charge(1)?;
            let (text, Some(scalar)) = (raw_text(part), part.as_scalar()) else { continue };
            let is_text = scalar.kind() == ScalarKind::String;
            let whole = || -> Trail { trail.iter().copied().chain(position).collect() };
            if is_text && text.contains('$') {
                changes.push((whole(), expand(text, values)));
            } else if !is_text && object.is_untagged(part.mark) {
                // What has no tag counts as text, and is text from then on (kyaml's IsYNodeString, SetString).
                changes.push((whole(), Scalar::string(text)));
            }
        }
    }
    for (trail, scalar) in changes {
        let mark = at(object.root(), &trail).map(|node| node.mark).unwrap_or_default();
        object.write_scalar(&trail, scalar, mark);
    }
    Ok(())
}

/// The texts of a field: itself, the values of its mapping, or the items of its list.
fn parts<'n>(node: &'n Node, spec: &FieldSpec) -> Why<Vec<(Option<usize>, &'n Node)>> {
    match &node.value {
        Value::Scalar(_) => Ok(vec![(None, node)]),
        Value::Mapping(mapping) => {
            let keys_fit = mapping.entries().iter().all(|entry| entry.key.as_str().is_some());
            if !keys_fit {
                return Err(format!("a key of {} is no text", spec.path.text()));
            }
            Ok(mapping.entries().iter().enumerate().map(|(p, entry)| (Some(p), &entry.value)).collect())
        }
        Value::Sequence(items) => {
            if items.iter().any(|item| item.as_str().is_none()) {
                return Err(format!("an item of {} is no text", spec.path.text()));
            }
            Ok(items.iter().enumerate().map(|(position, item)| (Some(position), item)).collect())
        }
    }
}

/// The text with its variables replaced; alone, a variable keeps its type (expand.go, DoReplacements).
fn expand(text: &str, values: &BTreeMap<SmolStr, VarValue>) -> Scalar {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        let (before, from_dollar) = rest.split_at_checked(dollar).unwrap_or((rest, ""));
        let behind = from_dollar.get(1..).unwrap_or_default();
        if behind.is_empty() {
            break;
        }
        result.push_str(before);
        if let Some(escaped) = behind.strip_prefix('$') {
            result.push('$');
            rest = escaped;
        } else if let Some(inner) = behind.strip_prefix('(') {
            let Some((name, after)) = inner.split_once(')') else {
                result.push_str("$(");
                rest = inner;
                continue;
            };
            match values.get(name) {
                Some(VarValue::Scalar(scalar)) if text.len() == name.len() + 3 => return alone(scalar),
                Some(VarValue::Scalar(scalar)) => result.push_str(&in_text(scalar)),
                Some(VarValue::Structure) | None => {
                    result.push_str("$(");
                    result.push_str(name);
                    result.push(')');
                }
            }
            rest = after;
        } else {
            result.push('$');
            let first = behind.chars().next().map_or(0, char::len_utf8);
            result.push_str(behind.get(..first).unwrap_or_default());
            rest = behind.get(first..).unwrap_or_default();
        }
    }
    result.push_str(rest);
    Scalar::string(result)
}

fn alone(scalar: &Scalar) -> Scalar {
    match (scalar.kind(), scalar.as_number()) {
        (ScalarKind::Float, Some(number)) => positional(number.to_f64()),
        _ => scalar.clone(),
    }
}

/// strconv.FormatFloat with format `f`, tagged as a float.
fn positional(float: f64) -> Scalar {
    let written = Scalar::written(float.to_string(), ScalarStyle::Plain, Dialect::GoV3);
    if written.kind() == ScalarKind::Float { written } else { Scalar::number(Number::Float(float)) }
}

/// `%v` of the value.
fn in_text(scalar: &Scalar) -> String {
    match scalar.as_number() {
        Some(Number::Float(float)) => Number::Float(float).yaml_text(),
        _ => scalar.text().to_string(),
    }
}
