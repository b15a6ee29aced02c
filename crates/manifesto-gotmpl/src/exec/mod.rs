//! Executes templates, as `text/template/exec.go` does it.

mod call;
mod cycles;
mod eval;
mod lines;
mod operand;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::ast::{Branch, Node, NodeId, Unit, VariableId};
use crate::error::{Error, Executing, Failure, TemplatePlace};
use crate::fmt as gofmt;
use crate::library::{Library, Template};
use crate::meter::{Budget, Limits, Meter};
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::placeholder::{Placeholders, TaintId};
use crate::strconv::quote;
use crate::text::Str;
use crate::value::{Kind, Value, WeakMap};

pub(crate) use operand::{Operand, is_zero};

/// What a key that a map does not have stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingKey {
    /// No value.
    #[default]
    Invalid,
    /// The zero value of the element type. Helm's choice.
    Zero,
    /// An error. Helm's choice with `--strict`.
    Error,
}

/// One render: executes templates of a library one after the other, within one set of budgets.
pub struct Executor<'h> {
    host: &'h mut dyn Any,
    library: Arc<Library>,
    missing_key: MissingKey,
    pub(crate) meter: Meter,
    pub(crate) placeholders: Placeholders,
    output: Output,
    frame: Frame,
    variables: Vec<(VariableId, Operand)>,
    depth: u32,
    nesting: u32,
    /// Maps that got a list or a map as an element: only they can close a cycle.
    suspects: Vec<WeakMap>,
    trace: Option<lines::Trace>,
    pub(crate) regexes: crate::funcs::RegexCache,
}

/// What is being written.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    taint: Option<TaintId>,
}

/// What is being executed.
#[derive(Clone)]
struct Frame {
    template: Str,
    unit: Option<Arc<Unit>>,
    /// The node that errors name.
    at: NodeId,
    /// The node of the function or method that is running.
    calling: NodeId,
    /// Where this template's variables start.
    base: usize,
}

/// How a list of nodes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

type Run<T> = Result<T, Error>;

impl fmt::Debug for Executor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Executor({}, {:?})", self.library.name(), self.frame.template)
    }
}

impl<'h> Executor<'h> {
    /// A render with templates of `library`. Functions of the host find their state in `host`.
    pub fn new(
        library: Arc<Library>,
        missing_key: MissingKey,
        limits: Limits,
        host: &'h mut dyn Any,
    ) -> Self {
        let nowhere =
            Frame { template: Str::default(), unit: None, at: NodeId(0), calling: NodeId(0), base: 0 };
        Self {
            host,
            library,
            missing_key,
            meter: Meter::new(limits),
            placeholders: Placeholders::default(),
            output: Output::default(),
            frame: nowhere,
            variables: Vec::new(),
            depth: 0,
            nesting: 0,
            suspects: Vec::new(),
            trace: None,
            regexes: crate::funcs::RegexCache::default(),
        }
    }

    /// Executes the template `name` with `data` as its dot. Functions of the host call it for `include`.
    pub fn execute(&mut self, name: &[u8], data: Value) -> Result<Str, Error> {
        let Some(template) = self.library.get(name).cloned() else {
            let set = quote(self.library.name().as_bytes());
            return Err(Error::plain(format!("no template {} associated with template {set}", quote(name))));
        };
        let outer = std::mem::take(&mut self.output);
        let result = self.in_template(&template, &Operand::concrete(data));
        let output = std::mem::replace(&mut self.output, outer);
        self.meter.release_buffer(output.bytes.len());
        match result {
            Ok(()) => {
                let mut text = Str::tainted(output.bytes, output.taint);
                self.charge_text(&mut text).map_err(|budget| self.budget_error(budget))?;
                Ok(text)
            }
            Err(error) => Err(error),
        }
    }

