//! Parsed templates: one flat arena of nodes for a source and all that it defines.

use crate::library::FunctionId;
use crate::strconv::quote;
use crate::text::Str;

/// A node of a [`Unit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeId(pub(crate) u32);

/// Nodes that stand in a row in [`Unit::rows`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    start: u32,
    len: u32,
}

/// Names that stand in a row in [`Unit::names`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Names {
    start: u32,
    len: u32,
}

/// A variable's name, interned in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VariableId(pub(crate) u32);

#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// Text, by its place in the source.
    Text(u32, u32),
    Action(NodeId),
    If(Branch),
    With(Branch),
    Range(Branch),
    /// `{{template "name" pipe}}`, with the index of its name.
    Template(u32, Option<NodeId>),
    Break,
    Continue,
    List(Row),
    Pipe(Pipe),
    Command(Row),
    Function(FunctionId),
    Field(Names),
    Variable(VariableId, Names),
    Chain(NodeId, Names),
    Dot,
    Nil,
    Bool(bool),
    /// The index of a number.
    Number(u32),
    /// The index of a literal's value; its text is in the source.
    Str(u32, u32),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Branch {
    pub(crate) pipe: NodeId,
    pub(crate) list: NodeId,
    pub(crate) otherwise: Option<NodeId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Pipe {
    pub(crate) assigns: bool,
    pub(crate) declares: Row,
    pub(crate) commands: Row,
}

/// A numeric constant in all the forms that it fits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
    pub(crate) text: String,
}

/// A template that a unit defines.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) name: Str,
    pub(crate) root: NodeId,
    /// Whether it holds nothing but space: such a one does not replace another of its name.
    pub(crate) empty: bool,
}

