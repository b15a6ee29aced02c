//! Go templates and the sprig functions, as the programs that use them behave.
//!
//! A [`Library`] holds parsed templates and the [`Functions`] that they may call; it is made once and shared. An
//! [`Executor`] is one render: it executes templates of a library over [`Value`]s, which are Go's (byte strings, lists
//! and maps that are references, numbers of several kinds), within [`Limits`]. What is random, of the clock or of the
//! environment yields a stable placeholder, and [`Placeholders`] tells which. Errors have Go's texts and places.
//!
//! This crate knows no Helm and no Kubernetes. A host adds functions ([`Function::new`]) that get the executor, so that
//! they can execute templates and parse new ones, and objects of its own ([`HostObject`]). It does no I/O.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]
#![allow(clippy::mutable_key_type, reason = "strings compare by their bytes, which never change")]
#![allow(
    clippy::format_push_string,
    reason = "what is formatted is short, and writing to a string cannot fail"
)]

mod ast;
mod builtin;
mod compare;
mod error;
mod exec;
mod fmt;
mod funcs;
mod fuzz;
mod host;
mod lex;
mod library;
mod meter;
mod number;
mod parse;
mod placeholder;
mod strconv;
mod text;
mod time;
mod unicode;
mod value;

pub use ast::Unit;
pub use error::{Error, Executing, Failure, Problem, TemplatePlace};
pub use exec::{Executor, MissingKey};
pub use funcs::{Args, Constraint, Version, data_functions, sprig_functions, value_of};
#[doc(hidden)]
pub use fuzz::fuzz;
pub use host::{HostObject, MapMethod, NamedMap, Param, Signature};
pub use library::{Function, Functions, Library, Native};
pub use meter::{Budget, Limits};
pub use placeholder::{Placeholders, Stream, Taint, TaintId, TaintKind};
pub use strconv::quote as quoted;
pub use text::Str;
pub use unicode::{is_print, is_space};
pub use value::{Kind, List, ListKind, Map, MapKind, Value};
