//! Values as Go has them: maps and lists are references.
//!
//! The controller merges maps without copying what only one of them has. A value that is set at a path is then set in
//! the values of the HelmRelease too, and wins over them; where a map had to be merged, they win over it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use manifesto_yaml::{Entry, Mapping, Node, Value as Yaml};

/// A map that others may see too.
pub(crate) type Map = Rc<RefCell<BTreeMap<String, Value>>>;

/// A list that others may see too.
pub(crate) type List = Rc<RefCell<Vec<Value>>>;

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Node),
    List(List),
    Map(Map),
}

/// The values of a release.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(pub(crate) Map);

impl Value {
    pub(crate) fn null() -> Self {
        Self::Scalar(Node::null())
    }

    fn of(node: &Node) -> Self {
        match &node.value {
            Yaml::Scalar(_) => Self::Scalar(node.clone()),
            Yaml::Sequence(items) => Self::List(Rc::new(RefCell::new(items.iter().map(Self::of).collect()))),
            Yaml::Mapping(mapping) => {
                let entries = mapping.iter().map(|(key, value)| (key.to_owned(), Self::of(value)));
                Self::Map(Rc::new(RefCell::new(entries.collect())))
            }
        }
    }

    fn node(&self) -> Node {
        match self {
            Self::Scalar(node) => node.clone(),
            Self::List(items) => Node::sequence(items.borrow().iter().map(Self::node)),
            Self::Map(map) => map_node(map),
        }
    }
}

fn map_node(map: &Map) -> Node {
    let entries = map.borrow();
    let entries =
        entries.iter().map(|(key, value)| Entry { key: Node::string(key.as_str()), value: value.node() });
    Node::mapping(Mapping::from(entries.collect::<Vec<_>>()))
}

impl Values {
    /// The values of a mapping; anything else has none.
    pub(crate) fn of(node: &Node) -> Self {
        match Value::of(node) {
            Value::Map(map) => Self(map),
            Value::Scalar(_) | Value::List(_) => Self::default(),
        }
    }

    /// The values as a mapping.
    pub(crate) fn node(&self) -> Node {
        map_node(&self.0)
    }

    /// These values with others over them (fluxcd/pkg, chartutil/merge.go).
    pub(crate) fn merged(&self, over: &Self) -> Self {
        Self(merged(&self.0, &over.0))
    }
}

fn merged(below: &Map, over: &Map) -> Map {
    let mut all = below.borrow().clone();
    for (key, value) in over.borrow().iter() {
        let value = match (all.get(key), value) {
            (Some(Value::Map(below)), Value::Map(over)) => Value::Map(merged(below, over)),
            _ => value.clone(),
        };
        all.insert(key.clone(), value);
    }
    Rc::new(RefCell::new(all))
}
