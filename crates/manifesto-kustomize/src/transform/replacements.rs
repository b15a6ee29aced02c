//! `replacements` (api/filters/replacement/replacement.go).

use manifesto_yaml::{Mark, Node, Scalar, SmolStr, Value};

use super::Work;
use crate::file::{FieldOptions, Replacement, Selector, SourceSelector, TargetSelector};
use crate::node::{
    Kind, PathMatcher, Tag, Trail, Why, at, at_mut, is_nil_or_empty, lookup_trail, path, raw_text, retexted,
    retexted_in_quotes, value_text, written,
};
use crate::object::{Id, Identity, Object, Objects};
use crate::select::LabelSelector;

/// Why a replacement is refused, and where it says so.
#[derive(Debug)]
pub(crate) struct ReplaceError {
    pub(crate) mark: Mark,
    pub(crate) why: String,
    /// Whether the source, or a field of a target, was not found.
    pub(crate) not_found: bool,
}

const DEFAULT_PATH: &str = "metadata.name";

/// Copies a value from its source to its targets.
pub(crate) fn replace(
    objects: &mut Objects,
    replacement: &Replacement,
    work: Work<'_>,
) -> Result<(), ReplaceError> {
    let refused = |mark, why: &str| ReplaceError { mark, why: why.to_owned(), not_found: false };
    let Some(targets) = replacement.targets.as_deref().filter(|targets| !targets.is_empty()) else {
        return Err(refused(replacement.mark, "it has no `targets`"));
    };
    let mut source = match (&replacement.source_value, &replacement.source) {
        (None, None) => return Err(refused(replacement.mark, "it has no `source`")),
        (Some(_), Some(source)) => {
            return Err(refused(source.mark, "it has both `source` and `sourceValue`"));
        }
        (Some(text), None) => {
            let scalar = written(text.value.clone(), manifesto_yaml::ScalarStyle::Plain, Tag::None);
            Source { value: Node::from(Value::Scalar(scalar)), untagged: Vec::new(), place: None, home: None }
        }
        (None, Some(source)) => source_value(objects, source, work)?,
    };
    for target in targets {
        apply(objects, &mut source, target, work)?;
    }
    Ok(())
}

/// What is copied.
struct Source {
    value: Node,
    /// The marks of scalars without a tag in the object that it is from.
    untagged: Vec<Mark>,
    /// Where the whole of it stands. It is then copied as it is at that time: a target may change it, or grow inside it.
    place: Option<Living>,
    /// The object that it was found in.
    home: Option<usize>,
}

struct Living {
    position: usize,
    trail: Trail,
}

impl Source {
    /// Whether it stands in the object at `position`.
    fn is_in(&self, position: usize) -> bool {
        self.place.as_ref().is_some_and(|living| living.position == position)
    }

    /// Takes the value as it is in the object that it stands in.
    fn look_again(&mut self, object: &Object) {
        let living = self.place.as_ref();
        if let Some(node) = living.and_then(|living| at(object.root(), &living.trail)) {
            self.value = node.clone();
            self.untagged = object.untagged().to_vec();
        }
    }

    /// The node at `trail` gets another value. What that held is no part of the object any more, and stays as it is.
    fn overwritten(&mut self, trail: &Trail) {
        self.place = self.place.take().filter(|living| {
            let is_inside = living.trail.starts_with(trail) && living.trail.len() > trail.len();
            !is_inside
        });
    }
}

fn source_value(objects: &Objects, source: &SourceSelector, work: Work<'_>) -> Result<Source, ReplaceError> {
    let error = |why: String, not_found| ReplaceError { mark: source.mark, why, not_found };
    let id = Selector {
        gvk: source.id.gvk.clone(),
        name: source.id.name.clone(),
        namespace: source.id.namespace.clone(),
        ..Selector::default()
    };
    let mut matching = objects.iter().enumerate().filter(|(_, object)| {
        let identity = object.identity(work.schema);
        exact_ids(identity).any(|id| id.is_selected_by(&source.id))
    });
    let (position, object) =
        matching.next().ok_or_else(|| error(format!("its source, {}, is not there", id.words()), true))?;
    if matching.next().is_some() {
        return Err(error(format!("its source, {}, is more than one object", id.words()), false));
    }
    let field_path = if source.field_path.is_empty() { DEFAULT_PATH } else { &source.field_path };
    let path = path::split_dotted(field_path);
    let found = lookup_trail(object.root(), &path).map_err(|why| error(why, false))?;
    let words = object.identity(work.schema).current.words();
    let (trail, value) = found
        .and_then(|trail| at(object.root(), &trail).map(|node| (trail, node)))
        .filter(|(_, node)| !is_nil_or_empty(node))
        .ok_or_else(|| error(format!("its source, the {words}, has no {field_path}"), true))?;
    let is_whole = source.options.as_ref().is_none_or(|options| options.delimiter.is_empty());
    let value = refined(source.options.as_ref(), value).map_err(|why| error(why, false))?;
    let place = is_whole.then_some(Living { position, trail });
    let untagged = object.untagged().to_vec();
    Ok(Source { value, untagged, home: place.as_ref().map(|living| living.position), place })
}

