//! Go values as templates see them: lists and maps are references that functions alias and mutate.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use crate::host::{HostObject, NamedMap};
use crate::meter::{Charge, ENTRY_COST};
use crate::text::Str;

/// What an interface of Go holds.
#[derive(Clone, Default)]
pub enum Value {
    /// No value: an interface that holds nothing.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`: constants, indexes, results of `int`.
    Int(i64),
    /// `int64`: results of sprig's arithmetic.
    Int64(i64),
    /// `uint8`: a byte of a string.
    Uint8(u8),
    /// `uint32`.
    Uint32(u32),
    /// `uint64`: parts of a version.
    Uint64(u64),
    /// `float64`: every number that comes from YAML or JSON.
    Float(f64),
    /// `complex128`.
    Complex(Rc<(f64, f64)>),
    /// `string`.
    Str(Str),
    /// A slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// Anything else: times, versions, certificates, and what the host brings along.
    Object(Rc<dyn HostObject>),
}

/// Go's `reflect.Kind`, as far as templates can meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Go's")]
pub enum Kind {
    Invalid,
    Bool,
    Int,
    Int64,
    Uint8,
    Uint32,
    Uint64,
    Float64,
    Complex128,
    Str,
    Slice,
    Map,
    Struct,
    Ptr,
}

impl Kind {
    /// Its name, as `kindOf` gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Float64 => "float64",
            Self::Complex128 => "complex128",
            Self::Str => "string",
            Self::Slice => "slice",
            Self::Map => "map",
            Self::Struct => "struct",
            Self::Ptr => "ptr",
        }
    }
}

impl Value {
    /// A string.
    pub fn str(text: impl Into<Str>) -> Self {
        Self::Str(text.into())
    }

    /// A fresh `[]interface {}`.
    pub fn list(values: Vec<Self>) -> Self {
        Self::List(List::new(ListKind::Any, values))
    }

    /// A fresh `[]string`.
    pub fn strings(values: impl IntoIterator<Item = Str>) -> Self {
        Self::List(List::new(ListKind::Str, values.into_iter().map(Self::Str).collect()))
    }

    /// A fresh `map[string]interface {}`.
    pub fn map(entries: impl IntoIterator<Item = (Str, Self)>) -> Self {
        Self::Map(Map::new(MapKind::Any, entries.into_iter().collect()))
    }

    /// Whether the interface holds nothing.
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// Go's kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Nil => Kind::Invalid,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Int64(_) => Kind::Int64,
            Self::Uint8(_) => Kind::Uint8,
            Self::Uint32(_) => Kind::Uint32,
            Self::Uint64(_) => Kind::Uint64,
            Self::Float(_) => Kind::Float64,
            Self::Complex(_) => Kind::Complex128,
            Self::Str(_) => Kind::Str,
            Self::List(_) => Kind::Slice,
            Self::Map(_) => Kind::Map,
            Self::Object(object) => object.kind(),
        }
    }

    /// Go's type name, as `%T` gives it.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Nil => "<nil>",
            Self::List(list) => list.kind.type_name(),
            Self::Map(map) => map.kind.type_name(),
            Self::Object(object) => object.type_name(),
            other => other.kind().name(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Str(text) => write!(f, "{text:?}"),
            Self::List(list) => list.fmt(f),
            Self::Map(map) => map.fmt(f),
            other => write!(f, "{}", other.type_name()),
        }
    }
}

/// The element type of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// `[]interface {}`.
    Any,
    /// `[]string`.
    Str,
    /// `[]int`.
    Int,
    /// `[]uint8`.
    Byte,
    /// `[][]interface {}`.
    List,
}

impl ListKind {
    /// The name of the slice type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::Str => "[]string",
            Self::Int => "[]int",
            Self::Byte => "[]uint8",
            Self::List => "[][]interface {}",
        }
    }

    /// Whether an element is an interface, so that it can hold nothing.
    pub fn boxes(self) -> bool {
        self == Self::Any
    }
}

/// A Go slice: a window on elements that other slices may see too.
#[derive(Clone)]
pub struct List {
    /// The element type.
    pub kind: ListKind,
    elements: Option<Rc<Elements>>,
    start: u32,
    len: u32,
}

struct Elements {
    values: RefCell<Vec<Value>>,
    /// How many elements Go's allocator would have made room for.
    capacity: usize,
    charge: RefCell<Option<Charge>>,
}

impl List {
    /// A slice of its own elements, with no room to spare.
    pub fn new(kind: ListKind, values: Vec<Value>) -> Self {
        let capacity = values.len();
        Self::with_capacity(kind, values, capacity)
    }

