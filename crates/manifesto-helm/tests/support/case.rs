//! Cases: pages of charts and what the reference makes of them.
//!
//! ```text
//! === a rule
//! $ --set a=1
//! ::: templates/a.yaml
//! a: {{ .Values.a }}
//! ::: charts/sub.tgz!Chart.yaml      (packed)
//! ::: link -> target                 (a link)
//! ::: > output                       (or: > error)
//! ```
//!
//! A case without a `Chart.yaml` has a plain one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use manifesto_tree::{MemTree, Tree};

const PLAIN_CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

/// One case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Arguments of `helm template`, behind the name and the chart.
    pub(crate) arguments: Vec<String>,
    /// Paths and what is there; links begin with `-> `.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) expected: Option<Result<String, String>>,
}

/// All cases of a page.
pub(crate) fn parse(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for text in format!("\n{}", page.strip_suffix('\n').unwrap_or(page)).split("\n=== ").skip(1) {
        // An empty line stands between cases.
        let (head, rest) = text.strip_suffix('\n').unwrap_or(text).split_once('\n').unwrap();
        let mut case = Case { name: head.to_owned(), ..Case::default() };
        let mut parts = format!("\n{rest}");
        let sections = parts.split_off(parts.find("\n::: ").unwrap_or(parts.len()));
        for line in parts.lines() {
            if let Some(arguments) = line.strip_prefix("$ ") {
                case.arguments = words(arguments);
            }
        }
        for section in sections.split("\n::: ").skip(1) {
            // The last line break belongs to the next mark.
            let (head, body) = section
                .split_once('\n')
                .map_or((section, String::new()), |(head, body)| (head, format!("{body}\n")));
            match head {
                "> output" => case.expected = Some(Ok(body)),
                "> error" => case.expected = Some(Err(body.trim_end().to_owned())),
                head => match head.split_once(" -> ") {
                    Some((link, target)) => case.files.push((link.to_owned(), format!("-> {target}"))),
                    None => case.files.push((head.to_owned(), body)),
                },
            }
        }
        cases.push(case);
    }
    cases
}

/// Words between blanks; `'…'` keeps them together.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, tail) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').unwrap(),
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = tail.trim_start();
    }
    words
}

/// The page again.
pub(crate) fn print(cases: &[Case]) -> String {
    let mut page = String::new();
    for case in cases {
        writeln!(page, "=== {}", case.name).unwrap();
        if !case.arguments.is_empty() {
            let quoted = |word: &String| {
                if word.contains(' ') || word.is_empty() { format!("'{word}'") } else { word.clone() }
            };
            writeln!(page, "$ {}", case.arguments.iter().map(quoted).collect::<Vec<_>>().join(" ")).unwrap();
        }
        for (path, content) in &case.files {
            match content.strip_prefix("-> ") {
                Some(target) => writeln!(page, "::: {path} -> {target}").unwrap(),
                None => write!(page, "::: {path}\n{content}").unwrap(),
            }
        }
        match &case.expected {
            Some(Ok(text)) => write!(page, "::: > output\n{text}").unwrap(),
            Some(Err(text)) => writeln!(page, "::: > error\n{text}").unwrap(),
            None => {}
        }
        page.push('\n');
    }
    page
}

impl Case {
    /// What is in the files, archives packed.
    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let mut contents = BTreeMap::new();
        let mut archives: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (path, content) in &self.files {
            match path.split_once('!') {
                Some((archive, path)) => archives.entry(archive).or_default().push((path, content)),
                None => {
                    contents.insert(path.clone(), content.clone().into_bytes());
                }
            }
        }
        for (archive, files) in archives {
            contents.insert(archive.to_owned(), pack(&files));
        }
        contents.entry("Chart.yaml".to_owned()).or_insert_with(|| PLAIN_CHART.into());
        contents
    }

    pub(crate) fn tree(&self) -> Tree {
        let add = |tree: MemTree, (path, content): (String, Vec<u8>)| match content.strip_prefix(b"-> ") {
            Some(target) => tree.symlink(&path, std::str::from_utf8(target).unwrap()),
            None => tree.file(&path, content),
        };
        self.contents().into_iter().fold(MemTree::new(), add).build()
    }

    /// Writes the chart to a directory, for the reference.
    pub(crate) fn write(&self, directory: &Path) {
        for (path, content) in self.contents() {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match content.strip_prefix(b"-> ") {
                Some(target) => {
                    std::os::unix::fs::symlink(std::str::from_utf8(target).unwrap(), path).unwrap();
                }
                None => std::fs::write(path, content).unwrap(),
            }
        }
    }
}

fn pack(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("chart/{path}"), content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}
