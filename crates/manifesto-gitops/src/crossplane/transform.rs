//! What a patch makes of a value (crossplane-contrib/function-patch-and-transform, transforms.go).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifesto_objects::Quantity;
use manifesto_yaml::{Html, Limits, Node, Number, Value, parse_json, to_json};
use regex::Regex;

use super::go_value::{call_text, sprintf, whole};

type Resolved = Result<Node, String>;

/// Applies one transform.
pub(super) fn resolve(value: &Node, transform: &Node) -> Resolved {
    let kind = transform.get("type").and_then(Node::as_str).unwrap_or_default();
    let config = || transform.get(kind).ok_or_else(|| format!("the transform `{kind}` is not configured"));
    match kind {
        "math" => math(value, config()?),
        "map" => map(value, config()?),
        "match" => matched(value, config()?),
        "string" => string(value, config()?).map(Node::string),
        "convert" => convert(value, config()?),
        _ => Err(format!("the transform type `{kind}` is not supported")),
    }
}

fn text<'n>(config: &'n Node, key: &str) -> Option<&'n str> {
    config.get(key).and_then(Node::as_str)
}

/// A number as Go has it: a whole one is `int64`.
enum Go {
    Int(i64),
    Float(f64),
}

fn number(value: &Node) -> Option<Go> {
    let number = value.as_number()?;
    Some(whole(number).map_or_else(|| Go::Float(number.to_f64()), Go::Int))
}

fn math(value: &Node, config: &Node) -> Resolved {
    let number = number(value).ok_or_else(|| "a number is needed for math".to_owned())?;
    let kind = text(config, "type").unwrap_or("Multiply");
    let key = match kind {
        "Multiply" => "multiply",
        "ClampMin" => "clampMin",
        "ClampMax" => "clampMax",
        _ => return Err(format!("the math `{kind}` is not known")),
    };
    let with = config.get(key).and_then(Node::as_i64).ok_or_else(|| format!("`{key}` is not set"))?;
    Ok(match (kind, number) {
        ("Multiply", Go::Int(int)) => Node::int(int.wrapping_mul(with)),
        #[allow(clippy::cast_precision_loss, reason = "as Go converts")]
        ("Multiply", Go::Float(float)) => Node::number(Number::Float(float * with as f64)),
        (_, number) => {
            #[allow(clippy::cast_possible_truncation, reason = "as Go converts")]
            let int = match number {
                Go::Int(int) => int,
                Go::Float(float) => float as i64,
            };
            let is_beyond = if kind == "ClampMin" { int < with } else { int > with };
            if is_beyond { Node::int(with) } else { value.clone() }
        }
    })
}

fn map(value: &Node, config: &Node) -> Resolved {
    let key = value.as_str().ok_or_else(|| "only a text can be mapped".to_owned())?;
    config.get(key).cloned().ok_or_else(|| format!("key {key} is not found in map"))
}

fn matched(value: &Node, config: &Node) -> Resolved {
    let result = |node: Option<&Node>| node.cloned().unwrap_or_else(Node::null);
    for pattern in config.get("patterns").map(Node::items).unwrap_or_default() {
        let kind = text(pattern, "type").unwrap_or("literal");
        let wanted = text(pattern, kind).ok_or_else(|| format!("`{kind}` is required by type {kind}"))?;
        let regex = match kind {
            "literal" => None,
            "regexp" => Some(regex(wanted)?),
            _ => return Err(format!("unsupported pattern type '{kind}'")),
        };
        let input = value.as_str().ok_or_else(|| "only a text can be matched".to_owned())?;
        if regex.map_or_else(|| input == wanted, |regex| regex.is_match(input)) {
            return Ok(result(pattern.get("result")));
        }
    }
    let fallback = config.get("fallbackValue");
    if text(config, "fallbackTo") == Some("Input") {
        return match fallback {
            Some(fallback) if !fallback.is_null() => {
                Err("cannot set both a fallback value and the fallback to input flag".to_owned())
            }
            _ => Ok(value.clone()),
        };
    }
    Ok(result(fallback))
}

fn regex(pattern: &str) -> Result<Regex, String> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().map_err(|error| error.to_string())
}

/// `%v`
fn shown(value: &Node) -> Result<String, String> {
    sprintf("%v", std::slice::from_ref(value))
}

fn string(value: &Node, config: &Node) -> Result<String, String> {
    let kind = text(config, "type").unwrap_or("Format");
    let unset = |key: &str| format!("string transform of type {kind} {key} is not set");
    match kind {
        "Format" => sprintf(text(config, "fmt").ok_or_else(|| unset("fmt"))?, std::slice::from_ref(value)),
        "Convert" => string_convert(value, text(config, "convert").ok_or_else(|| unset("convert"))?),
        "TrimPrefix" | "TrimSuffix" => {
            let trim = text(config, "trim").ok_or_else(|| unset("trim"))?;
            let shown = shown(value)?;
            let trimmed =
                if kind == "TrimPrefix" { shown.strip_prefix(trim) } else { shown.strip_suffix(trim) };
            Ok(trimmed.unwrap_or(&shown).to_owned())
        }
        "Regexp" => {
            let regexp = config.get("regexp").ok_or_else(|| unset("regexp"))?;
            let group = regexp.get("group").and_then(Node::as_i64).unwrap_or(0);
            captured(&shown(value)?, text(regexp, "match").unwrap_or_default(), group)
        }
        "Join" => join(value, config.get("join").ok_or_else(|| unset("join"))?),
        "Replace" => {
            let replace = config.get("replace").ok_or_else(|| unset("replace"))?;
            let part = |key: &str| text(replace, key).unwrap_or_default();
            Ok(shown(value)?.replace(part("search"), part("replace")))
        }
        _ => Err(format!("type {kind} is not supported for string transform type")),
    }
}

