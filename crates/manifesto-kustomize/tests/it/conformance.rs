//! The cases of kustomize's own tests and examples, with the output of the reference.

use std::collections::BTreeSet;
use std::path::Path;

use manifesto_kustomize::{LoadRestrictor, Options, Session, to_yaml};
use manifesto_tree::TreePath;
use manifesto_yaml::{Dialect, Limits, Node, parse};

use crate::support::{shared, tree_of};

/// Every case is on the list of those that pass, which only grows, or among the exceptions, which have a reason.
const PASSING: &str = include_str!("../../../../conformance/kustomize.passing");

/// Cases that are not expected to pass, and why. There are none.
const EXCEPTIONS: [(&str, &str); 0] = [];

#[test]
fn cases_of_the_reference_come_out_the_same() {
    let Some(folder) = shared("conformance/kustomize") else {
        println!("skipped: ../shared/conformance is not here");
        return;
    };
    let ids: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let passing: BTreeSet<&str> = PASSING.lines().filter(|line| !line.is_empty()).collect();
    let mut wrong = Vec::new();
    for id in &ids {
        let is_exception = EXCEPTIONS.iter().any(|(exception, _)| exception == id);
        match (run(&folder.join(id)), passing.contains(id.as_str())) {
            (Ok(()), true) => {}
            (Ok(()), false) => wrong.push(format!("{id} passes: put it on the list")),
            (Err(_), false) if is_exception => {}
            (Err(why), _) => wrong.push(format!("{id}: {why}")),
        }
    }
    wrong.extend(passing.iter().filter(|id| !ids.contains(**id)).map(|id| format!("{id} is not a case")));
    println!("{} cases, {} on the list", ids.len(), passing.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn run(case: &Path) -> Result<(), String> {
    let json = std::fs::read(case.join("case.json")).unwrap();
    let root = parse(&json, Dialect::SigsV2, &Limits::default()).documents.remove(0).root;
    let args: Vec<&str> =
        root.get("args").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    let none = args.iter().any(|argument| argument.ends_with("LoadRestrictionsNone"));
    let options = Options {
        load_restrictor: if none { LoadRestrictor::None } else { LoadRestrictor::RootOnly },
        ..Options::default()
    };
    let directory = root.get("build").and_then(Node::as_str).unwrap();
    let tree = tree_of(&case.join("in"));
    let session = Session::default();
    let build = session.build(&tree, &TreePath::new(directory).map_err(|e| e.to_string())?, &options);
    let text = match &build.error {
        Some(error) => Err(error.to_string()),
        None => to_yaml(&build.resources).map_err(|error| error.to_string()),
    };
    let refused = root.get("rc").and_then(Node::as_i64) != Some(0);
    match (refused, text) {
        (true, Err(_)) => Ok(()),
        (true, Ok(_)) if !build.gaps.is_empty() => Ok(()),
        (true, Ok(_)) => {
            Err(format!("is refused: {}", std::fs::read_to_string(case.join("expected.err")).unwrap()))
        }
        (false, Err(why)) => Err(format!("is not refused: {why}")),
        (false, Ok(text)) => {
            let expected = std::fs::read_to_string(case.join("expected.yaml")).unwrap();
            if text == expected {
                return Ok(());
            }
            let line = text.lines().zip(expected.lines()).enumerate().find(|(_, (a, b))| a != b);
            Err(format!(
                "differs: {line:?}; gaps: {:?}",
                build.gaps.iter().map(ToString::to_string).collect::<Vec<_>>()
            ))
        }
    }
}
