//! Charts that want what they may not have, or more than there is, end in a named error.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fmt::Write as _;

use flate2::{Compression, write::GzEncoder};
use manifesto_helm::{Chart, ErrorKind, HelmError, Options, Values, render};
use manifesto_tree::{GapReason, MemTree, TreePath};

const CHART: &str = "apiVersion: v2\nname: x\nversion: 0.1.0\n";

fn chart() -> MemTree {
    MemTree::new().file("Chart.yaml", CHART)
}

fn run(tree: MemTree) -> Result<String, HelmError> {
    let chart = Chart::load(&tree.build(), &TreePath::root()).chart?;
    let mut options = Options::default();
    if cfg!(debug_assertions) {
        // Without optimisation a step takes ten times as long.
        options.limits.templates.steps /= 10;
    }
    render(&chart, &Values::default(), &options).map(|rendered| rendered.text())
}

#[track_caller]
fn refused(tree: MemTree, kind: ErrorKind, words: &str) {
    let error = run(tree).unwrap_err();
    assert!(error.kind == kind && error.message.contains(words), "{kind:?} {words}: {error:?}");
}

#[test]
fn links_lead_nowhere_outside() {
    for target in ["/etc/hostname", "/proc/self/environ", "../../secret", "/dev/zero"] {
        let tree = chart().symlink("files/link", target).file("templates/a.yaml", "a: 1");
        refused(tree, ErrorKind::Chart, "symlink");
    }
}

#[test]
fn links_in_circles_end() {
    refused(chart().symlink("templates/loop", "."), ErrorKind::Chart, "too many links");
    refused(chart().symlink("templates/loop", ".."), ErrorKind::Chart, "too many links");
    let doubling = (0..40).fold(chart().file("d40/x", "x"), |tree, level| {
        let next = format!("../d{}", level + 1);
        tree.symlink(&format!("d{level}/a"), &next).symlink(&format!("d{level}/b"), &next)
    });
    refused(doubling, ErrorKind::Budget, "files of a chart");
}