/// One parsed source.
#[derive(Debug)]
pub struct Unit {
    pub(crate) parse_name: String,
    pub(crate) source: Str,
    pub(crate) nodes: Vec<(Node, u32)>,
    pub(crate) rows: Vec<NodeId>,
    pub(crate) names: Vec<Str>,
    pub(crate) variables: Vec<String>,
    pub(crate) numbers: Vec<Number>,
    pub(crate) strings: Vec<Str>,
    pub(crate) definitions: Vec<Definition>,
    /// The names of the functions that the source calls.
    pub(crate) functions: Vec<(FunctionId, &'static str)>,
}

impl Unit {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0 as usize).map_or(&Node::Nil, |(node, _)| node)
    }

    pub(crate) fn position(&self, id: NodeId) -> usize {
        self.nodes.get(id.0 as usize).map_or(0, |&(_, at)| at as usize)
    }

    pub(crate) fn row(&self, row: Row) -> &[NodeId] {
        self.rows.get(row.start as usize..(row.start + row.len) as usize).unwrap_or_default()
    }

    pub(crate) fn names(&self, names: Names) -> &[Str] {
        self.names.get(names.start as usize..(names.start + names.len) as usize).unwrap_or_default()
    }

    pub(crate) fn text(&self, start: u32, len: u32) -> &[u8] {
        self.source.get(start as usize..start as usize + len as usize).unwrap_or_default()
    }

    pub(crate) fn add(&mut self, node: Node, at: usize) -> NodeId {
        let id = index(self.nodes.len());
        self.nodes.push((node, index(at)));
        NodeId(id)
    }

    pub(crate) fn add_row(&mut self, nodes: &[NodeId]) -> Row {
        let start = index(self.rows.len());
        self.rows.extend_from_slice(nodes);
        Row { start, len: index(nodes.len()) }
    }

    pub(crate) fn add_names(&mut self, names: &[Str]) -> Names {
        let start = index(self.names.len());
        self.names.extend_from_slice(names);
        Names { start, len: index(names.len()) }
    }

    pub(crate) fn variable(&mut self, name: &str) -> VariableId {
        let known = self.variables.iter().position(|known| known == name);
        VariableId(index(known.unwrap_or_else(|| {
            self.variables.push(name.to_owned());
            self.variables.len() - 1
        })))
    }

    /// Line and column of a node, as `ErrorContext` counts them: bytes from 0 after the last newline.
    pub(crate) fn place(&self, id: NodeId) -> (u32, u32) {
        let before = self.source.get(..self.position(id)).unwrap_or_default();
        let newlines = memchr::memchr_iter(b'\n', before).count();
        let column = before.len() - before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        (index(newlines) + 1, index(column))
    }

    fn function_name(&self, wanted: FunctionId) -> &'static str {
        self.functions.iter().find(|(id, _)| *id == wanted).map_or("", |(_, name)| name)
    }

    /// The source of a node, as Go prints it in messages. Bodies of blocks are left out.
    pub(crate) fn print(&self, id: NodeId) -> String {
        let mut out = String::new();
        self.write(&mut out, id, 0);
        out
    }

    fn write(&self, out: &mut String, id: NodeId, depth: u32) {
        // The parser nests parentheses far deeper than a message can use.
        if depth > 200 || out.len() > MESSAGE_MAX {
            return out.push('…');
        }
        match self.node(id) {
            Node::Text(start, len) => out.push_str(&quote(self.text(*start, *len))),
            Node::Action(pipe) => self.write_block(out, "", Some(*pipe), depth),
            Node::If(branch) => self.write_block(out, "if ", Some(branch.pipe), depth),
            Node::With(branch) => self.write_block(out, "with ", Some(branch.pipe), depth),
            Node::Range(branch) => self.write_block(out, "range ", Some(branch.pipe), depth),
            Node::Template(name, pipe) => {
                let name = self.strings.get(*name as usize).map(|name| quote(name)).unwrap_or_default();
                let space = if pipe.is_some() { " " } else { "" };
                self.write_block(out, &format!("template {name}{space}"), *pipe, depth);
            }
            Node::Break => out.push_str("{{break}}"),
            Node::Continue => out.push_str("{{continue}}"),
            Node::List(row) => self.row(*row).iter().for_each(|&node| self.write(out, node, depth + 1)),
            Node::Pipe(pipe) => self.write_pipe(out, *pipe, depth),
            Node::Command(row) => self.write_command(out, *row, depth),
            Node::Function(function) => out.push_str(self.function_name(*function)),
            Node::Field(names) => self.write_fields(out, *names),
            Node::Variable(variable, names) => {
                out.push_str(self.variable_name(*variable));
                self.write_fields(out, *names);
            }
            Node::Chain(node, names) => {
                self.write_operand(out, *node, depth);
                self.write_fields(out, *names);
            }
            Node::Dot => out.push('.'),
            Node::Nil => out.push_str("nil"),
            Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Node::Number(number) => {
                out.push_str(self.numbers.get(*number as usize).map_or("", |number| &number.text));
            }
            Node::Str(_, len) => {
                let start = index(self.position(id));
                out.push_str(&String::from_utf8_lossy(self.text(start, *len)));
            }
        }
    }

    pub(crate) fn variable_name(&self, variable: VariableId) -> &str {
        self.variables.get(variable.0 as usize).map_or("", String::as_str)
    }

    fn write_block(&self, out: &mut String, head: &str, pipe: Option<NodeId>, depth: u32) {
        out.push_str("{{");
        out.push_str(head);
        if let Some(pipe) = pipe {
            self.write(out, pipe, depth + 1);
        }
        out.push_str("}}");
    }

    fn write_pipe(&self, out: &mut String, pipe: Pipe, depth: u32) {
        for (number, &variable) in self.row(pipe.declares).iter().enumerate() {
            out.push_str(if number > 0 { ", " } else { "" });
            self.write(out, variable, depth + 1);
        }
        if pipe.declares.len > 0 {
            out.push_str(if pipe.assigns { " = " } else { " := " });
        }
        for (number, &command) in self.row(pipe.commands).iter().enumerate() {
            out.push_str(if number > 0 { " | " } else { "" });
            self.write(out, command, depth + 1);
        }
    }

    fn write_command(&self, out: &mut String, row: Row, depth: u32) {
        for (number, &argument) in self.row(row).iter().enumerate() {
            out.push_str(if number > 0 { " " } else { "" });
            self.write_operand(out, argument, depth);
        }
    }

    fn write_operand(&self, out: &mut String, id: NodeId, depth: u32) {
        if matches!(self.node(id), Node::Pipe(_)) {
            out.push('(');
            self.write(out, id, depth + 1);
            out.push(')');
        } else {
            self.write(out, id, depth + 1);
        }
    }

    fn write_fields(&self, out: &mut String, names: Names) {
        for name in self.names(names) {
            out.push('.');
            out.push_str(&name.to_text());
        }
    }
}

/// Longer expressions are cut in messages.
const MESSAGE_MAX: usize = 16 << 10;

/// Sources are limited to far less than 4 GiB.
pub(crate) fn index(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
