//! Our own cases: a page of `tests/cases` for each field, with what comes of it.
//!
//! A case starts with `=== its title`, then come settings (`build: overlay`, `restrictor: none`, `show: origins`), then
//! the files, each behind `-- path --`, then what is expected, each behind `>> output`, `>> error`, `>> gaps`,
//! `>> warnings` or `>> origins`. Files before the first case belong to all cases of the page.
//!
//! `MANIFESTO_BLESS=1` writes what is expected anew. `MANIFESTO_ORACLE=KUBECTL` names the reference: what is expected is
//! then held against what it prints, or that it refuses.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use manifesto_kustomize::{Build, LoadRestrictor, Options, Resource, Session, to_yaml};
use manifesto_tree::{MemTree, Tree, TreePath};
use manifesto_yaml::{Node, Value};

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");

#[test]
fn every_field_and_directive_does_what_its_cases_say() {
    let bless = std::env::var_os("MANIFESTO_BLESS").is_some();
    let reference = std::env::var_os("MANIFESTO_ORACLE").map(PathBuf::from);
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(PAGES).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let (mut count, mut wrong) = (0, Vec::new());
    for path in pages {
        let text = std::fs::read_to_string(&path).unwrap();
        let page = Page::read(&text);
        let mut written = page.preamble.clone();
        for case in &page.cases {
            count += 1;
            let found = case.build(&page.files);
            if let Some(why) =
                reference.as_deref().and_then(|kubectl| case.refute(&page.files, kubectl, &found))
            {
                wrong.push(format!("{}, {}: {why}", path.display(), case.title));
            }
            if found.text != case.expected && !bless {
                let why = format!("expected\n{}\nfound\n{}", case.expected, found.text);
                wrong.push(format!("{}, {}: {why}", path.display(), case.title));
            }
            written.push_str(&case.inputs);
            written.push_str(&found.text);
        }
        if bless {
            std::fs::write(&path, written).unwrap();
        }
    }
    println!("{count} cases");
    assert!(count >= 150, "only {count} cases were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

struct Page {
    preamble: String,
    files: Vec<(String, String)>,
    cases: Vec<Case>,
}

#[derive(Default)]
struct Case {
    title: String,
    build: String,
    unrestricted: bool,
    shows_origins: bool,
    files: Vec<(String, String)>,
    /// All lines before what is expected.
    inputs: String,
    expected: String,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self { preamble: String::new(), files: Vec::new(), cases: Vec::new() };
        let mut is_expected = false;
        for line in text.split_inclusive('\n') {
            if let Some(title) = line.strip_prefix("=== ") {
                is_expected = false;
                page.cases.push(Case { title: title.trim_end().to_owned(), ..Case::default() });
            }
            is_expected |= line.starts_with(">> ");
            let Some(case) = page.cases.last_mut() else {
                page.preamble.push_str(line);
                add_line(&mut page.files, line);
                continue;
            };
            if is_expected {
                case.expected.push_str(line);
                continue;
            }
            case.inputs.push_str(line);
            match line.trim_end().split_once(": ") {
                Some(("build", directory)) if case.files.is_empty() => directory.clone_into(&mut case.build),
                Some(("restrictor", "none")) if case.files.is_empty() => case.unrestricted = true,
                Some(("show", "origins")) if case.files.is_empty() => case.shows_origins = true,
                _ => add_line(&mut case.files, line),
            }
        }
        page
    }
}

fn add_line(files: &mut Vec<(String, String)>, line: &str) {
    if let Some(path) = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
        files.push((path.to_owned(), String::new()));
    } else if let Some((_, content)) = files.last_mut() {
        content.push_str(line);
    }
}

/// What came of a case.
struct Found {
    text: String,
    output: Option<String>,
    has_gaps: bool,
}

