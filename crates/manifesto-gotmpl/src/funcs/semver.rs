//! Versions and constraints, as Masterminds/semver v3.4 reads them.

use std::cmp::Ordering;

use super::{Answer, Args, fixed, object};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Named, Str as S};
use crate::host::{HostObject, Signature};
use crate::library::Function;
use crate::text::Str;
use crate::value::{Kind, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("semver", &[S], |_, args| {
            Ok(object(Version::parse(&args.text(0).to_text()).map_err(Failure::text)?))
        }),
        fixed("semverCompare", &[S, S], |_, args| {
            let constraint = Constraint::parse(&args.text(0).to_text()).map_err(Failure::text)?;
            let version = Version::parse(&args.text(1).to_text()).map_err(Failure::text)?;
            Ok(Value::Bool(constraint.allows(&version)))
        }),
    ]
}

/// A version. Missing parts are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    prerelease: String,
    metadata: String,
    original: String,
}

const INVALID: &str = "invalid semantic version";

impl Version {
    /// Reads a version, as `NewVersion` does; an error's text is the library's.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts =
            Parts::split(text, |part| part.bytes().all(|byte| byte.is_ascii_digit())).ok_or(INVALID)?;
        let number = |part: Option<&str>| match part {
            None => Ok(0),
            Some(part) => part.parse::<u64>().map_err(|_| {
                format!(
                    "error parsing version segment: strconv.ParseUint: parsing \"{part}\": value out of range"
                )
            }),
        };
        let [major, minor, patch] = parts.numbers;
        let version = Self {
            major: number(major)?,
            minor: number(minor)?,
            patch: number(patch)?,
            prerelease: parts.prerelease.to_owned(),
            metadata: parts.metadata.to_owned(),
            original: text.to_owned(),
        };
        for part in parts.prerelease.split('.') {
            if part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err("version segment starts with 0".to_owned());
            }
        }
        Ok(version)
    }

    /// The order of versions; metadata does not count.
    pub fn compare(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| compare_prereleases(&self.prerelease, &other.prerelease))
    }

    fn text_of_parts(&self) -> String {
        let Self { major, minor, patch, prerelease, metadata, .. } = self;
        let mut text = format!("{major}.{minor}.{patch}");
        if !prerelease.is_empty() {
            text.push_str(&format!("-{prerelease}"));
        }
        if !metadata.is_empty() {
            text.push_str(&format!("+{metadata}"));
        }
        text
    }

    /// The version with other numbers and nothing behind them.
    fn next(&self, major: u64, minor: u64, patch: u64) -> Self {
        let mut next = Self {
            major,
            minor,
            patch,
            prerelease: String::new(),
            metadata: String::new(),
            original: String::new(),
        };
        let v = if self.original.starts_with('v') { "v" } else { "" };
        next.original = format!("{v}{}", next.text_of_parts());
        next
    }
}

/// The pieces of a version or of a constraint's version.
struct Parts<'t> {
    numbers: [Option<&'t str>; 3],
    prerelease: &'t str,
    metadata: &'t str,
}

impl<'t> Parts<'t> {
    fn split(text: &'t str, is_number: impl Fn(&str) -> bool) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').map_or((text, None), |(text, tail)| (text, Some(tail)));
        let (text, prerelease) = text.split_once('-').map_or((text, None), |(text, tail)| (text, Some(tail)));
        for tail in [prerelease, metadata].into_iter().flatten() {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if tail.split('.').any(|part| part.is_empty() || !part.bytes().all(fits)) {
                return None;
            }
        }
        let mut numbers = [None; 3];
        let mut given = text.split('.');
        for (slot, part) in numbers.iter_mut().zip(given.by_ref()) {
            if part.is_empty() || !is_number(part) {
                return None;
            }
            *slot = Some(part);
        }
        given.next().is_none().then_some(Self {
            numbers,
            prerelease: prerelease.unwrap_or_default(),
            metadata: metadata.unwrap_or_default(),
        })
    }
}

