//! Functions by name, and sets of templates that may call each other.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::ast::{NodeId, Unit};
use crate::error::{Error, Failure};
use crate::exec::{Executor, Operand};
use crate::funcs::Args;
use crate::host::Signature;
use crate::meter::Limits;
use crate::parse::parse;
use crate::text::Str;
use crate::value::Value;

/// A function, by its place in a [`Functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FunctionId(u16);

/// The body of a function that takes plain values: they fit the signature when it is called.
pub type Native = fn(&mut Executor<'_>, Args<'_>) -> Result<Value, Failure>;

/// The body of a builtin that must tell "no value" from an interface that holds nothing.
pub(crate) type Reflective = fn(&mut Executor<'_>, &[Operand]) -> Result<Operand, Failure>;

#[derive(Clone, Copy)]
pub(crate) enum Body {
    Native(Native),
    Reflective(Reflective),
    /// `and`, which looks at its arguments one by one.
    And,
    Or,
    /// `call`, which names its first argument in errors.
    Call,
}

/// A function that templates can call.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it may be called.
    pub signature: Signature,
    pub(crate) body: Body,
}

impl Function {
    /// A function over plain values.
    pub const fn new(name: &'static str, signature: Signature, body: Native) -> Self {
        Self { name, signature, body: Body::Native(body) }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.name, self.signature.params)
    }
}

/// The functions that templates are parsed and executed with.
#[derive(Debug, Clone, Default)]
pub struct Functions {
    table: Vec<Function>,
    by_name: HashMap<&'static [u8], FunctionId>,
}

impl Functions {
    /// Adds functions; one of a known name takes its place.
    #[must_use]
    pub fn with(mut self, functions: impl IntoIterator<Item = Function>) -> Self {
        for function in functions {
            if let Some(&FunctionId(id)) = self.by_name.get(function.name.as_bytes()) {
                if let Some(slot) = self.table.get_mut(usize::from(id)) {
                    *slot = function;
                }
            } else {
                let Ok(id) = u16::try_from(self.table.len()) else { continue };
                self.by_name.insert(function.name.as_bytes(), FunctionId(id));
                self.table.push(function);
            }
        }
        self
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.table.iter().map(|function| function.name).collect();
        names.sort_unstable();
        names
    }

    /// How a function may be called.
    pub fn signature(&self, name: &str) -> Option<Signature> {
        let &id = self.by_name.get(name.as_bytes())?;
        self.get(id).map(|function| function.signature)
    }

    pub(crate) fn find(&self, name: &[u8]) -> Option<(FunctionId, &'static str)> {
        let &id = self.by_name.get(name)?;
        Some((id, self.get(id)?.name))
    }

    pub(crate) fn get(&self, id: FunctionId) -> Option<Function> {
        self.table.get(usize::from(id.0)).copied()
    }
}

/// A template: a node of the source that defines it.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) name: Str,
    pub(crate) unit: Arc<Unit>,
    pub(crate) root: NodeId,
}

/// A set of templates that know each other by name. Shared between renders; `tpl` puts a set of its own on top.
#[derive(Debug)]
pub struct Library {
    name: String,
    functions: Arc<Functions>,
    below: Option<Arc<Self>>,
    templates: HashMap<Str, Template>,
}

impl Library {
    /// An empty set; `name` is what errors call the set.
    pub fn new(name: impl Into<String>, functions: Arc<Functions>) -> Self {
        Self { name: name.into(), functions, below: None, templates: HashMap::new() }
    }

    /// An empty set on top of another: what is defined here hides what is below.
    pub fn on_top_of(below: Arc<Self>) -> Self {
        Self {
            name: below.name.clone(),
            functions: Arc::clone(&below.functions),
            below: Some(below),
            templates: HashMap::new(),
        }
    }

    /// The name of the set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The functions that templates of the set can call.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Parses a source, the template `name`, without adding it.
    pub fn parse(&self, name: &str, source: impl Into<Str>, limits: &Limits) -> Result<Arc<Unit>, Error> {
        parse(name, &source.into(), &self.functions, limits).map(Arc::new)
    }

    /// Adds the templates that a source defines. One that holds only space does not replace another of its name; but
    /// on top of another set, the text of the source itself does (Go executes it without looking for its name).
    pub fn add(&mut self, unit: &Arc<Unit>) {
        for definition in &unit.definitions {
            let own = self.below.is_some() && *definition.name == *unit.parse_name.as_bytes();
            if definition.empty && !own && self.get(&definition.name).is_some() {
                continue;
            }
            let template =
                Template { name: definition.name.clone(), unit: Arc::clone(unit), root: definition.root };
            self.templates.insert(definition.name.clone(), template);
        }
    }

    /// Whether a template of this name is known.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<&Template> {
        let mut library = self;
        loop {
            if let Some(template) = library.templates.get(name) {
                return Some(template);
            }
            library = library.below.as_deref()?;
        }
    }
}