    /// Runs `work` with the templates of another library, for `tpl`.
    pub fn with_library<T>(&mut self, library: Arc<Library>, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.library, library);
        let result = work(self);
        self.library = outer;
        result
    }

    /// The templates in use.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// The budgets.
    pub fn limits(&self) -> &Limits {
        self.meter.limits()
    }

    /// The state of the host, if it is a `T`.
    pub fn host<T: Any>(&mut self) -> Option<&mut T> {
        self.host.downcast_mut()
    }

    /// The placeholders that stand for what is random, of the clock or of the environment.
    pub fn placeholders(&self) -> &Placeholders {
        &self.placeholders
    }

    /// Counts work that a function of the host does.
    pub fn step(&mut self, count: u64) -> Result<(), Failure> {
        Ok(self.meter.step(count)?)
    }

    /// Asks whether `bytes` bytes more may be made, before they are.
    pub fn reserve(&mut self, bytes: u64) -> Result<(), Failure> {
        Ok(self.meter.reserve(bytes)?)
    }

    /// The template and the expression that called the running function.
    pub(crate) fn calling(&self) -> (String, String) {
        let expression = self.frame.unit.as_ref().map(|unit| unit.print(self.frame.calling));
        (self.frame.template.to_text().into_owned(), expression.unwrap_or_default())
    }

    fn in_template(&mut self, template: &Template, dot: &Operand) -> Run<()> {
        if self.depth >= self.meter.limits().template_depth {
            return Err(self.budget_error(Budget::TemplateDepth));
        }
        let frame = Frame {
            template: template.name.clone(),
            unit: Some(Arc::clone(&template.unit)),
            at: template.root,
            calling: template.root,
            base: self.variables.len(),
        };
        let outer = std::mem::replace(&mut self.frame, frame);
        let dollar =
            template.unit.variables.iter().position(|name| name == "$").map_or(u32::MAX, crate::ast::index);
        self.variables.push((VariableId(dollar), dot.clone()));
        self.depth += 1;
        let result = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || {
            self.walk(&template.unit, template.root, dot)
        });
        self.depth -= 1;
        self.variables.truncate(self.frame.base);
        self.frame = outer;
        result.map(|_| ())
    }

    fn error(&self, message: impl Into<String>) -> Error {
        let mut error = Error::plain(message);
        if let Some(unit) = &self.frame.unit {
            let (line, column) = unit.place(self.frame.at);
            let template = unit.parse_name.clone();
            error.place = Some(TemplatePlace { template, line, column: Some(column) });
            let expression = unit.print(self.frame.at);
            error.executing =
                Some(Executing { template: self.frame.template.to_text().into_owned(), expression });
        }
        error
    }

    fn budget_error(&self, budget: Budget) -> Error {
        let mut error = self.error(budget.to_string());
        error.budget = Some(budget);
        error
    }

    fn pay(&mut self, steps: u64) -> Run<()> {
        self.meter.step(steps).map_err(|budget| self.budget_error(budget))
    }

    /// Runs a part one level deeper, on a stack that grows.
    fn nested<T>(&mut self, part: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        if self.nesting >= self.meter.limits().nesting {
            return Err(self.budget_error(Budget::Nesting));
        }
        self.nesting += 1;
        let result = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || part(self));
        self.nesting -= 1;
        result
    }

    fn walk(&mut self, unit: &Unit, id: NodeId, dot: &Operand) -> Run<Flow> {
        self.frame.at = id;
        self.pay(1)?;
        self.mark(unit, id);
        match unit.node(id) {
            Node::Text(start, len) => self.write(unit.text(*start, *len), None)?,
            Node::Action(pipe) => {
                let value = self.pipeline(unit, *pipe, dot)?;
                if !declares(unit, *pipe) {
                    self.frame.at = id;
                    self.print(&value)?;
                }
            }
            Node::List(row) => {
                for &node in unit.row(*row) {
                    let flow = self.walk(unit, node, dot)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
            }
            Node::If(branch) => return self.nested(|executor| executor.walk_if(unit, *branch, dot, false)),
            Node::With(branch) => return self.nested(|executor| executor.walk_if(unit, *branch, dot, true)),
            Node::Range(branch) => return self.nested(|executor| executor.walk_range(unit, *branch, dot)),
            Node::Template(name, pipe) => {
                let name = unit.strings.get(*name as usize).cloned().unwrap_or_default();
                self.nested(|executor| executor.walk_template(unit, &name, *pipe, dot))?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            _ => {}
        }
        Ok(Flow::Next)
    }

    fn walk_if(&mut self, unit: &Unit, branch: Branch, dot: &Operand, with: bool) -> Run<Flow> {
        let mark = self.variables.len();
        let value = self.pipeline(unit, branch.pipe, dot)?;
        let flow = if value.truth() {
            self.walk(unit, branch.list, if with { &value } else { dot })
        } else {
            branch.otherwise.map_or(Ok(Flow::Next), |list| self.walk(unit, list, dot))
        };
        self.variables.truncate(mark);
        flow
    }

    fn walk_template(&mut self, unit: &Unit, name: &Str, pipe: Option<NodeId>, dot: &Operand) -> Run<()> {
        let Some(template) = self.library.get(name).cloned() else {
            return Err(self.error(format!("template {} not defined", quote(name))));
        };
        let dot = pipe.map_or(Ok(Operand::invalid()), |pipe| self.pipeline(unit, pipe, dot))?;
        self.in_template(&template, &dot)
    }

    fn walk_range(&mut self, unit: &Unit, branch: Branch, dot: &Operand) -> Run<Flow> {
        let mark = self.variables.len();
        let value = self.pipeline(unit, branch.pipe, dot)?.value;
        let ran = self.iterate(unit, branch, value)?;
        self.variables.truncate(mark);
        match branch.otherwise {
            Some(list) if !ran => self.walk(unit, list, dot),
            _ => Ok(Flow::Next),
        }
    }

    /// Runs the body for each element; false when there was none.
    fn iterate(&mut self, unit: &Unit, branch: Branch, value: Value) -> Run<bool> {
        let mut ran = false;
        match value {
            Value::Nil => {}
            Value::Int(_) | Value::Int64(_) | Value::Uint8(_) | Value::Uint32(_) | Value::Uint64(_) => {
                return self.count(unit, branch, &value);
            }
            Value::List(list) => {
                for index in 0..list.len() {
                    ran = true;
                    let element =
                        Operand { value: list.get(index).unwrap_or_default(), boxed: list.kind.boxes() };
                    if self.iteration(unit, branch, Operand::index(index), &element)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                let boxed = map.kind.boxes();
                self.pay(map.len() as u64 >> 2)?;
                for (key, value) in map.entries() {
                    ran = true;
                    let key = Operand::concrete(Value::Str(key));
                    if self.iteration(unit, branch, key, &Operand { value, boxed })? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Object(object) if matches!(object.kind(), Kind::Slice | Kind::Map) => {
                for (key, value) in object.entries() {
                    ran = true;
                    if self.iteration(unit, branch, Operand::concrete(key), &Operand::of(value))?
                        == Flow::Break
                    {
                        break;
                    }
                }
            }
            other => {
                let text = self.show(&other)?;
                return Err(self.error(format!("range can't iterate over {text}")));
            }
        }
        Ok(ran)
    }

    /// `range` over a number: from 0 up to it.
    fn count(&mut self, unit: &Unit, branch: Branch, limit: &Value) -> Run<bool> {
        if let Node::Pipe(pipe) = unit.node(branch.pipe)
            && unit.row(pipe.declares).len() > 1
        {
            let text = self.show(limit)?;
            return Err(self.error(format!("can't use {text} to iterate over more than one variable")));
        }
        let (end, make): (u64, fn(u64) -> Value) = match *limit {
            Value::Int(end) => (end.max(0).cast_unsigned(), |at| Value::Int(at.cast_signed())),
            Value::Int64(end) => (end.max(0).cast_unsigned(), |at| Value::Int64(at.cast_signed())),
            Value::Uint8(end) => (u64::from(end), |at| Value::Uint8(u8::try_from(at).unwrap_or_default())),
            Value::Uint32(end) => (u64::from(end), |at| Value::Uint32(u32::try_from(at).unwrap_or_default())),
            Value::Uint64(end) => (end, Value::Uint64),
            _ => (0, Value::Uint64),
        };
        for at in 0..end {
            let element = Operand::concrete(make(at));
            if self.iteration(unit, branch, Operand::invalid(), &element)? == Flow::Break {
                break;
            }
        }
        Ok(end > 0)
    }

    fn iteration(&mut self, unit: &Unit, branch: Branch, index: Operand, element: &Operand) -> Run<Flow> {
        if let Node::Pipe(pipe) = unit.node(branch.pipe) {
            let names: Vec<VariableId> =
                unit.row(pipe.declares).iter().filter_map(|&id| variable(unit, id)).collect();
            match (names.as_slice(), pipe.assigns) {
                ([], _) => {}
                (&[only], true) => self.set_variable(unit, only, element.clone())?,
                (&[first, second, ..], true) => {
                    self.set_variable(unit, first, index)?;
                    self.set_variable(unit, second, element.clone())?;
                }
                ([_], false) => self.set_top(1, element.clone()),
                (_, false) => {
                    self.set_top(1, element.clone());
                    self.set_top(2, index);
                }
            }
        }
        let mark = self.variables.len();
        let flow = self.walk(unit, branch.list, element);
        self.variables.truncate(mark);
        flow
    }

    fn set_top(&mut self, from_top: usize, value: Operand) {
        let at = self.variables.len().wrapping_sub(from_top);
        if let Some((_, slot)) = self.variables.get_mut(at) {
            *slot = value;
        }
    }

    fn set_variable(&mut self, unit: &Unit, variable: VariableId, value: Operand) -> Run<()> {
        let base = self.frame.base;
        match self.variables.iter_mut().skip(base).rev().find(|(known, _)| *known == variable) {
            Some((_, slot)) => *slot = value,
            None => return Err(self.error(format!("undefined variable: {}", unit.variable_name(variable)))),
        }
        Ok(())
    }

    fn get_variable(&self, unit: &Unit, variable: VariableId) -> Run<Operand> {
        let own = self.variables.get(self.frame.base..).unwrap_or_default();
        match own.iter().rev().find(|(known, _)| *known == variable) {
            Some((_, value)) => Ok(value.clone()),
            None => Err(self.error(format!("undefined variable: {}", unit.variable_name(variable)))),
        }
    }

    fn write(&mut self, bytes: &[u8], taint: Option<TaintId>) -> Run<()> {
        let paid = self.meter.buffer(bytes.len()).and_then(|()| self.meter.pass_over(bytes.len()));
        paid.map_err(|budget| self.budget_error(budget))?;
        self.output.bytes.extend_from_slice(bytes);
        self.output.taint = self.output.taint.or(taint);
        Ok(())
    }

    fn print(&mut self, operand: &Operand) -> Run<()> {
        match &operand.value {
            Value::Nil => self.write(b"<no value>", None),
            Value::Str(text) => self.write(text, text.taint()),
            Value::Object(object) if object.address_text().is_some() => {
                self.write(&object.address_text().unwrap_or_default(), None)
            }
            value => {
                let (text, taint) = self.printed(|printer| printer.print(std::slice::from_ref(value)))?;
                self.write(&text, taint)
            }
        }
    }

    /// `%v` of a value, for messages.
    fn show(&mut self, value: &Value) -> Run<String> {
        let (text, _) = self.printed(|printer| printer.show(value))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn printed(
        &mut self,
        work: impl FnOnce(&mut gofmt::Printer<'_>) -> Result<(), Budget>,
    ) -> Run<(Vec<u8>, Option<TaintId>)> {
        let mut printer = gofmt::Printer::new(&mut self.meter);
        let result = work(&mut printer);
        let printed = printer.finish();
        result.map_err(|budget| self.budget_error(budget))?;
        Ok(printed)
    }
}

fn declares(unit: &Unit, pipe: NodeId) -> bool {
    matches!(unit.node(pipe), Node::Pipe(pipe) if !unit.row(pipe.declares).is_empty())
}

fn variable(unit: &Unit, id: NodeId) -> Option<VariableId> {
    match unit.node(id) {
        Node::Variable(variable, _) => Some(*variable),
        _ => None,
    }
}
