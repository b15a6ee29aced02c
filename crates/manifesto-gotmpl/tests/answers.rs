//! What the reference, helm v4.1.4, answers to each line of `answers.jsonl`: every function with arguments that fit and
//! arguments that do not, and random templates. Written by `examples/random_templates.rs`.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::sync::Arc;

use manifesto_gotmpl::Limits;
use manifesto_yaml::{Dialect, Node};

fn check(line: &str, functions: &Arc<manifesto_gotmpl::Functions>) -> Result<(), String> {
    let parsed = manifesto_yaml::parse(line.as_bytes(), Dialect::SigsV2, &manifesto_yaml::Limits::default());
    let Some(document) = parsed.documents.first() else {
        return Err(format!("{line}\n  {:?}", parsed.error));
    };
    let node = &document.root;
    let text = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let template = text("tpl").unwrap();
    let values = support::read_values(include_bytes!("values.json"));
    let result = support::render(functions, template.as_bytes(), values, Limits::default());
    let agrees = match (&result, text("out"), text("err")) {
        (Ok(out), Some(wanted), _) => support::shown(out) == wanted,
        (Err((error, _)), _, Some(wanted)) => {
            *error == wanted || support::class(error) == support::class(&wanted)
        }
        _ => false,
    };
    if agrees { Ok(()) } else { Err(format!("{line}\n  got {:?}", result.map(|out| support::shown(&out)))) }
}

#[test]
fn every_line_is_answered_as_the_reference_answers_it() {
    let functions = Arc::new(support::functions());
    let lines: Vec<&str> = include_str!("answers.jsonl").lines().collect();
    assert!(lines.len() >= 2000);
    let wrong: Vec<String> = lines.iter().filter_map(|line| check(line, &functions).err()).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