    /// A slice that Go's JSON reader made: it doubles the room, and `slice` can reach what is behind the end.
    pub fn decoded(values: Vec<Value>) -> Self {
        let capacity = match values.len() {
            0..=2 => values.len(),
            len if len <= 256 => len.next_power_of_two(),
            len => len,
        };
        Self::with_capacity(ListKind::Any, values, capacity)
    }

    fn with_capacity(kind: ListKind, values: Vec<Value>, capacity: usize) -> Self {
        let len = u32::try_from(values.len()).unwrap_or(u32::MAX);
        let elements = Elements { values: RefCell::new(values), capacity, charge: RefCell::default() };
        Self { kind, elements: Some(Rc::new(elements)), start: 0, len }
    }

    /// Go's nil slice.
    pub fn nil(kind: ListKind) -> Self {
        Self { kind, elements: None, start: 0, len: 0 }
    }

    /// Whether it is Go's nil slice.
    pub fn is_nil(&self) -> bool {
        self.elements.is_none()
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How far it could be sliced.
    pub fn capacity(&self) -> usize {
        self.elements.as_ref().map_or(0, |elements| elements.capacity.saturating_sub(self.start as usize))
    }

    /// One element.
    pub fn get(&self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        // Behind the end of what was written, Go's spare room holds zero values.
        let values = self.elements.as_ref()?.values.borrow();
        Some(values.get(self.start as usize + index).cloned().unwrap_or_default())
    }

    /// The elements, at this moment.
    pub fn to_vec(&self) -> Vec<Value> {
        let Some(elements) = &self.elements else { return Vec::new() };
        let values = elements.values.borrow();
        let start = (self.start as usize).min(values.len());
        let end = (self.start as usize + self.len()).min(values.len());
        let mut window = values.get(start..end).map(<[Value]>::to_vec).unwrap_or_default();
        window.resize(self.len(), Value::Nil);
        window
    }

    /// The window from `start` to `end`; none when that is outside of the capacity.
    pub fn slice(&self, start: usize, end: usize) -> Option<Self> {
        if start > end || end > self.capacity() {
            return None;
        }
        let (offset, len) = (u32::try_from(start).ok()?, u32::try_from(end - start).ok()?);
        Some(Self { kind: self.kind, elements: self.elements.clone(), start: self.start + offset, len })
    }

    /// Writes elements back in place: every alias sees it.
    pub(crate) fn replace(&self, values: Vec<Value>) {
        if let Some(elements) = &self.elements {
            let mut target = elements.values.borrow_mut();
            for (slot, value) in target.iter_mut().skip(self.start as usize).zip(values) {
                *slot = value;
            }
        }
    }

    /// Whether both are windows on the same elements.
    pub(crate) fn identity(&self) -> (usize, usize) {
        (self.elements.as_ref().map_or(0, |elements| Rc::as_ptr(elements) as usize), self.len())
    }

    pub(crate) fn charge(&self, charge: impl FnOnce() -> Charge) {
        if let Some(elements) = &self.elements {
            elements.charge.borrow_mut().get_or_insert_with(charge);
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(len {})", self.kind.type_name(), self.len())
    }
}

impl Drop for Elements {
    fn drop(&mut self) {
        dismantle(self.values.take());
    }
}

/// The type of a map.
#[derive(Debug, Clone, Copy)]
pub enum MapKind {
    /// `map[string]interface {}`.
    Any,
    /// `map[string]string`.
    Str,
    /// A type of the host over `map[string]interface {}`, with methods.
    Named(&'static NamedMap),
}

impl MapKind {
    /// The name of the map type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Any => "map[string]interface {}",
            Self::Str => "map[string]string",
            Self::Named(named) => named.name,
        }
    }

    /// Whether an element is an interface, so that it can hold nothing.
    pub fn boxes(self) -> bool {
        !matches!(self, Self::Str)
    }
}

/// A Go map: a reference to entries. They are kept sorted, since Go's templates and printers see them sorted.
#[derive(Clone)]
pub struct Map {
    /// Its type.
    pub kind: MapKind,
    data: Option<Rc<MapData>>,
}

#[derive(Default)]
struct MapData {
    entries: RefCell<BTreeMap<Str, Value>>,
    charge: RefCell<Option<Charge>>,
    asked: OnceCell<Box<Asked>>,
}

/// What somebody asked a map for since it is watched.
#[derive(Default)]
struct Asked {
    keys: RefCell<BTreeSet<Str>>,
    for_all: Cell<bool>,
    /// What was taken already.
    taken: RefCell<(BTreeSet<Str>, bool)>,
}

/// A map that may have become part of a cycle.
pub(crate) struct WeakMap(std::rc::Weak<MapData>);

impl WeakMap {
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    pub(crate) fn upgrade(&self) -> Option<Map> {
        self.0.upgrade().map(|data| Map { kind: MapKind::Any, data: Some(data) })
    }
}

impl Map {
    /// A fresh map.
    pub fn new(kind: MapKind, entries: BTreeMap<Str, Value>) -> Self {
        let data =
            MapData { entries: RefCell::new(entries), charge: RefCell::default(), asked: OnceCell::new() };
        Self { kind, data: Some(Rc::new(data)) }
    }

