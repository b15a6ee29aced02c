//! Calls: argument counts and types, and what a result costs.

use super::eval::Words;
use super::{Executor, Operand, Run};
use crate::ast::{Node, NodeId, Number, Unit};
use crate::error::Failure;
use crate::funcs::Args;
use crate::host::{Param, Signature};
use crate::library::{Body, FunctionId};
use crate::meter::{Budget, ENTRY_COST};
use crate::text::Str;
use crate::value::{List, ListKind, Map, MapKind, Value};

/// Strings shorter than this are not counted as memory: they are as many as there are steps at most.
const CHARGED_BYTES: usize = 128;

impl Executor<'_> {
    /// Calls a function by its id.
    pub(super) fn function(
        &mut self,
        unit: &Unit,
        id: FunctionId,
        dot: &Operand,
        words: Words<'_>,
    ) -> Run<Operand> {
        let Some(function) = self.library.functions().get(id) else { return Ok(Operand::invalid()) };
        let (name, signature) = (function.name, function.signature);
        match function.body {
            Body::Native(body) => self.call(unit, name, signature, dot, &words, body),
            Body::And | Body::Or => {
                self.check_count(name, signature, &words)?;
                self.and_or(unit, dot, words, matches!(function.body, Body::Or))
            }
            Body::Reflective(_) | Body::Call => {
                self.check_count(name, signature, &words)?;
                let mut operands = Vec::with_capacity(words.all.len());
                for &argument in words.arguments() {
                    operands.push(self.reflective_argument(unit, argument, dot)?);
                }
                operands.extend(words.handed_on.clone());
                self.frame.calling = words.command;
                self.pay(4)?;
                let result = if let Body::Reflective(body) = function.body {
                    body(self, &operands)
                } else {
                    let callee =
                        match (words.arguments().first(), operands.first().map(|operand| &operand.value)) {
                            (Some(&node), _) => unit.print(node),
                            (None, Some(Value::Str(text))) => text.to_text().into_owned(),
                            (None, handed_on) => {
                                format!("<{} Value>", handed_on.map_or("invalid", Value::type_name))
                            }
                        };
                    Err(crate::builtin::call_failure(&callee, operands.first()))
                };
                let operand = result.map_err(|failure| self.call_error(name, words.command, failure))?;
                Ok(Operand { value: self.settle(operand.value, &[])?, boxed: operand.boxed })
            }
        }
    }

    /// `and` and `or` stop at the first argument that decides.
    fn and_or(&mut self, unit: &Unit, dot: &Operand, words: Words<'_>, or: bool) -> Run<Operand> {
        let mut value = Operand::invalid();
        for &argument in words.arguments() {
            value = self.reflective_argument(unit, argument, dot)?;
            if value.truth() == or {
                return Ok(value);
            }
        }
        Ok(words.handed_on.unwrap_or(value))
    }

    /// An argument that a builtin looks at as a `reflect.Value`.
    fn reflective_argument(&mut self, unit: &Unit, id: NodeId, dot: &Operand) -> Run<Operand> {
        self.frame.at = id;
        match unit.node(id) {
            Node::Nil => Ok(Operand::invalid()),
            _ => match self.computed(unit, id, dot)? {
                Some(operand) => Ok(operand),
                None => self.constant(unit, id),
            },
        }
    }

    /// The value of an argument that is not a constant.
    fn computed(&mut self, unit: &Unit, id: NodeId, dot: &Operand) -> Run<Option<Operand>> {
        match unit.node(id) {
            Node::Dot => Ok(Some(dot.clone())),
            Node::Field(_) | Node::Chain(..) | Node::Variable(..) => {
                self.fields(unit, id, dot, Words::alone(id)).map(Some)
            }
            Node::Pipe(_) => self.nested(|executor| executor.pipeline(unit, id, dot)).map(Some),
            Node::Function(function) => self.function(unit, *function, dot, Words::alone(id)).map(Some),
            _ => Ok(None),
        }
    }

    /// `evalCall`: counts and converts the arguments, then runs the body.
    pub(super) fn call(
        &mut self,
        unit: &Unit,
        name: &str,
        signature: Signature,
        dot: &Operand,
        words: &Words<'_>,
        body: impl FnOnce(&mut Self, Args<'_>) -> Result<Value, Failure>,
    ) -> Run<Operand> {
        self.check_count(name, signature, words)?;
        let mut values = Vec::with_capacity(words.all.len());
        for &argument in words.arguments() {
            let param = param_at(signature, values.len());
            values.push(self.argument(unit, argument, param, dot)?);
        }
        if let Some(handed_on) = &words.handed_on {
            let param = param_at(signature, values.len());
            values.push(self.validate(handed_on.clone(), param)?);
        }
        self.frame.calling = words.command;
        self.pay(4 + cost(&values))?;
        let result = self.nested_call(|executor| body(executor, Args(&values)));
        let value = result.map_err(|failure| self.call_error(name, words.command, failure))?;
        let value = self.settle(value, &values)?;
        Ok(Operand { boxed: signature.boxed || value.is_nil(), value })
    }

    /// Functions may execute templates: they too are a level of their own.
    fn nested_call(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        if self.nesting >= self.meter.limits().nesting {
            return Err(Budget::Nesting.into());
        }
        self.nesting += 1;
        let result = body(self);
        self.nesting -= 1;
        result
    }

    fn call_error(&mut self, name: &str, command: NodeId, failure: Failure) -> crate::error::Error {
        self.frame.at = command;
        let (message, budget, source) = failure.into_parts();
        let mut error = self.error(format!("error calling {name}: {message}"));
        error.budget = budget;
        error.source = source;
        error
    }

    fn check_count(&self, name: &str, signature: Signature, words: &Words<'_>) -> Run<()> {
        let given = words.arguments().len() + usize::from(words.handed_on.is_some());
        let wanted = signature.params.len();
        if signature.variadic {
            let least = wanted.saturating_sub(1);
            if given < least {
                let got = words.arguments().len();
                return Err(
                    self.error(format!("wrong number of args for {name}: want at least {least} got {got}"))
                );
            }
        } else if given != wanted {
            return Err(self.error(format!("wrong number of args for {name}: want {wanted} got {given}")));
        }
        Ok(())
    }

    /// `evalArg` for a parameter of a type.
    fn argument(&mut self, unit: &Unit, id: NodeId, param: Param, dot: &Operand) -> Run<Value> {
        self.frame.at = id;
        if matches!(unit.node(id), Node::Nil) {
            return zero(param)
                .ok_or_else(|| self.error(format!("cannot assign nil to {}", param.type_name())));
        }
        if let Some(operand) = self.computed(unit, id, dot)? {
            return self.validate(operand, param);
        }
        let node = unit.node(id);
        let number = match node {
            Node::Number(number) => unit.numbers.get(*number as usize),
            _ => None,
        };
        if let Some(value) = constant_as(param, node, number, unit) {
            return Ok(value);
        }
        let found = unit.print(id);
        match param {
            Param::Any => self.constant(unit, id).map(|operand| operand.value),
            Param::Str => Err(self.error(format!("expected string; found {found}"))),
            Param::Bool => Err(self.error(format!("expected bool; found {found}"))),
            Param::Int => Err(self.error(format!("expected integer; found {found}"))),
            Param::Uint32 => Err(self.error(format!("expected unsigned integer; found {found}"))),
            Param::Float => Err(self.error(format!("expected float; found {found}"))),
            Param::Dict | Param::List | Param::Named(_) => {
                Err(self.error(format!("can't handle {found} for arg of type {}", param.type_name())))
            }
        }
    }

    /// `validateType`.
    fn validate(&self, operand: Operand, param: Param) -> Run<Value> {
        if operand.is_invalid() {
            return zero(param)
                .ok_or_else(|| self.error(format!("invalid value; expected {}", param.type_name())));
        }
        if param != Param::Any && operand.value.is_nil() {
            return Err(self.wrong_type(param, "interface {}"));
        }
        match (param, &operand.value) {
            (Param::Any, _)
            | (Param::Str, Value::Str(_))
            | (Param::Bool, Value::Bool(_))
            | (Param::Int, Value::Int(_))
            | (Param::Uint32, Value::Uint32(_))
            | (Param::Float, Value::Float(_)) => Ok(operand.value),
            // A named map type is assignable to the plain one, which then has no methods.
            (Param::Dict, Value::Map(map)) if map.kind.boxes() => Ok(Value::Map(map.typed(MapKind::Any))),
            (Param::List, Value::List(list)) if list.kind == ListKind::Any => Ok(operand.value),
            (Param::Named(name), Value::Object(object))
                if object.type_name().strip_prefix('*').unwrap_or(object.type_name()) == name =>
            {
                Ok(operand.value)
            }
            (_, value) => Err(self.wrong_type(param, value.type_name())),
        }
    }

    fn wrong_type(&self, param: Param, got: &str) -> crate::error::Error {
        self.error(format!("wrong type for value; expected {}; got {got}", param.type_name()))
    }

    /// Counts a fresh result as memory, and carries placeholders over from the arguments.
    fn settle(&mut self, mut value: Value, args: &[Value]) -> Run<Value> {
        let paid = match &mut value {
            Value::Str(text) => {
                self.inherit_taint(text, args);
                self.charge_text(text)
            }
            Value::List(list) if !list.is_empty() => {
                let bytes = 64 + list.len() as u64 * ENTRY_COST / 4;
                list.charge(|| self.meter.charge(bytes));
                self.meter.check_alive()
            }
            Value::Map(map) => {
                let bytes = 64 + map.len() as u64 * ENTRY_COST;
                map.charge(|| self.meter.charge(bytes));
                self.meter.check_alive()
            }
            _ => Ok(()),
        };
        paid.map_err(|budget| self.budget_error(budget))?;
        Ok(value)
    }

    fn inherit_taint(&mut self, text: &mut Str, args: &[Value]) {
        if text.taint().is_some() {
            return;
        }
        let taint = args.iter().find_map(|arg| match arg {
            Value::Str(text) => text.taint(),
            _ => None,
        });
        if let Some(taint) = taint {
            self.placeholders.derived(taint, text);
            *text = Str::tainted(text.to_vec(), Some(taint));
        }
    }

    /// Counts a fresh string as memory.
    pub(super) fn charge_text(&mut self, text: &mut Str) -> Result<(), Budget> {
        if text.len() >= CHARGED_BYTES {
            let bytes = text.len() as u64;
            text.charge(|| self.meter.charge(bytes));
            self.meter.pass_over(text.len())?;
            self.meter.check_alive()?;
        }
        Ok(())
    }
}