fn compare_prereleases(one: &str, other: &str) -> Ordering {
    match (one.is_empty(), other.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(one), Some(other)) if one == other => Ordering::Equal,
            (Some(one), Some(other)) => match (one.parse::<u64>(), other.parse::<u64>()) {
                (Ok(one), Ok(other)) => {
                    if one > other {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    }
                }
                // Numbers come before words.
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => one.cmp(other),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Which versions are wanted: alternatives of conditions that hold together.
#[derive(Debug, Clone)]
pub struct Constraint {
    alternatives: Vec<Vec<Condition>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

#[derive(Debug, Clone)]
struct Condition {
    operator: Operator,
    version: Version,
    /// Whether a part is missing or a wildcard, and which: the first decides.
    dirty: bool,
    minor_dirty: bool,
    patch_dirty: bool,
}

impl Constraint {
    /// Reads a constraint, as `NewConstraint` does; an error's text is the library's.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = rewrite_ranges(text);
        let alternatives = text.split("||").map(conditions);
        Ok(Self { alternatives: alternatives.collect::<Result<_, _>>()? })
    }

    /// Whether a version is allowed. Prereleases only are where a condition names one.
    pub fn allows(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|conditions| {
            let prereleases = conditions.iter().any(|condition| !condition.version.prerelease.is_empty());
            (version.prerelease.is_empty() || prereleases)
                && conditions.iter().all(|condition| condition.holds(version))
        })
    }
}

const OPERATORS: [(&str, Operator); 11] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("=>", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("=<", Operator::LessOrEqual),
    ("~>", Operator::Tilde),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

/// The conditions of one alternative, separated by spaces or commas.
fn conditions(text: &str) -> Result<Vec<Condition>, String> {
    let improper = || format!("improper constraint: {text}");
    let mut rest = text.trim_start_matches(is_space);
    let mut conditions = Vec::new();
    loop {
        let (operator, after) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| rest.strip_prefix(sign).map(|rest| (*operator, rest)))
            .unwrap_or((Operator::Equal, rest));
        let after = after.trim_start_matches(is_space);
        let end = after.find(|rune: char| !is_version_rune(rune)).unwrap_or(after.len());
        let (version, after) = after.split_at_checked(end).ok_or_else(improper)?;
        conditions.push(condition(operator, version).ok_or_else(improper)??);
        let spaced = after.trim_start_matches(is_space);
        let next = spaced.strip_prefix(',').map(|rest| rest.trim_start_matches(is_space));
        match next {
            Some(next) => rest = next,
            None if spaced.is_empty() => return Ok(conditions),
            None if spaced.len() < after.len() => rest = spaced,
            None => return Err(improper()),
        }
    }
}

fn is_space(rune: char) -> bool {
    matches!(rune, ' ' | '\t' | '\n' | '\u{C}' | '\r')
}

fn is_version_rune(rune: char) -> bool {
    rune.is_ascii_alphanumeric() || matches!(rune, '.' | '-' | '+' | '*' | '|')
}

fn is_wildcard(part: Option<&str>) -> bool {
    matches!(part, None | Some("x" | "X" | "*"))
}

fn condition(operator: Operator, text: &str) -> Option<Result<Condition, String>> {
    let parts = Parts::split(text, |part| {
        part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|'))
    })?;
    let [major, minor, patch] = parts.numbers;
    let tail = if parts.prerelease.is_empty() { String::new() } else { format!("-{}", parts.prerelease) };
    let (mut dirty, mut minor_dirty, mut patch_dirty) = (true, false, false);
    let version = if is_wildcard(major) {
        format!("0.0.0{tail}")
    } else if is_wildcard(minor) {
        minor_dirty = true;
        format!("{}.0.0{tail}", major?)
    } else if is_wildcard(patch) {
        patch_dirty = true;
        format!("{}.{}.0{tail}", major?, minor?)
    } else {
        dirty = false;
        text.to_owned()
    };
    Some(match Version::parse(&version) {
        Ok(version) => Ok(Condition { operator, version, dirty, minor_dirty, patch_dirty }),
        Err(_) => Err("constraint parser error".to_owned()),
    })
}

/// `1.2 - 1.4` is `>= 1.2, <= 1.4`.
fn rewrite_ranges(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(range) = find_range(rest) {
        out.push_str(rest.get(..range.start).unwrap_or_default());
        out.push_str(&format!(">= {}, <= {} ", range.low, range.high));
        rest = rest.get(range.end..).unwrap_or_default();
    }
    out + rest
}

struct RangeFound<'t> {
    start: usize,
    end: usize,
    low: &'t str,
    high: &'t str,
}