impl Case {
    /// The files of the page and the case; what the case writes again is its own.
    fn all_files<'f>(
        &'f self,
        of_page: &'f [(String, String)],
    ) -> impl Iterator<Item = &'f (String, String)> {
        let own = |path: &String| self.files.iter().any(|(known, _)| known == path);
        of_page.iter().filter(move |(path, _)| !own(path)).chain(&self.files)
    }

    fn tree(&self, of_page: &[(String, String)]) -> Tree {
        let files = self.all_files(of_page);
        files.fold(MemTree::new(), |tree, (path, content)| tree.file(path, content.as_str())).build()
    }

    fn build(&self, of_page: &[(String, String)]) -> Found {
        let load_restrictor = if self.unrestricted { LoadRestrictor::None } else { LoadRestrictor::RootOnly };
        let options = Options { load_restrictor, ..Options::default() };
        let directory = TreePath::new(&self.build).unwrap();
        let build = Session::default().build(&self.tree(of_page), &directory, &options);
        let mut text = String::new();
        for warning in &build.warnings {
            section(&mut text, "warnings", &format!("{}: {}\n", warning.place, warning.detail));
        }
        for gap in &build.gaps {
            section(&mut text, "gaps", &format!("{gap}\n"));
        }
        let output = printed(&build);
        match &output {
            Ok(output) => section(&mut text, "output", output),
            Err(error) => section(&mut text, "error", &format!("{error}\n")),
        }
        if self.shows_origins {
            section(&mut text, "origins", &origins(&build.resources));
        }
        Found { text, output: output.ok(), has_gaps: !build.gaps.is_empty() }
    }

    /// What speaks against the case when the reference builds it.
    fn refute(&self, of_page: &[(String, String)], kubectl: &Path, found: &Found) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in self.all_files(of_page) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let mut command = Command::new(kubectl);
        command.arg("kustomize").arg(folder.path().join(&self.build));
        if self.unrestricted {
            command.arg("--load-restrictor=LoadRestrictionsNone");
        }
        let output = command.output().unwrap();
        let theirs = String::from_utf8(output.stdout).unwrap();
        match (output.status.success(), &found.output) {
            (true, Some(ours)) if *ours == theirs && !found.has_gaps => None,
            (true, _) => Some(format!("the reference prints\n{theirs}")),
            (false, Some(_)) if !found.has_gaps => {
                Some(format!("the reference refuses: {}", String::from_utf8_lossy(&output.stderr)))
            }
            (false, _) => None,
        }
    }
}

fn printed(build: &Build) -> Result<String, String> {
    match &build.error {
        Some(error) => Err(error.to_string()),
        None => to_yaml(&build.resources).map_err(|error| error.to_string()),
    }
}

/// Adds lines to a section, which starts with the first of them.
fn section(text: &mut String, name: &str, lines: &str) {
    let header = format!(">> {name}\n");
    if !text.contains(&header) {
        text.push_str(&header);
    }
    text.push_str(lines);
}

/// Where each scalar is written, and through which lines the object came.
fn origins(resources: &[Resource]) -> String {
    let mut text = String::new();
    for resource in resources {
        let via: Vec<String> = resource.via.iter().map(ToString::to_string).collect();
        writeln!(text, "object via {}", via.join(", ")).unwrap();
        let mut leaves = Vec::new();
        collect(&resource.root, String::new(), &mut leaves);
        for (path, node) in leaves {
            let place = resource.place(node).map_or("nowhere".to_owned(), |place| place.to_string());
            writeln!(text, "  {path}: {place}").unwrap();
        }
    }
    text
}

fn collect<'n>(node: &'n Node, path: String, leaves: &mut Vec<(String, &'n Node)>) {
    let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match &node.value {
        Value::Scalar(_) => leaves.push((path, node)),
        Value::Mapping(_) => {
            for entry in node.entries() {
                collect(&entry.value, below(entry.key.as_str().unwrap_or("?")), leaves);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, below(&index.to_string()), leaves);
            }
        }
    }
}