fn captured(input: &str, pattern: &str, group: i64) -> Result<String, String> {
    let none = || format!("regexp {pattern:?} had no matches for group {group}");
    let captures = regex(pattern)?.captures(input).ok_or_else(none)?;
    let group = usize::try_from(group).ok().filter(|group| *group < captures.len()).ok_or_else(none)?;
    // A group that took no part is an empty text.
    Ok(captures.get(group).map(|found| found.as_str().to_owned()).unwrap_or_default())
}

/// Upstream puts the separator after each item and then takes one byte off the end.
fn join(value: &Node, config: &Node) -> Result<String, String> {
    let items = value.as_sequence().ok_or_else(|| "could not parse input array".to_owned())?;
    let separator = text(config, "separator").unwrap_or_default();
    let mut joined = String::new();
    for item in items {
        joined.push_str(&shown(item)?);
        joined.push_str(separator);
    }
    if !separator.is_empty() && !items.is_empty() {
        joined.pop();
    }
    Ok(joined)
}

fn string_convert(value: &Node, to: &str) -> Result<String, String> {
    let json = || to_json(value, Html::Escaped).map_err(|error| error.to_string());
    let hashed = |function: &str| {
        let input = value.as_str().map_or_else(json, |text| Ok(text.to_owned()))?;
        call_text(function, &input)
    };
    match to {
        "ToUpper" => call_text("upper", &shown(value)?),
        "ToLower" => call_text("lower", &shown(value)?),
        "ToJson" => json(),
        "ToBase64" => Ok(STANDARD.encode(shown(value)?)),
        "FromBase64" => {
            let bytes =
                STANDARD.decode(shown(value)?).map_err(|_| "string is not valid base64".to_owned())?;
            String::from_utf8(bytes).map_err(|_| "the decoded string is no text".to_owned())
        }
        "ToSha1" => hashed("sha1sum"),
        "ToSha256" => hashed("sha256sum"),
        "ToSha512" => hashed("sha512sum"),
        "ToAdler32" => hashed("adler32sum"),
        _ => Err(format!("type {to} is not supported for string convert")),
    }
}

fn convert(value: &Node, config: &Node) -> Resolved {
    let to = match text(config, "toType").unwrap_or_default() {
        "int" => "int64",
        to => to,
    };
    let from = type_of(value)?;
    if from == to {
        return Ok(value.clone());
    }
    let format = text(config, "format").unwrap_or("none");
    let refused = || format!("conversion from {from} to {to} is not supported with format {format}");
    let wrong = |_| format!("the text {:?} is no {to}", value.text().unwrap_or_default());
    let input = value.text().unwrap_or_default();
    Ok(match (from, to, format) {
        ("string", "int64", "none") => {
            Node::int(input.parse().map_err(|error: std::num::ParseIntError| wrong(error.to_string()))?)
        }
        ("string", "bool", "none") => Node::bool(go_bool(input).ok_or_else(|| wrong(String::new()))?),
        ("string", "float64", "none") => Node::number(Number::Float(
            input.parse().map_err(|error: std::num::ParseFloatError| wrong(error.to_string()))?,
        )),
        ("string", "float64", "quantity") => {
            let quantity = Quantity::parse(input).map_err(|error| error.to_string())?;
            #[allow(clippy::cast_precision_loss, reason = "upstream takes the approximate value")]
            let millis = quantity.millis() as f64;
            Node::number(Number::Float(millis / 1000.0))
        }
        ("string", "object", "json") => json_of(input, |node| node.as_mapping().is_some())?,
        ("string", "array", "json") => json_of(input, |node| node.as_sequence().is_some())?,
        ("int64" | "bool" | "float64", _, "none") => convert_plain(value, to).ok_or_else(refused)?,
        _ => return Err(refused()),
    })
}

fn type_of(value: &Node) -> Result<&'static str, String> {
    match &value.value {
        Value::Mapping(_) => Ok("object"),
        Value::Sequence(_) => Ok("array"),
        Value::Scalar(_) if value.as_bool().is_some() => Ok("bool"),
        Value::Scalar(_) => match number(value) {
            Some(Go::Int(_)) => Ok("int64"),
            Some(Go::Float(_)) => Ok("float64"),
            None if value.as_str().is_some() => Ok("string"),
            None => Err("nothing cannot be converted".to_owned()),
        },
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as Go converts")]
fn convert_plain(value: &Node, to: &str) -> Option<Node> {
    let number = match value.as_bool() {
        Some(flag) if to == "string" => return Some(Node::string(flag.to_string())),
        Some(flag) => Go::Int(i64::from(flag)),
        None => number(value)?,
    };
    Some(match (number, to) {
        (Go::Int(int), "string") => Node::string(int.to_string()),
        (Go::Int(int), "int64") => Node::int(int),
        (Go::Int(int), "bool") => Node::bool(int == 1),
        (Go::Int(int), "float64") => Node::number(Number::Float(int as f64)),
        // The shortest digits that read back as the same, without an exponent, as Rust writes them too.
        (Go::Float(float), "string") => Node::string(float.to_string()),
        (Go::Float(float), "int64") => Node::int(float as i64),
        // What is 1 is whole.
        (Go::Float(_), "bool") => Node::bool(false),
        _ => return None,
    })
}

/// `strconv.ParseBool`
fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn json_of(text: &str, fits: impl Fn(&Node) -> bool) -> Resolved {
    let node = parse_json(text.as_bytes(), &Limits::default()).map_err(|error| error.to_string())?;
    if fits(&node) { Ok(node) } else { Err("the JSON is of another kind".to_owned()) }
}