/// The first two versions with a dash between spaces between them.
fn find_range(text: &str) -> Option<RangeFound<'_>> {
    for (dash, _) in text.match_indices('-') {
        let (before, after) = (text.get(..dash)?, text.get(dash + 1..)?);
        let (low_end, high_text) = (before.trim_end_matches(is_space), after.trim_start_matches(is_space));
        if low_end.len() == before.len() || high_text.len() == after.len() {
            continue;
        }
        let start = low_end.rfind(|rune: char| !is_version_rune(rune)).map_or(0, |at| at + 1);
        let low = low_end.get(start..)?;
        let end = high_text.find(|rune: char| !is_version_rune(rune)).unwrap_or(high_text.len());
        let high = high_text.get(..end)?;
        if condition(Operator::Equal, low).is_none() || condition(Operator::Equal, high).is_none() {
            continue;
        }
        let tail = high_text.get(end..)?;
        let spaces = tail.len() - tail.trim_start_matches(is_space).len();
        let start = text.get(..start)?.trim_end_matches(is_space).len();
        return Some(RangeFound { start, end: text.len() - tail.len() + spaces, low, high });
    }
    None
}

impl Condition {
    fn holds(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        let wanted = &self.version;
        match self.operator {
            Operator::Equal if self.dirty => self.near(version, order),
            Operator::Equal => order == Ordering::Equal,
            Operator::NotEqual => self.differs(version, order),
            Operator::Greater if !self.dirty || version.major != wanted.major => {
                if self.dirty {
                    version.major > wanted.major
                } else {
                    order == Ordering::Greater
                }
            }
            Operator::Greater if self.minor_dirty => false,
            Operator::Greater if self.patch_dirty => version.minor > wanted.minor,
            Operator::Greater => order == Ordering::Greater,
            Operator::Less => order == Ordering::Less,
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::LessOrEqual if !self.dirty => order != Ordering::Greater,
            Operator::LessOrEqual => {
                version.major < wanted.major
                    || version.major == wanted.major && (version.minor <= wanted.minor || self.minor_dirty)
            }
            Operator::Tilde => self.near(version, order),
            Operator::Caret => order != Ordering::Less && self.compatible(version),
        }
    }

    /// `~1.2.3`: the last part given may grow.
    fn near(&self, version: &Version, order: Ordering) -> bool {
        let wanted = &self.version;
        if order == Ordering::Less {
            return false;
        }
        let any =
            (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0) && !self.minor_dirty && !self.patch_dirty;
        any || version.major == wanted.major && (version.minor == wanted.minor || self.minor_dirty)
    }

    fn differs(&self, version: &Version, order: Ordering) -> bool {
        let wanted = &self.version;
        if self.dirty {
            if version.major != wanted.major {
                return true;
            }
            if self.minor_dirty {
                return false;
            }
            if version.minor != wanted.minor {
                return true;
            }
            if self.patch_dirty {
                let some = !version.prerelease.is_empty() || !wanted.prerelease.is_empty();
                // Compared by parts: none at all comes first here.
                return some && version.prerelease != wanted.prerelease;
            }
            if version.patch != wanted.patch {
                return true;
            }
        }
        order != Ordering::Equal
    }

