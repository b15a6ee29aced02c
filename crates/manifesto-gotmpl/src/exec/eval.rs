//! Pipelines, commands and their operands.

use super::{Executor, MissingKey, Operand, Run, variable};
use crate::ast::{Node, NodeId, Number, Unit, VariableId};
use crate::strconv::quote;
use crate::text::Str;
use crate::value::{Kind, MapKind, Value};

/// A command whose first word is being looked at: all its words, and what the pipe hands on to it.
pub(super) struct Words<'a> {
    /// The node that errors of the called function name.
    pub(super) command: NodeId,
    /// The first word and the arguments.
    pub(super) all: &'a [NodeId],
    pub(super) handed_on: Option<Operand>,
}

impl<'a> Words<'a> {
    /// An operand that stands alone.
    pub(super) fn alone(command: NodeId) -> Self {
        Self { command, all: &[], handed_on: None }
    }

    pub(super) fn arguments(&self) -> &'a [NodeId] {
        self.all.get(1..).unwrap_or_default()
    }

    fn has_arguments(&self) -> bool {
        !self.arguments().is_empty() || self.handed_on.is_some()
    }
}

impl Executor<'_> {
    pub(super) fn pipeline(&mut self, unit: &Unit, id: NodeId, dot: &Operand) -> Run<Operand> {
        let Node::Pipe(pipe) = unit.node(id) else { return Ok(Operand::invalid()) };
        self.frame.at = id;
        let mut value = None;
        for &command in unit.row(pipe.commands) {
            let mut result = self.command(unit, command, dot, value)?;
            // An interface that functions hand on is opened: a nil one becomes no value.
            result.boxed = false;
            value = Some(result);
        }
        let value = value.unwrap_or_default();
        for &declared in unit.row(pipe.declares) {
            let Some(name) = variable(unit, declared) else { continue };
            if pipe.assigns {
                self.set_variable(unit, name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        unit: &Unit,
        id: NodeId,
        dot: &Operand,
        handed_on: Option<Operand>,
    ) -> Run<Operand> {
        let Node::Command(row) = unit.node(id) else { return Ok(Operand::invalid()) };
        let words = Words { command: id, all: unit.row(*row), handed_on };
        let Some(&first) = words.all.first() else { return Ok(Operand::invalid()) };
        match unit.node(first) {
            Node::Field(_) | Node::Chain(..) | Node::Variable(..) => {
                return self.fields(unit, first, dot, words);
            }
            Node::Function(function) => {
                self.frame.at = first;
                return self.function(unit, *function, dot, words);
            }
            Node::Pipe(_) => {
                self.not_a_function(unit, &words)?;
                return self.nested(|executor| executor.pipeline(unit, first, dot));
            }
            _ => {}
        }
        self.frame.at = first;
        self.not_a_function(unit, &words)?;
        match unit.node(first) {
            Node::Dot => Ok(dot.clone()),
            Node::Nil => Err(self.error("nil is not a command")),
            _ => self.constant(unit, first),
        }
    }

    fn not_a_function(&self, unit: &Unit, words: &Words<'_>) -> Run<()> {
        match words.all.first() {
            Some(&first) if words.has_arguments() => {
                Err(self.error(format!("can't give argument to non-function {}", unit.print(first))))
            }
            _ => Ok(()),
        }
    }

    /// A constant where no type is asked for.
    pub(super) fn constant(&mut self, unit: &Unit, id: NodeId) -> Run<Operand> {
        self.frame.at = id;
        let value = match unit.node(id) {
            Node::Bool(value) => Value::Bool(*value),
            Node::Str(value, _) => Value::Str(unit.strings.get(*value as usize).cloned().unwrap_or_default()),
            Node::Number(number) => match unit.numbers.get(*number as usize) {
                Some(number) => self.ideal(number)?,
                None => Value::Nil,
            },
            _ => {
                return Err(
                    self.error(format!("can't evaluate command {}", quote(unit.print(id).as_bytes())))
                );
            }
        };
        Ok(Operand::concrete(value))
    }

    /// `idealConstant`.
    fn ideal(&self, number: &Number) -> Run<Value> {
        if let Some(complex) = number.complex {
            return Ok(Value::Complex(std::rc::Rc::new(complex)));
        }
        let text = number.text.as_bytes();
        let rune = text.starts_with(b"'");
        let hex_int = text.len() > 2
            && matches!(text, [b'0', b'x' | b'X', ..])
            && !text.iter().any(|byte| matches!(byte, b'p' | b'P'));
        match number.float {
            Some(float) if !rune && !hex_int && text.iter().any(|byte| b".eEpP".contains(byte)) => {
                Ok(Value::Float(float))
            }
            _ => match number.int {
                Some(int) => Ok(Value::Int(int)),
                None => Err(self.error(format!("{} overflows int", number.text))),
            },
        }
    }

    /// A field, a chain or a variable, with all the fields behind it.
    pub(super) fn fields(
        &mut self,
        unit: &Unit,
        id: NodeId,
        dot: &Operand,
        words: Words<'_>,
    ) -> Run<Operand> {
        self.frame.at = id;
        let (receiver, names) = match unit.node(id) {
            Node::Field(names) => (dot.clone(), unit.names(*names)),
            Node::Variable(name, names) => {
                let value = self.variable_value(unit, *name)?;
                if unit.names(*names).is_empty() {
                    self.not_a_function(unit, &words)?;
                    return Ok(value);
                }
                (value, unit.names(*names))
            }
            Node::Chain(node, names) => {
                if matches!(unit.node(*node), Node::Nil) {
                    return Err(self.error(format!("indirection through explicit nil in {}", unit.print(id))));
                }
                (self.chain_head(unit, *node, dot)?, unit.names(*names))
            }
            _ => return Ok(Operand::invalid()),
        };
        let Some((last, inner)) = names.split_last() else { return Ok(receiver) };
        let mut receiver = receiver;
        for name in inner {
            receiver = self.field(unit, name, &receiver, dot, &Words::alone(id))?;
        }
        self.field(unit, last, &receiver, dot, &Words { command: id, ..words })
    }

    fn variable_value(&self, unit: &Unit, name: VariableId) -> Run<Operand> {
        self.get_variable(unit, name)
    }

    fn chain_head(&mut self, unit: &Unit, node: NodeId, dot: &Operand) -> Run<Operand> {
        self.frame.at = node;
        match unit.node(node) {
            Node::Function(function) => self.function(unit, *function, dot, Words::alone(node)),
            Node::Pipe(_) => self.nested(|executor| executor.pipeline(unit, node, dot)),
            Node::Dot => Ok(dot.clone()),
            _ => self.fields(unit, node, dot, Words::alone(node)),
        }
    }

    /// `evalField`: a method, a field of a struct or an entry of a map.
    fn field(
        &mut self,
        unit: &Unit,
        name: &Str,
        receiver: &Operand,
        dot: &Operand,
        words: &Words<'_>,
    ) -> Run<Operand> {
        if receiver.is_invalid() {
            if self.missing_key == MissingKey::Error {
                return Err(self.error(format!("nil data; no entry for key {}", quote(name))));
            }
            return Ok(Operand::invalid());
        }
        if receiver.value.is_nil() {
            return Err(self.error(format!("nil pointer evaluating interface {{}}.{}", name.to_text())));
        }
        match &receiver.value {
            Value::Map(map) => {
                if let MapKind::Named(named) = map.kind
                    && let Some((name, signature, body)) =
                        named.methods.iter().find(|(known, ..)| known.as_bytes() == &**name)
                {
                    let map = map.clone();
                    return self.call(unit, name, *signature, dot, words, |executor, args| {
                        body(executor, &map, args)
                    });
                }
                self.entry(name, map.get(name), map.kind.boxes(), words)
            }
            Value::Object(object) => {
                let text = name.to_text();
                if let Some(signature) = object.method(&text) {
                    let (object, text) = (std::rc::Rc::clone(object), text.into_owned());
                    return self.call(unit, &text, signature, dot, words, |executor, args| {
                        object.call(&text, executor, args)
                    });
                }
                match object.field(&text) {
                    Some(_) if words.has_arguments() && object.kind() != Kind::Map => {
                        Err(self.error(format!("{text} has arguments but cannot be invoked as function")))
                    }
                    Some(value) => Ok(Operand::of(value)),
                    None if object.kind() == Kind::Map => self.entry(name, None, false, words),
                    None => Err(self.no_field(name, receiver)),
                }
            }
            _ => Err(self.no_field(name, receiver)),
        }
    }

    fn no_field(&self, name: &Str, receiver: &Operand) -> crate::error::Error {
        self.error(format!("can't evaluate field {} in type {}", name.to_text(), receiver.type_name()))
    }

    fn entry(&self, name: &Str, found: Option<Value>, boxed: bool, words: &Words<'_>) -> Run<Operand> {
        if words.has_arguments() {
            return Err(self.error(format!("{} is not a method but has arguments", name.to_text())));
        }
        match (found, self.missing_key) {
            (Some(value), _) => Ok(Operand { value, boxed }),
            (None, MissingKey::Invalid) => Ok(Operand::invalid()),
            (None, MissingKey::Zero) if boxed => Ok(Operand::of(Value::Nil)),
            (None, MissingKey::Zero) => Ok(Operand::concrete(Value::str(""))),
            (None, MissingKey::Error) => Err(self.error(format!("map has no entry for key {}", quote(name)))),
        }
    }
}