    /// Go's nil map.
    pub fn nil(kind: MapKind) -> Self {
        Self { kind, data: None }
    }

    /// Whether it is Go's nil map.
    pub fn is_nil(&self) -> bool {
        self.data.is_none()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.data.as_ref().map_or(0, |data| data.entries.borrow().len())
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        let data = self.data.as_ref()?;
        if let Some(asked) = data.asked.get() {
            let mut keys = asked.keys.borrow_mut();
            if !keys.contains(key) {
                keys.insert(Str::from(key));
            }
        }
        data.entries.borrow().get(key).cloned()
    }

    /// From now on notes which of its keys are asked for.
    pub fn watch(&self) {
        if let Some(data) = &self.data {
            data.asked.get_or_init(Box::default);
        }
    }

    /// The keys that were asked for since the map is watched, whether it has them or not. None when somebody saw them
    /// all, or nobody watches.
    pub fn asked(&self) -> Option<BTreeSet<Str>> {
        let asked = self.data.as_ref()?.asked.get()?;
        let (taken, was_for_all) = &*asked.taken.borrow();
        let all = || asked.keys.borrow().union(taken).cloned().collect();
        (!asked.for_all.get() && !was_for_all).then(all)
    }

    /// The keys that were asked for since this was called last, and whether somebody saw them all. None when nobody
    /// watches.
    pub fn take_asked(&self) -> Option<(BTreeSet<Str>, bool)> {
        let asked = self.data.as_ref()?.asked.get()?;
        let (keys, for_all) = (asked.keys.take(), asked.for_all.take());
        let mut taken = asked.taken.borrow_mut();
        taken.0.extend(keys.iter().cloned());
        taken.1 |= for_all;
        Some((keys, for_all))
    }

    /// The entries, without anybody noting that they were seen.
    pub fn peek(&self) -> Vec<(Str, Value)> {
        let Some(data) = &self.data else { return Vec::new() };
        data.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Sets a key for every alias. False when the map is nil: Go panics there.
    pub fn set(&self, key: Str, value: Value) -> bool {
        let Some(data) = &self.data else { return false };
        let before = data.entries.borrow_mut().insert(key, value);
        if before.is_none()
            && let Some(charge) = data.charge.borrow_mut().as_mut()
        {
            charge.grow(ENTRY_COST);
        }
        true
    }

    /// Removes a key for every alias.
    pub fn remove(&self, key: &[u8]) {
        if let Some(data) = &self.data {
            let before = data.entries.borrow_mut().remove(key);
            drop(before);
        }
    }

    /// The entries, at this moment, sorted by key.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        if let Some(asked) = self.data.as_ref().and_then(|data| data.asked.get()) {
            asked.for_all.set(true);
        }
        self.peek()
    }

    /// The same entries under another type.
    pub fn typed(&self, kind: MapKind) -> Self {
        Self { kind, data: self.data.clone() }
    }

    /// Where the entries are, to tell aliases and cycles.
    pub(crate) fn identity(&self) -> usize {
        self.data.as_ref().map_or(0, |data| Rc::as_ptr(data) as usize)
    }

    pub(crate) fn downgrade(&self) -> Option<WeakMap> {
        self.data.as_ref().map(|data| WeakMap(Rc::downgrade(data)))
    }

    pub(crate) fn clear(&self) {
        if let Some(data) = &self.data {
            let entries = data.entries.take();
            drop(entries);
        }
    }

    pub(crate) fn charge(&self, charge: impl FnOnce() -> Charge) {
        if let Some(data) = &self.data {
            data.charge.borrow_mut().get_or_insert_with(charge);
        }
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(len {})", self.kind.type_name(), self.len())
    }
}

impl Drop for MapData {
    fn drop(&mut self) {
        dismantle(self.entries.take().into_values().collect());
    }
}

/// Drops values without recursion: a list a million deep must not need a stack a million deep.
fn dismantle(mut pending: Vec<Value>) {
    while let Some(value) = pending.pop() {
        match value {
            Value::List(List { elements: Some(elements), .. }) => {
                if let Ok(mut elements) = Rc::try_unwrap(elements) {
                    pending.append(elements.values.get_mut());
                }
            }
            Value::Map(Map { data: Some(data), .. }) => {
                if let Ok(mut data) = Rc::try_unwrap(data) {
                    pending.extend(std::mem::take(data.entries.get_mut()).into_values());
                }
            }
            _ => {}
        }
    }
}