    /// `^1.2.3`: the first part that is not 0 stays.
    fn compatible(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if wanted.major > 0 || self.minor_dirty {
            return version.major == wanted.major;
        }
        if version.major > 0 {
            return false;
        }
        if wanted.minor > 0 || self.patch_dirty {
            return version.minor == wanted.minor;
        }
        version.minor == 0 && version.patch == wanted.patch
    }
}

const VERSION: crate::host::Param = Named("semver.Version");

impl HostObject for Version {
    fn type_name(&self) -> &'static str {
        "*semver.Version"
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn text(&self) -> Option<Str> {
        Some(Str::from(self.text_of_parts()))
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        let text = |text: &String| Value::str(text.as_str());
        let entries = [
            ("major", Value::Uint64(self.major)),
            ("minor", Value::Uint64(self.minor)),
            ("patch", Value::Uint64(self.patch)),
            ("pre", text(&self.prerelease)),
            ("metadata", text(&self.metadata)),
            ("original", text(&self.original)),
        ];
        entries.into_iter().map(|(name, value)| (Value::str(name), value)).collect()
    }

    fn deep_copy(&self) -> Option<Value> {
        // None of its fields is exported: the copy is empty.
        let nothing = Self { original: String::new(), ..self.next(0, 0, 0) };
        Some(object(nothing))
    }

    fn method(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "Compare" | "Equal" | "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual" => {
                Signature::fixed(&[VERSION])
            }
            "SetPrerelease" | "SetMetadata" => Signature::fixed(&[S]),
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "Original" | "String" | "IncMajor"
            | "IncMinor" | "IncPatch" => Signature::fixed(&[]),
            _ => return None,
        })
    }

    fn call(&self, name: &str, _: &mut Executor<'_>, args: Args<'_>) -> Answer {
        let order = args.object::<Self>(0).map_or(Ordering::Equal, |other| self.compare(other));
        Ok(match name {
            "Compare" => Value::Int(order as i64),
            "Equal" => Value::Bool(order == Ordering::Equal),
            "LessThan" => Value::Bool(order == Ordering::Less),
            "LessThanEqual" => Value::Bool(order != Ordering::Greater),
            "GreaterThan" => Value::Bool(order == Ordering::Greater),
            "GreaterThanEqual" => Value::Bool(order != Ordering::Less),
            "Major" => Value::Uint64(self.major),
            "Minor" => Value::Uint64(self.minor),
            "Patch" => Value::Uint64(self.patch),
            "Prerelease" => Value::str(self.prerelease.as_str()),
            "Metadata" => Value::str(self.metadata.as_str()),
            "Original" => Value::str(self.original.as_str()),
            "String" => Value::str(self.text_of_parts()),
            "IncMajor" => object(self.next(self.major.wrapping_add(1), 0, 0)),
            "IncMinor" => object(self.next(self.major, self.minor.wrapping_add(1), 0)),
            "IncPatch" if !self.prerelease.is_empty() => {
                object(self.next(self.major, self.minor, self.patch))
            }
            "IncPatch" => object(self.next(self.major, self.minor, self.patch.wrapping_add(1))),
            "SetPrerelease" => self.with_tail(args.text(0).to_text().as_ref(), &self.metadata)?,
            "SetMetadata" => self.with_tail(&self.prerelease, args.text(0).to_text().as_ref())?,
            _ => Value::Nil,
        })
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

impl Version {
    fn with_tail(&self, prerelease: &str, metadata: &str) -> Answer {
        let mut next = self.clone();
        prerelease.clone_into(&mut next.prerelease);
        metadata.clone_into(&mut next.metadata);
        let parsed = Self::parse(&next.text_of_parts()).map_err(|_| {
            Failure::text(if prerelease == self.prerelease {
                "invalid metadata string"
            } else {
                "invalid prerelease string"
            })
        })?;
        let v = if self.original.starts_with('v') { "v" } else { "" };
        Ok(object(Self { original: format!("{v}{}", parsed.text_of_parts()), ..parsed }))
    }
}
