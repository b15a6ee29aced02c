//! Held against the test pods of pod-security-admission: what each level and version refuses.
//!
//! `MANIFESTO_POD_SECURITY` names a checkout of kubernetes/pod-security-admission (1.37); without it, nothing is
//! compared.

use std::fs;
use std::path::{Path, PathBuf};

use manifesto_cluster::pod_security::{Breach, Pod, Strictness, Version, breaches};
use manifesto_yaml::{Dialect, Limits, Node, parse};

fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn pod(path: &Path) -> Node {
    let parsed = parse(&fs::read(path).unwrap(), Dialect::SigsV2, &Limits::default());
    assert!(parsed.error.is_none(), "{}", path.display());
    parsed.documents[0].root.clone()
}

/// Whether the check that the file is about is among those that fail: itself, or the one that stands in for it.
fn is_told(file: &str, breaches: &[Breach]) -> bool {
    let about = file.trim_end_matches(".yaml").trim_end_matches(|c: char| c.is_ascii_digit());
    let about = match about {
        "capabilities_baseline" | "capabilities_restricted" => "capabilities",
        "procmount" | "procmount_restricted" => "procmount",
        "seccompprofile_baseline" | "seccompprofile_restricted" => "seccompprofile",
        "hostpathvolumes" | "restrictedvolumes" => "volumes",
        other => other,
    };
    breaches.iter().any(|breach| breach.check.id.to_lowercase().contains(about))
}

#[test]
fn pods_are_refused_as_the_admission_controller_refuses_them() {
    let Some(root) = std::env::var_os("MANIFESTO_POD_SECURITY") else {
        println!("skipped: MANIFESTO_POD_SECURITY names no checkout of kubernetes/pod-security-admission");
        return;
    };
    let (mut compared, mut refused) = (0, 0);
    for level in [Strictness::Baseline, Strictness::Restricted] {
        for directory in entries(&Path::new(&root).join("test/testdata").join(level.name())) {
            let version = Version::parse(name(&directory)).unwrap();
            for verdict in entries(&directory) {
                for file in entries(&verdict) {
                    let pod = pod(&file);
                    let found = breaches(&Pod::of_template(&pod).unwrap(), level, version);
                    let fails = name(&verdict) == "fail";
                    assert_eq!(!found.is_empty(), fails, "{}: {found:?}", file.display());
                    assert!(!fails || is_told(name(&file), &found), "{}: {found:?}", file.display());
                    compared += 1;
                    refused += usize::from(fails);
                }
            }
        }
    }
    println!("{compared} pods compared, {refused} of them refused");
    assert!(compared > 4_000, "{compared} pods are not all that there are");
}
