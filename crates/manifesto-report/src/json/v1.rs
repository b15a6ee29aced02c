//! Version 1 of the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

/// What Manifesto found out about a change.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Manifesto report, version 1")]
pub struct Report {
    /// Always `1`.
    pub version: u32,
    /// The verb that was run: `diff`, `draft` or `check`.
    pub verb: String,
    /// The two revisions.
    pub range: Range,
    /// How much of the change was read.
    pub completeness: Completeness,
    /// The components that the change touches, the riskiest first.
    pub components: Vec<Component>,
    /// The objects that differ. Those that differ in noise only are counted in `objects_noise_count`.
    pub objects: Vec<Object>,
    /// How many objects differ in version labels, checksums and the like only.
    pub objects_noise_count: usize,
    /// What was found out, by topic, in the order of the template.
    pub facts: Vec<Fact>,
    /// The answers to the yes-or-no questions that templates ask.
    pub answers: Vec<Answer>,
    /// What could not be known.
    pub gaps: Vec<Gap>,
    /// What is wrong with the author's text; absent unless it was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// The two revisions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Range {
    /// What the change starts from.
    pub base: Revision,
    /// What the change leads to.
    pub head: Revision,
}

/// One revision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Revision {
    /// The name it was asked for by.
    pub name: String,
    /// The commit; absent for a work tree or an example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// How much of the change was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Completeness {
    /// How many components the change touches.
    pub components_affected: usize,
    /// Of how many of these every object is known on both sides.
    pub components_proven: usize,
    /// How many files the change touches.
    pub files_changed: usize,
    /// The changed files that nothing was learned from.
    pub files_not_analysed: Vec<FileNotAnalysed>,
}

/// A changed file that nothing was learned from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileNotAnalysed {
    /// The file.
    pub path: String,
    /// What it is.
    pub what: String,
}

/// A component that the change touches.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Component {
    /// Its name, unique in this report.
    pub name: String,
    /// The directory that defines it.
    pub path: String,
    /// What happened to it: `added`, `removed`, `changed` or `moved`.
    pub change: String,
    /// Whether all its objects are known on both sides.
    pub proven: bool,
}

/// An object that differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Object {
    /// The component it belongs to.
    pub component: String,
    /// What happened to it: `added`, `removed`, `changed`, `replaced`, `renamed` or `moved`.
    pub change: String,
    /// The field that forces a replacement; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_because: Option<String>,
    /// What it is in base; absent when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<ObjectSide>,
    /// What it is in head; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<ObjectSide>,
    /// The fields that differ.
    pub fields: Vec<Field>,
    /// How many more fields differ in noise only.
    pub fields_noise_count: usize,
    /// The values of a chart that differ and that its template read; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// A value of a chart by which an object may differ.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Value {
    /// The keys that lead to it, with dots between them.
    pub value: String,
    /// Where it is said; absent where that is in no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// An object on one side.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ObjectSide {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version of the API.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty when there is none.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// A field that differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Field {
    /// The way to it: `spec.template.spec.containers[name=web].image`.
    pub path: String,
    /// The value in base; absent when the field is new, or secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<serde_json::Value>,
    /// The value in head; absent when the field is gone, or secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<serde_json::Value>,
    /// Whether the values are secret, and therefore left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// Where something comes from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Origin {
    /// `base` or `head`.
    pub side: String,
    /// The file.
    pub path: String,
    /// The line, from 1; absent for the file as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What rendered it, the nearest first: `path:line`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
}

/// A fact about a topic.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fact {
    /// The topic.
    pub topic: String,
    /// The component; absent when it concerns the change as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// `hazard`, `notable`, `plain` or `detail`.
    pub weight: String,
    /// The fact as plain text.
    pub text: String,
    /// The places that prove it.
    pub origins: Vec<Origin>,
}

/// The answer to a yes-or-no question.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The question: `impact.storage`.
    pub predicate: String,
    /// The question in words.
    pub question: String,
    /// `yes`, `no`, `arguable` or `unknown`.
    pub truth: String,
    /// What makes it yes, or arguable.
    pub reasons: Vec<Reason>,
}

/// What makes an answer yes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reason {
    /// What it is.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
}

/// What could not be known.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Gap {
    /// Why: `missing-chart`, `remote-source`, …
    pub reason: String,
    /// What is not known, in words.
    pub detail: String,
    /// `base` or `head`; absent when it concerns both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// The line that asks for it, `path:line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What would fill it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What was made of the author's text.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Text {
    /// What is wrong with it, in the order of the text.
    pub findings: Vec<Finding>,
    /// Its boxes.
    pub boxes: Vec<CheckBox>,
    /// What it claims that could be held against something.
    pub claims: Vec<Claim>,
    /// How many slots of the template the author answered.
    pub slots_answered: usize,
    /// How many slots of the template are still as the template has them.
    pub slots_unanswered: usize,
}

/// A claim of the text.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Claim {
    /// The rule that it would break: `claim/path`.
    pub rule: String,
    /// What is claimed, in a normal form.
    pub claim: String,
    /// The line of the text.
    pub line: u32,
    /// What is known of it: `supported`, `contradicted` or `unverifiable`.
    pub verdict: String,
}

/// Something wrong with the text.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule: `box/false`.
    pub rule: String,
    /// `note`, `warning` or `error`.
    pub level: String,
    /// What is wrong.
    pub message: String,
    /// The line of the text, from 1; absent when the text as a whole is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column of the text in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The places that say otherwise.
    pub witnesses: Vec<Reason>,
    /// What else to know.
    pub notes: Vec<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// A box of the text.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckBox {
    /// Its label.
    pub label: String,
    /// The line of the text, from 1.
    pub line: u32,
    /// Whether it is ticked.
    pub ticked: bool,
    /// The question it asks; absent when evidence cannot answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// `supported`, `contradicted`, `unverifiable` or `unanswered`.
    pub verdict: String,
}
