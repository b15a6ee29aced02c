//! Items to nodes, as `text/template/parse/parse.go` does it.

use std::collections::HashMap;

use crate::ast::{Branch, Definition, Node, NodeId, Pipe, Row, Unit, index};
use crate::error::Error;
use crate::lex::{Item, ItemKind, Lexer};
use crate::library::Functions;
use crate::meter::{Budget, Limits};
use crate::number::parse_number;
use crate::strconv::{quote, unquote};
use crate::text::Str;

/// How deep Go lets parentheses nest.
const PAREN_DEPTH_MAX: u32 = 10_000;
/// Few templates hold more nodes than this says.
const BYTES_PER_NODE: usize = 32;

/// Parses `source`; errors name it `name`, and the text outside of definitions is the template of that name.
pub(crate) fn parse(name: &str, source: &Str, functions: &Functions, limits: &Limits) -> Result<Unit, Error> {
    if source.len() > limits.source_bytes.min(u32::MAX as usize / 2) {
        return Err(over_budget(name, 1, Budget::Source));
    }
    let unit = Unit {
        parse_name: name.to_owned(),
        source: source.clone(),
        nodes: Vec::with_capacity(source.len() / BYTES_PER_NODE),
        rows: Vec::new(),
        names: Vec::new(),
        variables: Vec::new(),
        numbers: Vec::new(),
        strings: Vec::new(),
        definitions: Vec::new(),
        functions: Vec::new(),
    };
    let mut parser = Parser {
        unit,
        lexer: Lexer::new(source),
        functions,
        waiting: Vec::new(),
        last_line: 1,
        scope: Scope::default(),
        known_names: HashMap::new(),
        parts: Vec::new(),
        nesting: 0,
        nesting_max: limits.nesting / 2,
    };
    parser.file()?;
    Ok(parser.unit)
}

fn over_budget(name: &str, line: u32, budget: Budget) -> Error {
    Error::parse(name, line, budget.to_string()).with_budget(Some(budget))
}

/// What is known of the template being parsed; a definition inside starts anew.
struct Scope {
    variables: Vec<String>,
    /// The line of the action being parsed, for messages on what is not closed.
    action_line: u32,
    range_depth: u32,
    paren_depth: u32,
}

impl Default for Scope {
    fn default() -> Self {
        Self { variables: vec!["$".to_owned()], action_line: 0, range_depth: 0, paren_depth: 0 }
    }
}

struct Parser<'t, 'f> {
    unit: Unit,
    lexer: Lexer<'t>,
    functions: &'f Functions,
    /// Items that were read ahead, the next one last.
    waiting: Vec<Item<'t>>,
    /// The line that errors name: that of the item read last from the lexer.
    last_line: u32,
    scope: Scope,
    known_names: HashMap<&'t [u8], Str>,
    /// The parts of the commands that are being read, the innermost last.
    parts: Vec<NodeId>,
    nesting: u32,
    nesting_max: u32,
}

/// What ends a list.
enum Stop {
    End,
    /// `else`; with the keyword that continues it.
    Else(usize),
}

/// A node of a list, or its end.
enum Part {
    Node(NodeId),
    Stop(Stop),
    Nothing,
}

impl Stop {
    fn describe(&self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else(_) => "{{else}}",
        }
    }
}

type Parsed<T> = Result<T, Error>;

