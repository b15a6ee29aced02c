//! Input that is made to cost time, memory or secrets ends with an error or a gap that says so.

use manifesto_kustomize::{Build, Limits, Options, Session, to_yaml};
use manifesto_tree::{GapReason, MemTree, TreePath};

const CFG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cfg\n";

fn build(files: MemTree, directory: &str) -> Build {
    let directory = TreePath::new(directory).unwrap();
    Session::default().build(&files.build(), &directory, &Options::default()).as_ref().clone()
}

fn with_objects(objects: impl AsRef<[u8]>) -> Build {
    build(MemTree::new().file("kustomization.yaml", "resources: [a.yaml]\n").file("a.yaml", objects), "")
}

/// Nothing is printed, and why is said in words.
fn assert_ends(build: &Build, words: &str) {
    assert!(build.resources.is_empty(), "{} objects", build.resources.len());
    assert!(build.problems().contains(words), "{:?}", build.problems());
}

#[test]
fn aliases_of_aliases_are_not_written_out() {
    let mut bomb = CFG.to_owned() + "a0: &a0 lol\n";
    for level in 1..10 {
        let items = vec![format!("*a{}", level - 1); 9].join(",");
        let line = format!("a{level}: &a{level} [{items}]\n");
        bomb.push_str(&line);
    }
    assert_ends(&with_objects(bomb), "alias");
}

#[test]
fn depth_has_an_end() {
    let deep = format!("{CFG}x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_ends(&with_objects(deep), "inside each other");
    let chain = (0..1_000).fold(MemTree::new(), |tree, level| {
        let text = format!("resources: [../l{}]\n", level + 1);
        tree.file(&format!("l{level}/kustomization.yaml"), text)
    });
    assert!(build(chain, "l0").resources.is_empty());
}

#[test]
fn bases_that_double_twenty_times_are_too_many_objects() {
    let mut tree =
        MemTree::new().file("l0/kustomization.yaml", "resources: [a.yaml]\n").file("l0/a.yaml", CFG);
    for level in 1..=20 {
        for side in ["p", "q"] {
            let text = format!("namePrefix: {side}-\nresources: [../l{}]\n", level - 1);
            tree = tree.file(&format!("l{level}{side}/kustomization.yaml"), text);
        }
        let text = format!("resources: [../l{level}p, ../l{level}q]\n");
        tree = tree.file(&format!("l{level}/kustomization.yaml"), text);
    }
    // A tenth of what is usual, so that the test is quick where nothing is optimised.
    let limits = Limits { objects_max: 20_000, ..Limits::default() };
    let directory = TreePath::new("l20").unwrap();
    let build = Session::new(limits).build(&tree.build(), &directory, &Options::default());
    assert!(build.resources.is_empty());
    assert!(build.gaps.iter().any(|gap| gap.reason == GapReason::OverBudget), "{}", build.problems());
}

#[test]
fn patterns_take_linear_time_and_a_bounded_size() {
    for pattern in ["((a{0,1000}){0,1000}){0,1000}", "(a+)+$", "(x|x|x|x)*y{500}{500}"] {
        let file = format!(
            "resources: [a.yaml]\npatches:\n- patch: '[{{\"op\":\"add\",\"path\":\"/data\",\"value\":{{}}}}]'\n  \
             target: {{name: '{pattern}'}}\n"
        );
        let objects = CFG.replace("cfg", &"a".repeat(60));
        let build = build(MemTree::new().file("kustomization.yaml", file).file("a.yaml", objects), "");
        assert!(build.error.is_some() || build.resources.len() == 1, "{pattern}: {}", build.problems());
    }
}

#[test]
fn links_lead_nowhere_outside() {
    let generator = "configMapGenerator:\n- name: g\n  files: [h]\n";
    for target in ["/etc/hostname", "../../../../etc/hostname", "h"] {
        let tree = MemTree::new().file("d/kustomization.yaml", generator).symlink("d/h", target);
        assert_ends(&build(tree, "d"), "h");
    }
    let tree = MemTree::new().file("d/kustomization.yaml", "resources: [b]\n").symlink("d/b", "/etc");
    assert!(build(tree, "d").resources.is_empty());
}

#[test]
fn nothing_outside_the_repository_is_a_base() {
    for path in ["../../../other", "/etc", "..//..//.."] {
        let tree = MemTree::new().file("a/kustomization.yaml", format!("resources: ['{path}']\n"));
        let build = build(tree, "a");
        assert!(build.resources.is_empty() && !build.problems().is_empty(), "{path}");
    }
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    assert_ends(&with_objects([0xFF, 0xFE, 0x00, 0x41]), "a.yaml");
    assert_ends(&with_objects(b"apiVersion: v1\nkind: \x00\n"), "a.yaml");
}

#[test]
fn a_name_that_is_markup_is_data() {
    let name = "\"x\\n![p](https://evil.example/p.png) @org/admins \\e[2J\"";
    let build = with_objects(CFG.replace("cfg", name));
    let text = to_yaml(&build.resources).unwrap();
    assert!(!text.contains('\u{1b}') && text.contains("\\e[2J"), "{text}");
}

#[test]
fn names_that_all_are_the_same_do_not_multiply() {
    // As many objects of one name as there are namespaces, and each refers to that name.
    let pods = (0..500).map(|index| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: n{index}}}\n---\napiVersion: v1\nkind: Pod\n\
             metadata: {{name: p, namespace: n{index}}}\nspec: {{volumes: [{{name: v, configMap: {{name: c}}}}]}}\n---\n"
        )
    });
    let file = "namePrefix: x-\nresources: [a.yaml]\n";
    let tree = MemTree::new().file("kustomization.yaml", file).file("a.yaml", pods.collect::<String>());
    let build = build(tree, "");
    assert_eq!(build.resources.len(), 1_000, "{}", build.problems());
}

#[test]
fn broken_kustomizations_never_panic() {
    // The pages of cases, cut and with bytes changed: each piece is built as it is.
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
    let mut paths: Vec<_> = std::fs::read_dir(pages).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut seed = 1_u64;
    let mut random = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit.max(1)
    };
    for path in paths {
        let page = std::fs::read_to_string(&path).unwrap();
        for case in page.split("\n=== ") {
            let inputs = case.split("\n>> ").next().unwrap_or_default();
            let files: Vec<&str> = inputs
                .split("\n-- ")
                .skip(1)
                .filter_map(|file| file.split_once('\n'))
                .map(|(_, text)| text)
                .collect();
            let mut bytes = files.join("\n====\n").into_bytes();
            manifesto_kustomize::fuzz(&bytes);
            for _ in 0..4 {
                let (at, from) = (random(bytes.len()), random(bytes.len()));
                match (random(3), bytes.get(from).copied()) {
                    (0, _) => bytes.truncate(at),
                    (1, Some(other)) => bytes[at] = other,
                    (_, Some(_)) => drop(bytes.drain(at.min(from)..at.max(from))),
                    (_, None) => {}
                }
                manifesto_kustomize::fuzz(&bytes);
            }
        }
    }
}
