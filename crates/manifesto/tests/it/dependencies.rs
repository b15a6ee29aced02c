//! What the workspace stands on: directions between its crates, licences, banned crates.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::run::workspace;

/// This machine's platform: the crates of others may not have been downloaded.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

fn metadata(arguments: &[&str]) -> serde_json::Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", &host()])
        .args(arguments)
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The table of ARCHITECTURE.md: each crate and what it may use.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `manifesto"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let uses = cells[3].split(", ").filter(|name| *name != "–").map(|name| format!("manifesto-{name}"));
        (cells[1].trim_matches('`').to_owned(), uses.collect())
    })
    .collect()
}

/// The flow is one-way: no crate uses another than ARCHITECTURE.md says.
#[test]
fn crates_use_what_the_architecture_allows() {
    let (allowed, metadata) = (allowed(), metadata(&["--no-deps"]));
    let mut seen = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let may =
            allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the table of ARCHITECTURE.md"));
        seen.insert(name.to_owned());
        for dependency in package["dependencies"].as_array().unwrap() {
            let uses = dependency["name"].as_str().unwrap();
            let ours = uses.starts_with("manifesto-");
            let is_test = dependency["kind"].as_str() == Some("dev");
            let fine = !ours
                || may.contains(uses)
                || may.contains("manifesto-all")
                || is_test && uses == "manifesto-case";
            assert!(fine, "{name} uses {uses}, which ARCHITECTURE.md does not allow");
        }
    }
    let listed: BTreeSet<String> = allowed.into_keys().collect();
    assert_eq!(seen, listed, "the table of ARCHITECTURE.md and the workspace differ");
}

/// The pure crates switch on the lints of clippy.toml that forbid I/O, the clock and the environment.
#[test]
fn pure_crates_forbid_io() {
    for crate_ in std::fs::read_dir(workspace().join("crates")).unwrap() {
        let path = crate_.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if ["manifesto", "manifesto-fetch", "manifesto-git", "manifesto-case"].contains(&name.as_str()) {
            continue;
        }
        let source = std::fs::read_to_string(path.join("src/lib.rs")).unwrap();
        let lint = "#![warn(clippy::disallowed_methods, clippy::disallowed_types)]";
        assert!(source.contains(lint), "{name} does not forbid I/O");
    }
}

#[test]
fn dependencies_have_reasons_licences_and_no_bans() {
    let deny = std::fs::read_to_string(workspace().join("deny.toml")).unwrap();
    let quoted =
        |line: &str| line.trim().strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let licences: BTreeSet<String> = deny.lines().filter_map(quoted).collect();
    let banned = deny.lines().filter(|line| line.contains("reason = "));
    let banned = banned.filter_map(|line| line.split("crate = \"").nth(1)?.split('"').next());
    let banned: BTreeSet<&str> = banned.collect();
    assert!(licences.len() > 5 && banned.len() > 5);
    let metadata = metadata(&[]);
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        assert!(!banned.contains(name), "{name} is banned by deny.toml");
        let licence = package["license"].as_str().unwrap_or("none");
        let excepted = deny.contains(&format!("{{ crate = \"{name}\", allow = [\"{licence}\"] }}"));
        assert!(
            excepted || is_allowed(licence, &licences),
            "{name}: the licence {licence} is not in deny.toml"
        );
        let source = package["source"].as_str();
        assert!(
            source.is_none_or(|source| source.starts_with("registry+")),
            "{name} does not come from a registry"
        );
    }
}

/// `MIT OR Apache-2.0`: one of the choices must be allowed, each of the parts of it.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let choices = licence.replace(['(', ')'], "").replace('/', " OR ");
    choices.split(" OR ").any(|choice| choice.split(" AND ").all(|part| allowed.contains(part.trim())))
}

/// Each dependency that is not ours has a line of reason above it, in the manifest that names it first.
#[test]
fn every_dependency_has_its_reason() {
    for crate_ in std::fs::read_dir(workspace().join("crates")).unwrap() {
        let path = crate_.unwrap().path().join("Cargo.toml");
        let manifest = std::fs::read_to_string(&path).unwrap();
        let mut in_dependencies = false;
        let mut reasoned = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                in_dependencies = line == "[dependencies]";
                reasoned = false;
            } else if line.starts_with('#') {
                reasoned = true;
            } else if line.trim().is_empty() {
                reasoned = false;
            } else if in_dependencies && !line.starts_with("manifesto-") && !line.starts_with([' ', ']', '"'])
            {
                // A reason stands for the lines that follow it without a gap: `serde` and `serde_json`.
                assert!(reasoned, "{}: `{line}` has no line of reason above it", path.display());
            } else if line.starts_with("manifesto-") {
                reasoned = false;
            }
        }
    }
}