/// The ids of an object as replacements compare them: the scope of the kind does not count.
fn exact_ids(identity: &Identity) -> impl Iterator<Item = Id> + '_ {
    identity.all().map(|id| Id { cluster_scoped: false, ..id.clone() })
}

/// One part of a value that is cut at a delimiter.
fn refined(options: Option<&FieldOptions>, value: &Node) -> Why<Node> {
    let Some(options) = options.filter(|options| !options.delimiter.is_empty()) else {
        return Ok(value.clone());
    };
    let Value::Scalar(scalar) = &value.value else {
        return Err("only a scalar can be cut at a delimiter".to_owned());
    };
    let text = value_text(value);
    let part = usize::try_from(options.index)
        .ok()
        .and_then(|index| text.split(options.delimiter.as_str()).nth(index));
    let part = part
        .ok_or_else(|| format!("`{text}` has no part {} between `{}`", options.index, options.delimiter))?;
    // The part keeps the tag of the whole; only its text is ever used, unless it replaces a mapping or a list.
    let refined = retexted(scalar, part).unwrap_or_else(|_| Scalar::string(part));
    Ok(Node::from(Value::Scalar(refined)).at(value.mark))
}

fn apply(
    objects: &mut Objects,
    source: &mut Source,
    target: &TargetSelector,
    work: Work<'_>,
) -> Result<(), ReplaceError> {
    let error = |mark, why: String, not_found| ReplaceError { mark, why, not_found };
    let Some(select) = &target.select else {
        return Err(error(target.mark, "a target has no `select`".to_owned(), false));
    };
    let selectors = Selectors::new(select, &target.reject).map_err(|why| error(target.mark, why, false))?;
    let default = [crate::file::Text { value: SmolStr::new_static(DEFAULT_PATH), mark: target.mark }];
    let paths = if target.field_paths.is_empty() { &default[..] } else { &target.field_paths };
    let create =
        target.options.as_ref().is_some_and(|options| options.create).then(|| Kind::of(&source.value));
    let matchers: Vec<(PathMatcher, Mark, &SmolStr)> = paths
        .iter()
        .map(|path| Ok((PathMatcher::new(&path::split_dotted(&path.value), create)?, path.mark, &path.value)))
        .collect::<Why<_>>()
        .map_err(|why| error(target.mark, why, false))?;
    for position in 0..objects.len() {
        work.meter.charge(4).map_err(|why| error(target.mark, why, false))?;
        let Some(object) = objects.get(position) else { continue };
        let identity = std::sync::Arc::clone(object.identity(work.schema));
        if !selectors.choose(object, &identity) {
            continue;
        }
        let words = identity.current.words();
        for (matcher, mark, field_path) in &matchers {
            let (lives_here, is_part) = (source.is_in(position), source.home == Some(position));
            let mut copy = Copy { source, lives_here, is_part, options: target.options.as_ref(), work };
            let copied = objects.change(position, work.schema, |object| copy.copy_to(object, matcher, *mark));
            match copied.map_err(|why| error(*mark, format!("the {words}: {why}"), false))? {
                Some(true) | None => {}
                Some(false) => {
                    let why = format!("the {words} has no {field_path}");
                    return Err(error(*mark, why, true));
                }
            }
        }
    }
    Ok(())
}

/// What a target selects and rejects.
struct Selectors<'s> {
    select: &'s Selector,
    labels: (LabelSelector, LabelSelector),
    reject: Vec<(&'s Selector, LabelSelector, LabelSelector)>,
}

impl<'s> Selectors<'s> {
    fn new(select: &'s Selector, reject: &'s [Selector]) -> Why<Self> {
        let both = |s: &Selector| {
            Ok::<_, String>((LabelSelector::new(&s.labels)?, LabelSelector::new(&s.annotations)?))
        };
        let reject = reject.iter().map(|s| both(s).map(|(labels, annotations)| (s, labels, annotations)));
        Ok(Self { select, labels: both(select)?, reject: reject.collect::<Why<_>>()? })
    }

