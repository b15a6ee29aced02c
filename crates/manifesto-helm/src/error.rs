//! Why there are no manifests.

use std::fmt;

use manifesto_gotmpl::{Budget, TemplatePlace};

use crate::capabilities::AskedApis;

/// Which step failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The chart cannot be loaded.
    Chart,
    /// The chart is not for this: a library, or one for another version of Kubernetes.
    Unsuitable,
    /// A dependency is missing, or its values do not fit.
    Dependency,
    /// Given values cannot be read.
    Values,
    /// An option cannot be used.
    Option,
    /// The values do not fit the schema, or the schema is none.
    Schema,
    /// A template cannot be parsed.
    Template,
    /// A template cannot be executed.
    Execution,
    /// What a template made is no manifest.
    Manifest,
    /// It would cost more than it may.
    Budget,
}

/// A chart could not be rendered. `Display` gives Helm's text where Helm fails too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelmError {
    /// Which step failed.
    pub kind: ErrorKind,
    /// What is wrong, in Helm's words.
    pub message: String,
    /// Where in a template.
    pub place: Option<TemplatePlace>,
    /// What the templates wanted to know before of APIs that the cluster is not said to serve.
    pub asked_apis: Box<AskedApis>,
}

impl HelmError {
    /// An error without a place.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None, asked_apis: Box::default() }
    }

    /// A budget that ran out, by name.
    pub(crate) fn budget(name: &str) -> Self {
        Self::new(ErrorKind::Budget, format!("budget exceeded: {name}"))
    }

    /// The same with words before it.
    pub(crate) fn context(mut self, words: &str) -> Self {
        self.message = format!("{words}: {}", self.message);
        self
    }
}

impl From<Budget> for HelmError {
    fn from(budget: Budget) -> Self {
        Self::new(ErrorKind::Budget, budget.to_string())
    }
}

impl fmt::Display for HelmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HelmError {}
