//! Filling templates of an ApplicationSet: Go templates, or `{{name}}` by plain replacement.
//!
//! Upstream: argo-cd v3, applicationset/utils/utils.go.

use std::sync::{Arc, OnceLock};

use manifesto_gotmpl::{
    Args, Executor, Failure, Function, Functions, Library, Limits, MissingKey, Param, Signature, Value,
    data_functions, sprig_functions, value_of,
};
use manifesto_yaml::{Entry, Mapping, Node, Value as Yaml};

/// How the templates of one ApplicationSet are filled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filler {
    pub(super) is_go: bool,
    pub(super) missing_key: MissingKey,
}

impl Filler {
    /// As `spec.goTemplate` and `spec.goTemplateOptions` say.
    pub(super) fn of(spec: &Node) -> Self {
        let options = spec.get("goTemplateOptions").into_iter().flat_map(Node::items).filter_map(Node::text);
        let mut missing = options.filter_map(|option| match option {
            "missingkey=error" => Some(MissingKey::Error),
            "missingkey=zero" => Some(MissingKey::Zero),
            "missingkey=default" | "missingkey=invalid" => Some(MissingKey::Invalid),
            _ => None,
        });
        let is_go = spec.get("goTemplate").and_then(Node::as_bool).unwrap_or(false);
        Self { is_go, missing_key: missing.next_back().unwrap_or_default() }
    }

    /// Fills one text.
    pub(super) fn text(self, text: &str, params: &Mapping) -> Result<String, String> {
        match (text.contains("{{"), self.is_go) {
            (false, _) => Ok(text.to_owned()),
            (true, true) => self.go(text, params),
            (true, false) => plain(text, params),
        }
    }

    /// Fills every text of a value, keys as well.
    pub(super) fn node(self, node: &Node, params: &Mapping) -> Result<Node, String> {
        let value = match &node.value {
            Yaml::Scalar(_) => match node.as_str() {
                Some(text) if text.contains("{{") => Node::string(self.text(text, params)?).value,
                _ => return Ok(node.clone()),
            },
            Yaml::Sequence(items) => {
                let items = items.iter().map(|item| self.node(item, params));
                Yaml::Sequence(Arc::new(items.collect::<Result<_, _>>()?))
            }
            Yaml::Mapping(mapping) => {
                let mut filled = Mapping::new();
                for entry in mapping.entries() {
                    let key = self.node(&entry.key, params)?;
                    filled.entries_mut().push(Entry { key, value: self.node(&entry.value, params)? });
                }
                Yaml::Mapping(Arc::new(filled))
            }
        };
        Ok(Node { value, mark: node.mark })
    }

    fn go(self, text: &str, params: &Mapping) -> Result<String, String> {
        let mut library = Library::new("", Arc::clone(functions()));
        let limits = Limits::default();
        let unit = library.parse("", text.as_bytes(), &limits).map_err(|error| error.to_string())?;
        library.add(&unit);
        let mut host = ();
        let mut executor = Executor::new(Arc::new(library), self.missing_key, limits, &mut host);
        let data = value_of(&Node::mapping(params.clone()));
        let filled = executor.execute(b"", data).map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(filled.as_bytes()).into_owned())
    }
}

/// `{{ name }}` by the text of that name; others stay as they are (valyala/fasttemplate).
fn plain(text: &str, params: &Mapping) -> Result<String, String> {
    if !text
        .lines()
        .any(|line| line.find("{{").is_some_and(|at| line.get(at..).is_some_and(|l| l.contains("}}"))))
    {
        return Ok(text.to_owned());
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((tag, after)) = after.split_once("}}") else {
            return Err("invalid template: a `{{` has no `}}`".to_owned());
        };
        if let Some(value) = params.get(tag.trim()).and_then(Node::as_str) {
            filled.push_str(value);
        } else {
            filled.push_str("{{");
            filled.push_str(tag);
            filled.push_str("}}");
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn functions() -> &'static Arc<Functions> {
    static FUNCTIONS: OnceLock<Arc<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| Arc::new(sprig_functions().with(data_functions()).with(own_functions())))
}

/// What Argo CD adds to sprig.
fn own_functions() -> [Function; 2] {
    [
        Function::new("normalize", Signature::fixed(&[Param::Str]), normalize),
        Function::new("slugify", Signature::variadic(&[Param::Any]), slugify),
    ]
}

#[allow(clippy::unnecessary_wraps, reason = "the type of all functions of templates")]
fn normalize(_: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    Ok(Value::str(sanitized(&String::from_utf8_lossy(args.str(0)))))
}

/// `slugify [size] [smart] name`: gosimple/slug with Argo CD's defaults of 50 characters and no cut inside of a word.
fn slugify(executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
    let all = args.all();
    let (size, is_smart) = match all {
        [size, smart, _] => (whole(size), matches!(smart, Value::Bool(true))),
        [size, _] => (whole(size), false),
        _ => (50, false),
    };
    let name = all.last().map(|name| executor.text_of(name)).transpose()?.unwrap_or_default();
    Ok(Value::str(slug(&String::from_utf8_lossy(name.as_bytes()), size, is_smart)))
}

fn whole(value: &Value) -> usize {
    match value {
        Value::Int(value) | Value::Int64(value) => usize::try_from(*value).unwrap_or(50),
        _ => 50,
    }
}

fn slug(name: &str, size: usize, is_smart: bool) -> String {
    let mut slug = String::new();
    for char in name.trim().to_lowercase().chars() {
        match char {
            'a'..='z' | '0'..='9' | '_' => slug.push(char),
            '\'' => {}
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_matches(|c| c == '-' || c == '_');
    if slug.len() <= size {
        return slug.to_owned();
    }
    let cut = slug.get(..size).unwrap_or_default();
    let whole_words = slug.get(..=size).and_then(|longer| longer.rfind('-'));
    match whole_words.filter(|_| is_smart) {
        Some(at) => cut.get(..at).unwrap_or_default().to_owned(),
        None => cut.trim_matches(|c| c == '-' || c == '_').to_owned(),
    }
}

/// A name as Kubernetes takes it (`SanitizeName`).
pub(crate) fn sanitized(name: &str) -> String {
    let lower = name.to_lowercase();
    let replaced = lower.chars().map(|c| match c {
        'a'..='z' | '0'..='9' | '-' | '.' => c,
        _ => '-',
    });
    let cut: String = replaced.take(253).collect();
    cut.trim_matches(['-', '.']).to_owned()
}