    fn choose(&self, object: &Object, identity: &Identity) -> bool {
        let holds = |labels: &LabelSelector, annotations: &LabelSelector| {
            labels.matches_field(object.root(), "labels")
                && annotations.matches_field(object.root(), "annotations")
        };
        if !holds(&self.labels.0, &self.labels.1) {
            return false;
        }
        let rejected = |(selector, labels, annotations): &(&Selector, LabelSelector, LabelSelector)| {
            let by_label = !(selector.labels.is_empty() && selector.annotations.is_empty());
            by_label && holds(labels, annotations)
        };
        let id = self.select.id();
        !self.reject.iter().any(rejected)
            && exact_ids(identity).any(|own| own.is_selected_by(&id))
            && !self.reject.iter().any(|(selector, ..)| {
                let id = selector.id();
                id != Id::default() && exact_ids(identity).any(|own| own.is_selected_by(&id))
            })
    }
}

/// Copying to one object.
struct Copy<'c, 'w> {
    source: &'c mut Source,
    /// Whether the source is a part of the object.
    lives_here: bool,
    /// Whether it was one when copying began.
    is_part: bool,
    options: Option<&'c FieldOptions>,
    work: Work<'w>,
}

impl Copy<'_, '_> {
    /// Copies the value to all fields that the path names. False when there are none.
    fn copy_to(&mut self, object: &mut Object, matcher: &PathMatcher, mark: Mark) -> Why<bool> {
        let before = object.root().clone();
        let found = matcher.find(object.root_mut())?;
        let mark = object.mark_in(self.work.file, mark);
        for trail in &found.trails {
            let is_new = at(&before, trail).is_none();
            if is_new && let Some(node) = at_mut(object.root_mut(), trail) {
                // It has no tag, so that what it is follows from what is written into it.
                node.mark = mark;
                object.note_untagged(mark);
            }
            if self.lives_here {
                self.source.look_again(object);
                self.source.overwritten(trail);
                self.lives_here = self.source.place.is_some();
            }
            self.set(object, trail, mark)?;
        }
        if self.lives_here {
            self.source.look_again(object);
        }
        Ok(found.detached || !found.trails.is_empty())
    }

    /// A scalar takes the text and keeps its type; anything else is replaced.
    fn set(&self, object: &mut Object, trail: &Trail, mark: Mark) -> Why<()> {
        let value = &self.source.value;
        let Some(target) = at(object.root(), trail) else { return Ok(()) };
        let text = match self.options.filter(|options| !options.delimiter.is_empty()) {
            None => SmolStr::from(raw_text(value)),
            Some(options) => joined(target, value_text(value), options)?,
        };
        let Value::Scalar(old) = &target.value else {
            let new = match &value.value {
                Value::Scalar(scalar) if scalar.text() != &text => {
                    Node::from(Value::Scalar(retexted(scalar, text).map_err(|misfit| misfit.words())?))
                }
                _ => value.clone(),
            };
            if new.as_scalar().is_some() && value.mark == Mark::default() {
                // It comes from the kustomization itself (`sourceValue`), which gives it no tag.
                object.note_untagged(mark);
            }
            let new = if self.is_part {
                object.copied_within(&new, mark)
            } else {
                object.copied(&new, mark, &self.source.untagged)
            };
            if let Some(node) = at_mut(object.root_mut(), trail) {
                *node = new;
            }
            return Ok(());
        };
        let new = match object.misfit(target.mark) {
            Some(misfit) => misfit.retexted(text),
            None if object.is_untagged(target.mark) => Ok(written(text, old.style(), Tag::None)),
            None => match object.kind_in_quotes(target.mark) {
                Some(kind) => retexted_in_quotes(old, kind, text),
                None => retexted(old, text),
            },
        };
        match new {
            Ok(new) => object.retext_scalar(trail, new, mark),
            Err(misfit) => object.write_misfit(trail, misfit, mark),
        }
        Ok(())
    }
}

/// The target's text with one of its parts replaced, or one added before or behind.
fn joined(target: &Node, text: &str, options: &FieldOptions) -> Why<SmolStr> {
    if target.as_scalar().is_none() {
        return Err("only a scalar can be cut at a delimiter".to_owned());
    }
    let delimiter = options.delimiter.as_str();
    let mut parts: Vec<&str> = raw_text(target).split(delimiter).collect();
    match usize::try_from(options.index) {
        Err(_) => parts.insert(0, text),
        Ok(index) => match parts.get_mut(index) {
            Some(part) => *part = text,
            None => parts.push(text),
        },
    }
    Ok(parts.join(delimiter).into())
}
