//! `claim/path`: a path of the repository is there on one of the sides.

use manifesto_evidence::TreePath;

use super::reading::Reading;
use super::{Claim, Judgement, Objection, hedges, quoted};
use crate::glob;
use crate::rules;
use crate::statements::{Token, TokenKind, bare};

/// How files end that are in repositories: what ends otherwise may be a host, an API group or a package.
pub(super) const EXTENSIONS: &[&str] = &[
    "bicep",
    "cfg",
    "conf",
    "css",
    "csv",
    "cue",
    "d2",
    "env",
    "go",
    "gotmpl",
    "hcl",
    "html",
    "ini",
    "java",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsonnet",
    "kt",
    "lock",
    "md",
    "mdx",
    "mjs",
    "nix",
    "pem",
    "php",
    "png",
    "properties",
    "py",
    "rb",
    "rego",
    "rs",
    "sh",
    "sql",
    "svg",
    "tf",
    "tfvars",
    "tmpl",
    "toml",
    "tpl",
    "ts",
    "tsx",
    "txt",
    "xml",
    "yaml",
    "yml",
];
/// Letters that stand for others: `docs/decisions/XXX-title.md`, `YYYYMMDD.md`.
const PLACEHOLDERS: &[&str] = &["XXX", "YYYY", "NNN"];
/// A name that is so much like another is a slip of the pen.
const LIKENESS_MIN: f64 = 0.5;

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        let is_denied = hedges::denied(sentence.tokens);
        for token in sentence.tokens {
            // What a link shows may be cut; what it leads to is whole.
            let is_shown = token.in_link && token.kind != TokenKind::Link;
            let Some(path) = written_path(token).filter(|_| !is_shown) else { continue };
            if let Some(judgement) = judge(reading, path, is_denied) {
                let span = if token.kind == TokenKind::Code || token.kind == TokenKind::Link {
                    token.span.clone()
                } else {
                    let at = token.text.find(path).unwrap_or(0);
                    token.span.start + at..token.span.start + at + path.len()
                };
                claims.push(Claim { rule: &rules::CLAIM_PATH, said: path.to_owned(), span, judgement });
            }
        }
    }
    claims
}

/// The path in a token, without line numbers and anchors; none where it is something else.
fn written_path(token: &Token) -> Option<&str> {
    let text = if token.kind == TokenKind::Word { bare(&token.text) } else { token.text.trim() };
    let text = text.trim_start_matches("./");
    let path = text.split(['#', '?']).next()?.trim_end_matches(['.', ',']);
    let path = match path.rsplit_once(':') {
        Some((path, lines)) if lines.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'L') => path,
        Some(_) => return None,
        None => path,
    };
    let is_path = path.contains('/')
        && !path.starts_with(['/', '~', '-', '@', '$'])
        && !path.contains("..")
        && !path
            .contains(|c: char| c.is_whitespace() || matches!(c, '@' | '|' | '=' | '\\' | '"' | '\'' | ','));
    (is_path && !PLACEHOLDERS.iter().any(|letters| path.contains(letters))).then_some(path)
}

/// None where nobody can tell whether it is a path of this repository.
fn judge(reading: &Reading<'_>, written: &str, is_denied: bool) -> Option<Judgement> {
    let census = reading.census;
    let sides = [&census.base_files, &census.head_files];
    let mut files = sides.into_iter().flat_map(|files| files.iter());
    if glob::is_pattern(written) {
        return files.any(|file| glob::matches_start(written, file.as_str())).then_some(Judgement::Supported);
    }
    let path = TreePath::new(written.trim_end_matches('/')).ok()?;
    if census.has_path(&path) {
        return Some(Judgement::Supported);
    }
    let is_end =
        |file: &TreePath| file.as_str().strip_suffix(path.as_str()).is_some_and(|above| above.ends_with('/'));
    if files.any(is_end) {
        return Some(Judgement::Supported);
    }
    if !is_rooted(reading, &path) {
        return None;
    }
    if is_denied {
        return Some(Judgement::Unverifiable);
    }
    Some(missing(reading, &path))
}

/// Whether a path can only be one of this repository: its first directory is, and it ends as files do.
fn is_rooted(reading: &Reading<'_>, path: &TreePath) -> bool {
    let Some(first) = path.segments().next().and_then(|first| TreePath::new(first).ok()) else {
        return false;
    };
    let name = path.file_name();
    // What other files are called is a name of a file: `.application.patch`.
    let is_usual = || {
        let sides = [&reading.census.base_files, &reading.census.head_files];
        name.contains('.') && sides.iter().any(|files| files.iter().any(|file| file.file_name() == name))
    };
    let is_file = path.extension().is_some_and(|extension| EXTENSIONS.contains(&extension)) || is_usual();
    is_file && !first.as_str().contains(':') && reading.census.has_path(&first)
}

fn missing(reading: &Reading<'_>, path: &TreePath) -> Judgement {
    let message = format!("there is no file {}", quoted(path.as_str()));
    let objection = Objection::new(message, "neither in base nor in head");
    match nearest(reading, path) {
        Some(near) => objection.help(format!("did you mean {}?", quoted(near.as_str()))).judged(),
        None => objection.help("name a file of the repository, or say that it is still to come").judged(),
    }
}

/// The file that is most like it: one of the same name elsewhere, or one of a similar name in the same directory.
fn nearest<'r>(reading: &'r Reading<'_>, path: &TreePath) -> Option<&'r TreePath> {
    let head = &reading.census.head_files;
    let mut same_name = head.iter().filter(|file| file.file_name() == path.file_name());
    if let (Some(only), None) = (same_name.next(), same_name.next()) {
        return Some(only);
    }
    let likeness = |file: &&TreePath| strsim::normalized_levenshtein(file.as_str(), path.as_str());
    let beside = head.iter().filter(|file| file.parent() == path.parent());
    let same_name = head.iter().filter(|file| file.file_name() == path.file_name());
    let best = same_name.chain(beside).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|file| likeness(file) >= LIKENESS_MIN)
}
