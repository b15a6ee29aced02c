//! What a run opens: the files that it is given, and nothing else. Needs strace, and says so where it is not installed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// A chart and a kustomization that try to read what they may not: links out of the directory, addresses, functions.
const FILES: &[(&str, &str)] = &[
    ("chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n"),
    ("chart/values.yaml", "a: 1\n"),
    (
        "chart/values.schema.json",
        "{\"properties\": {\"a\": {\"$ref\": \"https://example.org/schema.json\"}}}",
    ),
    (
        "chart/templates/a.yaml",
        "a: {{ .Files.Get \"/etc/passwd\" }}{{ .Files.Get \"../../secret\" }}\nb: {{ lookup \"v1\" \"Secret\" \"a\" \"b\" }}\n\
         c: {{ getHostByName \"example.org\" }}\n",
    ),
    (
        "top/kustomization.yaml",
        "resources: [https://example.org/x.yaml, ../../secret, /etc/passwd, git::https://example.org/r]\n",
    ),
];

#[test]
fn a_run_opens_no_socket_and_no_file_outside() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap();
    for (path, content) in FILES {
        let path = root.join("inside").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    std::fs::write(root.join("secret"), "secret").unwrap();
    #[cfg(unix)]
    for link in ["chart/templates/link.yaml", "chart/link"] {
        std::os::unix::fs::symlink("../../../secret", root.join("inside").join(link)).unwrap();
    }
    for arguments in [&["render", "chart"][..], &["render", "top"], &["components"]] {
        let Some(trace) = trace(&root.join("inside"), arguments) else { return };
        assert!(!trace.contains("socket(") && !trace.contains("connect("), "{arguments:?}: {trace}");
        let opened: BTreeSet<&str> = trace.lines().filter_map(opened).collect();
        let reads_chart = opened.iter().any(|path| path.ends_with("chart/Chart.yaml"));
        assert!(reads_chart || arguments != ["render", "chart"], "{opened:?}");
        let root = root.to_str().unwrap();
        let outside = |path: &&&str| path.starts_with(root) && !path.contains("/inside");
        assert_eq!(opened.iter().filter(outside).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert!(
            !opened.contains("/etc/passwd") && opened.iter().all(|path| !path.contains("secret")),
            "{opened:?}"
        );
    }
}

/// The calls of a run; none where strace is not installed, or may not trace.
fn trace(directory: &Path, arguments: &[&str]) -> Option<String> {
    let log = directory.parent().unwrap().join("trace");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=open,openat,socket,connect", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_manifesto"))
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    if status.is_err() || text.is_empty() {
        println!("skipped: strace is not installed, or may not trace");
        return None;
    }
    Some(text)
}

/// The path of a call that opened something.
fn opened(call: &str) -> Option<&str> {
    let (before, result) = call.rsplit_once(" = ")?;
    let path = before.split('"').nth(1)?;
    (before.contains("open") && !result.starts_with('-')).then_some(path)
}