fn param_at(signature: Signature, index: usize) -> Param {
    signature.params.get(index).or(signature.params.last()).copied().unwrap_or(Param::Any)
}

/// The nil of a type, if it has one.
fn zero(param: Param) -> Option<Value> {
    match param {
        Param::Any => Some(Value::Nil),
        Param::Dict => Some(Value::Map(Map::nil(MapKind::Any))),
        Param::List => Some(Value::List(List::nil(ListKind::Any))),
        _ => None,
    }
}

/// A constant in the form that a parameter wants.
fn constant_as(param: Param, node: &Node, number: Option<&Number>, unit: &Unit) -> Option<Value> {
    match (param, node, number) {
        (Param::Str, Node::Str(value, _), _) => unit.strings.get(*value as usize).cloned().map(Value::Str),
        (Param::Bool, Node::Bool(value), _) => Some(Value::Bool(*value)),
        (Param::Int, _, Some(number)) => number.int.map(Value::Int),
        // SetUint keeps the low bits.
        #[allow(clippy::cast_possible_truncation, reason = "as reflect does")]
        (Param::Uint32, _, Some(number)) => number.uint.map(|value| Value::Uint32(value as u32)),
        (Param::Float, _, Some(number)) => number.float.map(Value::Float),
        _ => None,
    }
}

/// Work that looking at the arguments takes. Functions that walk a whole map count that themselves: most do not.
fn cost(values: &[Value]) -> u64 {
    values
        .iter()
        .map(|value| match value {
            Value::Str(text) => text.len() as u64 >> 8,
            Value::List(list) => list.len() as u64 >> 3,
            _ => 0,
        })
        .sum()
}