#[test]
fn templates_that_run_for_ever_end() {
    let values = "x: '{{ tpl .Values.x . }}'\n";
    let run_away = |template: &str| {
        let tree = chart().file("values.yaml", values).file("templates/t.yaml", template);
        refused(tree, ErrorKind::Budget, "budget exceeded");
    };
    run_away("{{ tpl .Values.x . }}");
    run_away(r#"a: {{ repeat 1000000000 "x" }}"#);
    run_away("{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}");
    run_away(r#"{{ $s := "x" }}{{ range until 40 }}{{ $s = printf "%s%s" $s $s }}{{ end }}"#);
    run_away(r#"{{ $_ := set .Values "a" .Values }}{{ printf "%v" .Values | len }}"#);
    run_away(r#"{{ $_ := set .Values "a" .Values }}{{ deepCopy .Values | len }}"#);
}

#[test]
fn alias_bombs_are_refused() {
    let bomb = (1..12).fold("a0: &a0 \"lol\"\n".to_owned(), |mut text, level| {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", [alias.as_str(); 9].join(",")).unwrap();
        text
    });
    refused(chart().file("values.yaml", &bomb), ErrorKind::Chart, "values.yaml");
    refused(chart().file("templates/t.yaml", &bomb), ErrorKind::Manifest, "t.yaml");
}

#[test]
fn schemas_fetch_nothing() {
    let chart_of = |schema: &str| {
        let tree = chart().file("values.schema.json", schema).file("templates/a.yaml", "a: 1");
        Chart::load(&tree.build(), &TreePath::root()).chart.unwrap()
    };
    let remote = chart_of(r#"{"$ref": "http://127.0.0.1:9/schema.json"}"#);
    let rendered = render(&remote, &Values::default(), &Options::default()).unwrap();
    assert_eq!(rendered.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::UnknownValue]);
    let local = chart_of(r#"{"$ref": "file:///etc/hostname"}"#);
    let error = render(&local, &Values::default(), &Options::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Schema);
}

#[test]
fn schemas_that_double_end() {
    let mut definitions = r#""d0": {"type": "object"}"#.to_owned();
    for level in 1..=24 {
        let below = format!(r##"{{"$ref": "#/$defs/d{}"}}"##, level - 1);
        write!(definitions, r#", "d{level}": {{"allOf": [{below}, {below}]}}"#).unwrap();
    }
    let schema = format!(r##"{{"$defs": {{{definitions}}}, "$ref": "#/$defs/d24"}}"##);
    refused(chart().file("values.schema.json", schema), ErrorKind::Budget, "work of a schema");
    let endless = r##"{"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}"##;
    refused(chart().file("values.schema.json", endless), ErrorKind::Schema, "without end");
}

fn pack(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        // The path is written as it is: the library refuses what we want to test.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        if kind.is_symlink() {
            header.set_link_name("/etc/hostname").unwrap();
        }
        header.set_cksum();
        archive.append(&header, *content).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn archives_play_no_tricks() {
    let file = tar::EntryType::Regular;
    let good: (&str, tar::EntryType, &[u8]) = ("x/Chart.yaml", file, CHART.as_bytes());
    assert!(Chart::from_archive(&pack(&[good])).is_ok());
    for (entry, words) in [
        (("x/../../escape.yaml", file, &b"a: 1"[..]), "parent directory"),
        (("x//abs.yaml", file, b"a: 1"), "absolute paths"),
        (("/abs.yaml", file, b"a: 1"), ""),
        (("top.yaml", file, b"a: 1"), "outside the base directory"),
        (("x/c:/y", file, b"a: 1"), "illegally named"),
        (("x/link", tar::EntryType::Symlink, b""), "no regular file"),
        (("x/link", tar::EntryType::Link, b""), "no regular file"),
        (("x/fifo", tar::EntryType::Fifo, b""), "no regular file"),
        (("x/Chart.yaml", file, b"a: 1"), "twice"),
    ] {
        let loaded = Chart::from_archive(&pack(&[good, entry]));
        match loaded {
            Ok(_) => assert_eq!(words, "", "{}", entry.0),
            Err(error) => assert!(!words.is_empty() && error.message.contains(words), "{}: {error}", entry.0),
        }
    }
    assert!(Chart::from_archive(b"PK").is_err());
    assert!(Chart::from_archive(&pack(&[])).is_err());
}

#[test]
fn archives_do_not_burst() {
    let zeros = vec![0; 4 << 20];
    let names: Vec<String> = (0..40).map(|at| format!("x/f{at}")).collect();
    let mut entries = vec![("x/Chart.yaml", tar::EntryType::Regular, CHART.as_bytes())];
    entries.extend(names.iter().map(|name| (name.as_str(), tar::EntryType::Regular, zeros.as_slice())));
    let error = Chart::from_archive(&pack(&entries)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Budget, "{error}");
}

#[test]
fn charts_inside_of_charts_end() {
    let mut inner = pack(&[("x/Chart.yaml", tar::EntryType::Regular, CHART.as_bytes())]);
    for _ in 0..9 {
        let names: Vec<String> = (0..3).map(|at| format!("x/charts/s{at}.tgz")).collect();
        let mut entries = vec![("x/Chart.yaml", tar::EntryType::Regular, CHART.as_bytes())];
        entries.extend(names.iter().map(|name| (name.as_str(), tar::EntryType::Regular, inner.as_slice())));
        inner = pack(&entries);
    }
    let error = Chart::from_archive(&inner).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Budget, "{error}");
}

#[test]
fn long_sets_do_not_overflow() {
    let chart = Chart::load(&chart().build(), &TreePath::root()).chart.unwrap();
    let indexes = format!("a{}=1", "[0]".repeat(100_000));
    let dots = format!("{}=1", "a.".repeat(100_000));
    for set in [indexes, dots] {
        let values = Values { set: vec![set.clone()], set_literal: vec![set], ..Values::default() };
        assert_eq!(render(&chart, &values, &Options::default()).unwrap_err().kind, ErrorKind::Values);
    }
}