impl<'t> Parser<'t, '_> {
    fn next(&mut self) -> Item<'t> {
        self.waiting.pop().unwrap_or_else(|| {
            let item = self.lexer.next_item();
            self.last_line = item.line;
            item
        })
    }

    fn back(&mut self, item: Item<'t>) {
        self.waiting.push(item);
    }

    fn peek(&mut self) -> ItemKind {
        if let Some(item) = self.waiting.last() {
            return item.kind;
        }
        let item = self.next();
        self.back(item);
        item.kind
    }

    fn next_non_space(&mut self) -> Item<'t> {
        loop {
            let item = self.next();
            if item.kind != ItemKind::Space {
                return item;
            }
        }
    }

    fn peek_non_space(&mut self) -> Item<'t> {
        if let Some(item) = self.waiting.last()
            && item.kind != ItemKind::Space
        {
            return *item;
        }
        let item = self.next_non_space();
        self.back(item);
        item
    }

    /// A name without its dot. Templates say the same few names over and over.
    fn name(&mut self, field: &Item<'t>) -> Str {
        let name = field.text.get(1..).unwrap_or_default();
        self.known_names.entry(name).or_insert_with(|| Str::from(name)).clone()
    }

    fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(Error::parse(&self.unit.parse_name, self.last_line, message))
    }

    fn unexpected<T>(&self, item: &Item<'t>, context: &str) -> Parsed<T> {
        if item.kind != ItemKind::Error {
            return self.error(format!("unexpected {} in {context}", self.lexer.describe(item)));
        }
        let line = self.scope.action_line;
        let mut message = self.lexer.describe(item);
        if line != 0 && line != item.line {
            // Avoids "action in action".
            let words = if message.ends_with(" action") { " started at" } else { " in action started at" };
            message.push_str(&format!("{words} {}:{line}", self.unit.parse_name));
        }
        self.error(message)
    }

    fn expect(&mut self, kind: ItemKind, context: &str) -> Parsed<Item<'t>> {
        let item = self.next_non_space();
        if item.kind == kind { Ok(item) } else { self.unexpected(&item, context) }
    }

    /// Runs a part of the parser one level deeper, on a stack that grows.
    fn nested<T>(&mut self, part: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= self.nesting_max {
            return Err(over_budget(&self.unit.parse_name, self.last_line, Budget::Nesting));
        }
        self.nesting += 1;
        let result = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || part(self));
        self.nesting -= 1;
        result
    }

    fn file(&mut self) -> Parsed<()> {
        let mut nodes = Vec::new();
        while self.peek() != ItemKind::Eof {
            if self.peek() == ItemKind::LeftDelim {
                let delimiter = self.next();
                let item = self.next_non_space();
                if item.kind == ItemKind::Define {
                    self.definition()?;
                    continue;
                }
                self.back(item);
                self.back(delimiter);
            }
            match self.text_or_action()? {
                Part::Node(node) => nodes.push(node),
                Part::Nothing => {}
                Part::Stop(stop) => return self.error(format!("unexpected {}", stop.describe())),
            }
        }
        let name = Str::from(self.unit.parse_name.as_str());
        self.define(name, &nodes)
    }

    /// Adds a template; of two with a name in one source only one may hold more than space.
    fn define(&mut self, name: Str, nodes: &[NodeId]) -> Parsed<()> {
        let empty = nodes.iter().all(|&node| self.is_empty(node));
        let row = self.unit.add_row(nodes);
        let root = self.unit.add(Node::List(row), 0);
        let definition = Definition { name, root, empty };
        match self.unit.definitions.iter_mut().find(|known| known.name == definition.name) {
            None => self.unit.definitions.push(definition),
            Some(known) if known.empty => *known = definition,
            Some(_) if definition.empty => {}
            Some(_) => {
                let name = quote(&definition.name);
                return self.error(format!("template: multiple definition of template {name}"));
            }
        }
        Ok(())
    }

    fn is_empty(&self, node: NodeId) -> bool {
        match self.unit.node(node) {
            Node::Text(start, len) => {
                String::from_utf8_lossy(self.unit.text(*start, *len)).chars().all(char::is_whitespace)
            }
            _ => false,
        }
    }

    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let outer = std::mem::take(&mut self.scope);
        let item = self.next_non_space();
        if !matches!(item.kind, ItemKind::Str | ItemKind::RawString) {
            return self.unexpected(&item, CONTEXT);
        }
        let name = self.unquoted(&item)?;
        self.expect(ItemKind::RightDelim, CONTEXT)?;
        let (nodes, stop) = self.list()?;
        if let Stop::Else(_) = stop {
            return self.error(format!("unexpected {{{{else}}}} in {CONTEXT}"));
        }
        self.define(name, &nodes)?;
        self.scope = outer;
        Ok(())
    }

    fn unquoted(&self, item: &Item<'t>) -> Parsed<Str> {
        unquote(item.text).map_or_else(|| self.error("invalid syntax"), |value| Ok(Str::from(value)))
    }

    /// The nodes up to `end` or `else`.
    fn list(&mut self) -> Parsed<(Vec<NodeId>, Stop)> {
        let mut nodes = Vec::new();
        while self.peek_non_space().kind != ItemKind::Eof {
            match self.text_or_action()? {
                Part::Node(node) => nodes.push(node),
                Part::Nothing => {}
                Part::Stop(stop) => return Ok((nodes, stop)),
            }
        }
        self.error("unexpected EOF")
    }

    fn text_or_action(&mut self) -> Parsed<Part> {
        let item = self.next_non_space();
        match item.kind {
            ItemKind::Text if item.text.is_empty() => Ok(Part::Nothing),
            ItemKind::Text => {
                let text = Node::Text(index(item.at), index(item.text.len()));
                Ok(Part::Node(self.unit.add(text, item.at)))
            }
            ItemKind::LeftDelim => {
                self.scope.action_line = item.line;
                let part = self.nested(Self::action);
                self.scope.action_line = 0;
                part
            }
            _ => self.unexpected(&item, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Part> {
        let item = self.next_non_space();
        let node = match item.kind {
            ItemKind::Block => self.block()?,
            ItemKind::Break => self.loop_control(Node::Break, "{{break}}", item.at)?,
            ItemKind::Continue => self.loop_control(Node::Continue, "{{continue}}", item.at)?,
            ItemKind::Else => return self.otherwise(),
            ItemKind::End => {
                self.expect(ItemKind::RightDelim, "end")?;
                return Ok(Part::Stop(Stop::End));
            }
            ItemKind::If => self.control("if", ItemKind::If, Node::If)?,
            ItemKind::Range => self.control("range", ItemKind::Range, Node::Range)?,
            ItemKind::Template => self.template()?,
            ItemKind::With => self.control("with", ItemKind::With, Node::With)?,
            _ => {
                let at = item.at;
                self.back(item);
                let pipe = self.pipeline("command", ItemKind::RightDelim)?;
                self.unit.add(Node::Action(pipe), at)
            }
        };
        Ok(Part::Node(node))
    }

    fn loop_control(&mut self, node: Node, context: &str, at: usize) -> Parsed<NodeId> {
        self.expect(ItemKind::RightDelim, context)?;
        if self.scope.range_depth == 0 {
            return self.error(format!("{context} outside {{{{range}}}}"));
        }
        Ok(self.unit.add(node, at))
    }

    fn otherwise(&mut self) -> Parsed<Part> {
        let item = self.peek_non_space();
        if matches!(item.kind, ItemKind::If | ItemKind::With) {
            return Ok(Part::Stop(Stop::Else(item.at)));
        }
        let item = self.expect(ItemKind::RightDelim, "else")?;
        Ok(Part::Stop(Stop::Else(item.at)))
    }

    fn control(&mut self, context: &str, kind: ItemKind, make: fn(Branch) -> Node) -> Parsed<NodeId> {
        let variables = self.scope.variables.len();
        let pipe = self.pipeline(context, ItemKind::RightDelim)?;
        let looping = u32::from(kind == ItemKind::Range);
        self.scope.range_depth += looping;
        let (nodes, stop) = self.list()?;
        self.scope.range_depth -= looping;
        let list = self.add_list(&nodes, 0);
        let mut otherwise = None;
        if let Stop::Else(at) = stop {
            // `else if` and `else with` are a block of their own inside of `else`, without an `end` of its own.
            let chained = kind != ItemKind::Range && self.peek() == kind;
            let nodes = if chained {
                self.next();
                vec![self.nested(|parser| parser.control(context, kind, make))?]
            } else {
                let (nodes, stop) = self.list()?;
                if let Stop::Else(_) = stop {
                    return self.error("expected end; found {{else}}");
                }
                nodes
            };
            otherwise = Some(self.add_list(&nodes, at));
        }
        self.scope.variables.truncate(variables);
        let at = self.unit.nodes.get(pipe.0 as usize).map_or(0, |&(_, at)| at as usize);
        Ok(self.unit.add(make(Branch { pipe, list, otherwise }), at))
    }

    fn add_list(&mut self, nodes: &[NodeId], at: usize) -> NodeId {
        let row = self.unit.add_row(nodes);
        self.unit.add(Node::List(row), at)
    }

    fn template_name(&mut self, item: &Item<'t>, context: &str) -> Parsed<u32> {
        if !matches!(item.kind, ItemKind::Str | ItemKind::RawString) {
            return self.unexpected(item, context);
        }
        let name = self.unquoted(item)?;
        self.unit.strings.push(name);
        Ok(index(self.unit.strings.len() - 1))
    }

    fn block(&mut self) -> Parsed<NodeId> {
        const CONTEXT: &str = "block clause";
        let item = self.next_non_space();
        let name = self.template_name(&item, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, ItemKind::RightDelim)?;
        let outer = std::mem::take(&mut self.scope);
        let (nodes, stop) = self.list()?;
        if let Stop::Else(_) = stop {
            return self.error(format!("unexpected {{{{else}}}} in {CONTEXT}"));
        }
        let defined = self.unit.strings.get(name as usize).cloned().unwrap_or_default();
        self.define(defined, &nodes)?;
        self.scope = outer;
        Ok(self.unit.add(Node::Template(name, Some(pipe)), item.at))
    }

    fn template(&mut self) -> Parsed<NodeId> {
        const CONTEXT: &str = "template clause";
        let item = self.next_non_space();
        let name = self.template_name(&item, CONTEXT)?;
        let following = self.next_non_space();
        let mut pipe = None;
        if following.kind != ItemKind::RightDelim {
            self.back(following);
            pipe = Some(self.pipeline(CONTEXT, ItemKind::RightDelim)?);
        }
        Ok(self.unit.add(Node::Template(name, pipe), item.at))
    }

    fn pipeline(&mut self, context: &str, end: ItemKind) -> Parsed<NodeId> {
        let at = self.peek_non_space().at;
        let (assigns, declares) = self.declarations(context)?;
        let first = self.parts.len();
        loop {
            let item = self.next_non_space();
            match item.kind {
                kind if kind == end => break,
                kind if starts_operand(kind) => {
                    self.back(item);
                    let command = self.command()?;
                    self.parts.push(command);
                }
                _ => return self.unexpected(&item, context),
            }
        }
        self.check_commands(first, context)?;
        let declares = self.unit.add_row(&declares);
        let commands = self.row(first);
        Ok(self.unit.add(Node::Pipe(Pipe { assigns, declares, commands }), at))
    }

    /// The variables before `:=` or `=`, and whether it is `=`.
    fn declarations(&mut self, context: &str) -> Parsed<(bool, Vec<NodeId>)> {
        let mut declares = Vec::new();
        loop {
            if self.peek_non_space().kind != ItemKind::Variable {
                return Ok((false, declares));
            }
            let variable = self.next();
            let after = self.next();
            let following = if after.kind == ItemKind::Space { self.peek_non_space() } else { after };
            let comma = following.kind == ItemKind::Char && following.text == b",";
            if !comma && !matches!(following.kind, ItemKind::Assign | ItemKind::Declare) {
                // No declaration: all of it is the first command. A space stays, as commands need it.
                self.back(after);
                self.back(variable);
                return Ok((false, declares));
            }
            if after.kind == ItemKind::Space {
                self.next_non_space();
            }
            let name = String::from_utf8_lossy(variable.text).into_owned();
            let id = self.unit.variable(&name);
            let names = self.unit.add_names(&[]);
            declares.push(self.unit.add(Node::Variable(id, names), variable.at));
            self.scope.variables.push(name);
            if !comma {
                return Ok((following.kind == ItemKind::Assign, declares));
            }
            if context != "range" || declares.len() >= 2 {
                return self.error(format!("too many declarations in {context}"));
            }
            let next = self.peek_non_space().kind;
            if !matches!(next, ItemKind::Variable | ItemKind::RightDelim | ItemKind::RightParen) {
                return self.error("range can only initialize variables");
            }
        }
    }

    /// Constants cannot take the value that a pipe hands on.
    fn check_commands(&self, first: usize, context: &str) -> Parsed<()> {
        let commands = self.parts.get(first..).unwrap_or_default();
        if commands.is_empty() {
            return self.error(format!("missing value for {context}"));
        }
        for (number, &command) in commands.iter().enumerate().skip(1) {
            let Node::Command(row) = self.unit.node(command) else { continue };
            let first = self.unit.row(*row).first().map(|&node| self.unit.node(node));
            if matches!(first, Some(Node::Bool(_) | Node::Dot | Node::Nil | Node::Number(_) | Node::Str(..)))
            {
                return self.error(format!("non executable command in pipeline stage {}", number + 1));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<NodeId> {
        let at = self.peek_non_space().at;
        let first = self.parts.len();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                self.parts.push(operand);
            }
            let item = self.next();
            match item.kind {
                ItemKind::Space => {}
                ItemKind::RightDelim | ItemKind::RightParen => {
                    self.back(item);
                    break;
                }
                ItemKind::Pipe => break,
                _ => return self.unexpected(&item, "operand"),
            }
        }
        if self.parts.len() == first {
            return self.error("empty command");
        }
        let row = self.row(first);
        Ok(self.unit.add(Node::Command(row), at))
    }

    /// Moves the parts from `first` into the unit.
    fn row(&mut self, first: usize) -> Row {
        let row = self.unit.add_row(self.parts.get(first..).unwrap_or_default());
        self.parts.truncate(first);
        row
    }

    /// A term and the fields that follow it without a space.
    fn operand(&mut self) -> Parsed<Option<NodeId>> {
        let Some(term) = self.term()? else { return Ok(None) };
        if self.peek() != ItemKind::Field {
            return Ok(Some(term));
        }
        let mut at = None;
        let mut fields = Vec::new();
        while self.peek() == ItemKind::Field {
            let item = self.next();
            at.get_or_insert(item.at);
            fields.push(self.name(&item));
        }
        // The chain takes the place of its first field: so Go reports it.
        let at = at.unwrap_or_default();
        let node = match self.unit.node(term).clone() {
            Node::Field(names) => {
                let names = self.joined(names, fields);
                Node::Field(names)
            }
            Node::Variable(id, names) => {
                let names = self.joined(names, fields);
                Node::Variable(id, names)
            }
            Node::Bool(_) | Node::Str(..) | Node::Number(_) | Node::Nil | Node::Dot => {
                let term = quote(self.unit.print(term).as_bytes());
                return self.error(format!("unexpected . after term {term}"));
            }
            _ => Node::Chain(term, self.unit.add_names(&fields)),
        };
        Ok(Some(self.unit.add(node, at)))
    }

    fn joined(&mut self, names: crate::ast::Names, fields: Vec<Str>) -> crate::ast::Names {
        let mut all = self.unit.names(names).to_vec();
        all.extend(fields);
        self.unit.add_names(&all)
    }

    fn term(&mut self) -> Parsed<Option<NodeId>> {
        let item = self.next_non_space();
        let node = match item.kind {
            ItemKind::Identifier => self.function(&item)?,
            ItemKind::Dot => Node::Dot,
            ItemKind::Nil => Node::Nil,
            ItemKind::Variable => self.use_variable(&item)?,
            ItemKind::Field => {
                let name = self.name(&item);
                Node::Field(self.unit.add_names(&[name]))
            }
            ItemKind::Bool => Node::Bool(item.text == b"true"),
            ItemKind::CharConstant | ItemKind::Complex | ItemKind::Number => {
                let number = parse_number(item.text, item.kind).or_else(|message| self.error(message))?;
                self.unit.numbers.push(number);
                Node::Number(index(self.unit.numbers.len() - 1))
            }
            ItemKind::LeftParen => return self.parenthesized().map(Some),
            ItemKind::Str | ItemKind::RawString => {
                let value = self.unquoted(&item)?;
                self.unit.strings.push(value);
                Node::Str(index(self.unit.strings.len() - 1), index(item.text.len()))
            }
            _ => {
                self.back(item);
                return Ok(None);
            }
        };
        Ok(Some(self.unit.add(node, item.at)))
    }

    fn parenthesized(&mut self) -> Parsed<NodeId> {
        if self.scope.paren_depth >= PAREN_DEPTH_MAX {
            return self.error("max expression depth exceeded");
        }
        self.scope.paren_depth += 1;
        let pipe = self.nested(|parser| parser.pipeline("parenthesized pipeline", ItemKind::RightParen));
        self.scope.paren_depth -= 1;
        pipe
    }

    fn function(&mut self, item: &Item<'t>) -> Parsed<Node> {
        let Some((id, name)) = self.functions.find(item.text) else {
            return self.error(format!("function {} not defined", quote(item.text)));
        };
        if !self.unit.functions.iter().any(|(known, _)| *known == id) {
            self.unit.functions.push((id, name));
        }
        Ok(Node::Function(id))
    }

    fn use_variable(&mut self, item: &Item<'t>) -> Parsed<Node> {
        let name = String::from_utf8_lossy(item.text).into_owned();
        if !self.scope.variables.contains(&name) {
            return self.error(format!("undefined variable {}", quote(item.text)));
        }
        let id = self.unit.variable(&name);
        Ok(Node::Variable(id, self.unit.add_names(&[])))
    }
}

fn starts_operand(kind: ItemKind) -> bool {
    use ItemKind::{
        Bool, CharConstant, Complex, Dot, Field, Identifier, LeftParen, Nil, Number, RawString, Str, Variable,
    };
    matches!(
        kind,
        Bool | CharConstant
            | Complex
            | Dot
            | Field
            | Identifier
            | Number
            | Nil
            | RawString
            | Str
            | Variable
            | LeftParen
    )
}

/// How much native stack must be left before recursion goes on, and how much is added when it is not.
pub(crate) const STACK_RED_ZONE: usize = 128 << 10;
pub(crate) const STACK_SEGMENT: usize = 2 << 20;
