//! Headings that are meant to be repeated, with a name filled in: `### Component 1: [Component Name]`.

use std::ops::Range;

use crate::placeholder::bracket;
use crate::words::{stems, words};

/// Words that tell that the repeated thing is a component.
const COMPONENT_WORDS: &[&str] = &[
    "component",
    "subsystem",
    "application",
    "app",
    "service",
    "module",
    "workload",
    "komponente",
    "komponenten",
    "anwendung",
    "dienst",
    "composant",
    "servicio",
    "componente",
    "aplicación",
];

/// The fixed words of a repeated heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The words before the name, numbers left out.
    words: Vec<String>,
    /// The first number among them.
    pub(crate) number: Option<u32>,
    /// Whether it asks for a component.
    pub(crate) is_component: bool,
}

impl Pattern {
    /// The pattern of a heading's visible text, if it holds a name in brackets.
    pub(crate) fn of(title: &str) -> Option<Self> {
        let (before, name, behind) = split(title, bracket(title)?)?;
        let fixed = format!("{before} {behind}");
        let is_component =
            stems(&fixed).iter().chain(&stems(name)).any(|word| COMPONENT_WORDS.contains(&word.as_str()));
        Some(Self { words: without_numbers(before), number: Self::number_of(&fixed), is_component })
    }

    /// The first number in a heading.
    pub(crate) fn number_of(title: &str) -> Option<u32> {
        words(title).iter().find_map(|word| word.parse().ok())
    }

    /// Whether a heading starts with the fixed words.
    pub(crate) fn matches(&self, title: &str) -> bool {
        without_numbers(title).starts_with(&self.words)
    }

    /// Whether nothing is fixed: then every heading matches.
    pub(crate) fn is_bare(&self) -> bool {
        self.words.is_empty()
    }
}

fn split(text: &str, name: Range<usize>) -> Option<(&str, &str, &str)> {
    Some((text.get(..name.start)?, text.get(name.clone())?, text.get(name.end..)?))
}

fn without_numbers(text: &str) -> Vec<String> {
    words(text).into_iter().filter(|word| !word.bytes().all(|b| b.is_ascii_digit())).collect()
}
