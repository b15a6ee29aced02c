//! The rules of STYLE.md that a test can check.

use std::path::{Path, PathBuf};
use std::process::Command;

use syn::spanned::Spanned as _;
use syn::visit::Visit;

use crate::run::workspace;

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;
const LIB_LINES_MAX: usize = 120;
const FILE_LINES_MEDIAN_MAX: usize = 180;

fn sources() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    collect(&workspace().join("crates"), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn name(path: &Path) -> String {
    path.strip_prefix(workspace()).unwrap().display().to_string()
}

#[test]
fn files_fit_a_head() {
    let sources = sources();
    for (path, text) in &sources {
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines", name(path));
        if path.file_name().is_some_and(|file| file == "lib.rs") {
            assert!(lines <= LIB_LINES_MAX, "{} has {lines} lines", name(path));
        }
    }
    let mut sizes: Vec<usize> = sources.iter().map(|(_, text)| text.lines().count()).collect();
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    assert!(median <= FILE_LINES_MEDIAN_MAX, "the median of files is {median} lines");
}

#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let span = block.span();
        self.0.push((signature.ident.to_string(), span.end().line - span.start().line + 1));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, item);
    }
}

#[test]
fn functions_fit_a_screen() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", name(&path)));
        let mut functions = Functions::default();
        functions.visit_file(&file);
        let own = functions.0.into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES_MAX);
        long.extend(own.map(|(function, lines)| format!("{}: `{function}` has {lines} lines", name(&path))));
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn files_say_what_they_are_for() {
    for (path, text) in sources() {
        let is_test = name(&path).contains("tests");
        let is_tool = name(&path).contains("/benches/") || name(&path).contains("/examples/");
        assert!(
            is_test || is_tool || text.starts_with("//! "),
            "{} does not begin with its charter",
            name(&path)
        );
        for word in ["utils", "common", "helpers", "misc"] {
            assert!(
                path.file_stem().is_some_and(|stem| stem != word),
                "{} is a room for what nobody placed",
                name(&path)
            );
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    // Put together here, so that this file does not find itself.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[ign", "ore"].concat(),
    ];
    for (path, text) in sources() {
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{}: {mark}", name(&path));
        }
    }
}

#[test]
fn the_glossary_has_each_word_once() {
    let page = std::fs::read_to_string(workspace().join("GLOSSARY.md")).unwrap();
    let words = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| word") && !line.starts_with("|--"));
    let mut words: Vec<String> =
        words.filter_map(|line| Some(line.split('|').nth(1)?.trim().to_lowercase())).collect();
    let count = words.len();
    words.sort();
    words.dedup();
    assert!(count > 30 && words.len() == count);
}

/// Words that the glossary gives another name.
#[test]
fn public_names_use_the_words_of_the_glossary() {
    let forbidden =
        ["Provenance", "Workspace", "Checker", "Violation", "Issue", "Manager", "Processor", "Handler"];
    for (path, text) in sources() {
        for word in forbidden {
            for item in ["struct", "enum", "trait", "type"] {
                let declaration = format!("pub {item} {word}");
                assert!(
                    !text.contains(&declaration),
                    "{}: {word} is not a word of ours (GLOSSARY.md)",
                    name(&path)
                );
            }
        }
    }
}

#[test]
fn the_code_is_formatted() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let Ok(output) = Command::new(cargo).args(["fmt", "--all", "--check"]).current_dir(workspace()).output()
    else {
        return;
    };
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("not installed") || error.contains("no such command") {
        println!("skipped: rustfmt is not installed");
        return;
    }
    assert!(output.status.success(), "run `cargo fmt --all`\n{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn no_path_of_a_machine_is_committed() {
    let roots = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/ho", "me/"].concat()];
    for (path, text) in sources() {
        for root in &roots {
            assert!(!text.contains(root.as_str()), "{} names {root}", name(&path));
        }
    }
}
