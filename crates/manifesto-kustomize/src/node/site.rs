//! The places that a field specification names (api/filters/fieldspec/fieldspec.go).

use std::sync::Arc;

use manifesto_yaml::{Entry, Mapping, Mark, Node, ScalarStyle, SmolStr, Value};

use super::{Tag, Trail, Why, at_mut, is_list_index, new_key, path, raw_text, written};

/// The path of a field specification, cut into segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldPath {
    text: SmolStr,
    segments: Arc<[Segment]>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Segment {
    name: SmolStr,
    /// Whether it ends in `[]`: it names a list, and is never created.
    list: bool,
}

impl FieldPath {
    /// The path `text`, with `/` between its segments and `\/` inside of them.
    pub(crate) fn new(text: &str) -> Self {
        let segments = path::split(text, '/').into_iter().map(|segment| match segment.strip_suffix("[]") {
            Some(name) => Segment { name: name.into(), list: true },
            None => Segment { name: segment.into(), list: false },
        });
        Self { text: text.into(), segments: segments.collect() }
    }

    /// The path as written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// What a node is, or has to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Sequence,
    Mapping,
}

impl Kind {
    /// An empty node of this kind; an empty scalar without a tag prints as null.
    pub(crate) fn empty(self) -> Node {
        match self {
            Self::Scalar => Value::Scalar(written("", ScalarStyle::Plain, Tag::None)).into(),
            Self::Sequence => Node::sequence([]),
            Self::Mapping => Node::mapping(Mapping::new()),
        }
    }

    /// The kind of a node.
    pub(crate) fn of(node: &Node) -> Self {
        match &node.value {
            Value::Scalar(_) => Self::Scalar,
            Value::Sequence(_) => Self::Sequence,
            Value::Mapping(_) => Self::Mapping,
        }
    }
}

/// One place that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    trail: Trail,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The trail leads to it.
    There,
    /// The trail leads to a mapping that lacks the segment with this index.
    Missing(usize),
    /// The trail leads to a null; the segments from this index on are missing.
    Null(usize),
    /// The trail leads to a null that is to be a list; whether that is the place itself.
    NullList(bool),
}

/// The places that a path names. With `create`, those that could be made are among them.
pub(crate) fn sites(root: &Node, path: &FieldPath, create: Option<Kind>) -> Why<Vec<Site>> {
    let mut search = Search { path, create: create.is_some(), trail: Trail::new(), found: Vec::new() };
    search.visit(root, 0)?;
    Ok(search.found)
}

struct Search<'p> {
    path: &'p FieldPath,
    create: bool,
    trail: Trail,
    found: Vec<Site>,
}

impl Search<'_> {
    fn visit(&mut self, node: &Node, index: usize) -> Why<()> {
        if index == self.path.segments.len() {
            self.push(State::There);
            return Ok(());
        }
        match &node.value {
            Value::Sequence(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.trail.push(position);
                    self.visit(item, index)?;
                    self.trail.pop();
                }
                Ok(())
            }
            Value::Mapping(mapping) => self.visit_mapping(mapping, index),
            Value::Scalar(_) if node.is_null() => Ok(()),
            Value::Scalar(_) => Err(format!("the path {} leads through a scalar", self.path.text)),
        }
    }

    fn visit_mapping(&mut self, mapping: &Mapping, index: usize) -> Why<()> {
        let Some(segment) = self.path.segments.get(index) else { return Ok(()) };
        let name = segment.name.trim();
        if segment.name.is_empty() {
            return Err(format!("the path {} has an empty segment", self.path.text));
        }
        // A field is looked up by kyaml's PathGetter, which takes these for items of a list.
        if name == "-" || name == "*" || is_list_index(name) || name.parse::<i64>().is_ok() {
            return Err(format!("the path {} looks for the item {name} in a mapping", self.path.text));
        }
        let create = self.create && !segment.list;
        let Some(position) = mapping.position(name) else {
            if create {
                self.push(State::Missing(index));
            }
            return Ok(());
        };
        let Some(entry) = mapping.entries().get(position) else { return Ok(()) };
        self.trail.push(position);
        if entry.value.is_null() && (create || segment.list) {
            let last = index + 1 == self.path.segments.len();
            self.push(if segment.list { State::NullList(last) } else { State::Null(index + 1) });
        } else {
            self.visit(&entry.value, index + 1)?;
        }
        self.trail.pop();
        Ok(())
    }

    fn push(&mut self, state: State) {
        self.found.push(Site { trail: self.trail.clone(), state });
    }
}

impl Site {
    /// Whether the place is there already, so that nothing has to be made.
    pub(crate) fn is_there(&self) -> bool {
        self.state == State::There
    }

    /// The way to the place, when it is there.
    pub(crate) fn trail(&self) -> Option<&[usize]> {
        self.is_there().then_some(self.trail.as_slice())
    }
}

/// Makes what is missing of a place, the last segment as `kind`. Returns the way to it; none where the reference
/// only turns a null into an empty list.
pub(crate) fn materialize(
    root: &mut Node,
    path: &FieldPath,
    site: &Site,
    kind: Kind,
    mark: Mark,
) -> Option<Trail> {
    let mut trail = site.trail.clone();
    let node = at_mut(root, &trail)?;
    let from = match site.state {
        State::There => return Some(trail),
        State::NullList(last) => {
            node.value = Kind::Sequence.empty().value;
            return last.then_some(trail);
        }
        State::Null(from) if from == path.segments.len() => {
            // A null keeps its text when it becomes a scalar with a tag.
            node.value = match kind {
                Kind::Scalar => Value::Scalar(written(raw_text(node), ScalarStyle::Plain, Tag::Text)),
                other => other.empty().value,
            };
            return Some(trail);
        }
        State::Null(from) => {
            node.value = Kind::Mapping.empty().value;
            from
        }
        State::Missing(from) => from,
    };
    let missing = path.segments.get(from..)?;
    let (first, rest) = missing.split_first()?;
    let leaf = if rest.is_empty() { kind.empty() } else { nested(rest, kind, mark) };
    let mapping = node.as_mapping_mut()?;
    mapping.entries_mut().push(Entry { key: new_key(&first.name).at(mark), value: leaf.at(mark) });
    trail.push(mapping.len() - 1);
    trail.extend(rest.iter().map(|_| 0));
    Some(trail)
}

fn nested(segments: &[Segment], kind: Kind, mark: Mark) -> Node {
    segments.iter().rev().fold(kind.empty().at(mark), |inner, segment| {
        Node::mapping(vec![Entry { key: new_key(&segment.name).at(mark), value: inner }]).at(mark)
    })
}
