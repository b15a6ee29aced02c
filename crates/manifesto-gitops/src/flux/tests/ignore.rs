//! What a source leaves out, as gitignore patterns say it: the facts of fluxcd/pkg, sourceignore/gitignore/pattern_test.go
//! and sourceignore_test.go.

use manifesto_tree::{MemTree, TreePath};

use crate::flux::artifact;
use crate::flux::ignore::{Pattern, leaves_out};

/// A pattern, the directory that it is for, a file, and whether the file is left out.
const PATTERNS: &[(&str, &str, &str, bool)] = &[
    ("!vul?ano", "", "value/vulkano/tail", false),
    ("value", "head/middle/tail", "head/middle", false),
    ("value", "head/middle/tail", "head/middle/tail", false),
    ("value", "head/middle/tail", "head/middle/_tail_/value", false),
    ("middle/", "value/volcano", "value/volcano/middle/tail", true),
    ("value", "", "value/tail", true),
    ("value", "", "head/value/tail", true),
    ("value", "", "head/value", true),
    ("value/", "", "value/tail", true),
    ("value/", "", "head/value/tail", true),
    ("value/", "", "head/value", false),
    ("value", "", "head/val/tail", false),
    ("val", "", "head/value/tail", false),
    ("v*o", "", "value/vulkano/tail", true),
    ("vul?ano", "", "value/vulkano/tail", true),
    ("v[ou]l[kc]ano", "", "value/volcano", true),
    ("v[ou]l[", "", "value/vol[", false),
    ("/value/vul?ano", "", "value/vulkano/tail", true),
    ("volcano/tail", "value/volcano", "value/volcano/tail", false),
    ("value/vul?ano", "", "value/vulkano/tail", true),
    ("value/vulkano", "", "value/volcano", false),
    ("value/vul?ano", "", "value", false),
    ("/value/volcano", "", "value/value/volcano", false),
    ("**/*lue/vol?ano", "", "value/volcano/tail", true),
    ("**/*lue/vol?ano", "", "head/value/volcano/tail", true),
    ("**/*lue/vol?ano", "", "head/value/Volcano/tail", false),
    ("**/*lue/vol?ano/", "", "head/value/volcano/tail", true),
    ("**/*lue/vol?ano/", "", "head/value/volcano", false),
    ("/*lue/vol?ano/**", "", "value/volcano/tail/moretail", true),
    ("/*lue/vol?ano/**", "", "value/volcano", true),
    ("/*lue/**/vol?ano", "", "value/volcano", true),
    ("/*lue/**/vol?ano", "", "value/middle/volcano", true),
    ("/*lue/**/vol?ano", "", "value/middle1/middle2/volcano", true),
    ("/*lue/**/vol?ano/", "", "value/middle1/middle2/volcano", false),
    ("/*lue/**/vol?ano/", "", "value/middle1/middle2/volcano/tail", true),
    ("/*lue/**foo/vol?ano", "", "value/foo/volcano/tail", false),
    ("**/head/v[ou]l[kc]ano", "", "value/head/volcano", true),
    ("**/head/v[ou]l[", "", "value/head/vol[", false),
    ("/value/**/v[ou]l[", "", "value/head/vol[", false),
    (
        "**/android/**/GeneratedPluginRegistrant.java",
        "",
        "packages/flutter_tools/lib/src/android/gradle.dart",
        false,
    ),
];

#[test]
fn patterns_leave_out_what_upstream_leaves_out() {
    for (pattern, domain, file, expected) in PATTERNS {
        let patterns = [Pattern::parse(pattern, &TreePath::new(domain).unwrap())];
        let is_left_out = leaves_out(&patterns, &TreePath::new(file).unwrap());
        assert_eq!(is_left_out, *expected, "{pattern} for {domain:?} and {file}");
    }
}

fn paths(tree: MemTree) -> Vec<String> {
    let tree = artifact(&tree.build(), None);
    tree.entries().iter().map(|entry| entry.path.to_string()).collect()
}

#[test]
fn by_default_images_archives_and_continuous_integration_are_left_out() {
    let tree = MemTree::new()
        .file(".gitignore", "x")
        .file("image.jpg", "x")
        .file("archive.tar.gz", "x")
        .file(".github/workflows/workflow.yaml", "x")
        .file("deep/.flux.yaml", "x")
        .file("deep/.sops.yaml", "x")
        .file("workload.yaml", "x")
        .file("simple.txt", "x")
        .symlink("link.yaml", "workload.yaml");
    assert_eq!(paths(tree), ["simple.txt", "workload.yaml"]);
}

#[test]
fn a_source_that_says_what_to_leave_out_leaves_out_nothing_else_but_git() {
    let tree = MemTree::new()
        .file(".gitattributes", "x")
        .file(".sourceignore", "# comment\n/*\n!/deploy/\n")
        .file("deploy/.sops.yaml", "x")
        .file("docs/page.yaml", "x");
    assert_eq!(paths(tree), ["deploy/.sops.yaml"]);
}

#[test]
fn patterns_of_a_directory_speak_of_that_directory() {
    let tree = MemTree::new()
        .file("a/b/.sourceignore", "subdir.txt")
        .file("a/b/subdir.txt", "x")
        .file("a/c/subdir.txt", "x");
    assert_eq!(paths(tree), ["a/b/.sourceignore", "a/c/subdir.txt"]);
}
