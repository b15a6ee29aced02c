//! Our own charts, with what the reference makes of them. `MANIFESTO_ORACLE=DIR` asks the reference again.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::path::Path;

use support::Reference;
use support::case::{self, Case};
use support::command::template;

fn ask(reference: &Reference, page: &str, case: &Case) -> Result<String, String> {
    let directory = std::env::temp_dir().join(format!("manifesto-helm-{}-{page}", std::process::id()));
    case.write(&directory);
    let mut arguments: Vec<String> = ["template", "web", "."].map(str::to_owned).into();
    if case.arguments.iter().any(|argument| argument == "--name-template") {
        arguments.remove(1);
    }
    arguments.extend(case.arguments.iter().cloned());
    let answer = reference.run(&directory, &arguments);
    std::fs::remove_dir_all(&directory).unwrap();
    // Helm names the machine's paths and says all that it knows of a recursion.
    let shortened = |error: String| {
        let error = error.replace(&format!("{}/", directory.display()), "");
        error.chars().take(ERROR_CHARS_MAX).collect()
    };
    answer.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(shortened)
}

const ERROR_CHARS_MAX: usize = 600;

/// An error up to where a library words it.
fn class(error: &str) -> String {
    let mut class = error;
    let words = [
        "yaml: ",
        "\n- at ",
        "failed to parse ",
        "Go struct field",
        "metaschema: ",
        "symlink ",
        "type mismatch on ",
    ];
    for end in words {
        class = class.split(end).next().unwrap_or_default();
    }
    class.chars().take(ERROR_CHARS_MAX).collect()
}

fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{name}.txt"));
    let mut cases = case::parse(&std::fs::read_to_string(&path).unwrap());
    if let Ok(directory) = std::env::var("MANIFESTO_ORACLE") {
        let reference = Reference::new(&directory);
        for case in &mut cases {
            case.expected = Some(ask(&reference, name, case));
        }
        std::fs::write(&path, case::print(&cases)).unwrap();
    }
    let mut failures = Vec::new();
    for case in &cases {
        let ours = template(&case.tree(), &case.arguments).map(|rendered| rendered.text());
        let expected = case.expected.as_ref().expect("an expectation");
        let same = match (expected, &ours) {
            (Ok(expected), Ok(ours)) => ours == expected,
            (Err(expected), Err(ours)) => class(&ours.to_string()) == class(expected),
            _ => false,
        };
        if !same {
            let ours = ours.map_err(|error| error.to_string());
            failures.push(format!("{}\nexpected {expected:?}\ngot      {ours:?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{name}: {}", failures.join("\n\n"));
}

macro_rules! pages {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_page_is_read() {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
            let mut found: Vec<String> = std::fs::read_dir(directory)
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            found.sort();
            assert_eq!(found, [$(stringify!($name)),*]);
        }
    };
}

pages! { capabilities charts dependencies errors files metadata order output sets templates values }
