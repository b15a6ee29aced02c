//! Changed files that Manifesto does not read, named by what they are.

use manifesto_tree::{Tree, TreePath};

/// A changed file that nothing was learned from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotAnalysed {
    /// The file.
    pub path: TreePath,
    /// What it is: "Terraform".
    pub what: &'static str,
    /// Whether it can change what runs: then no verdict of "nothing changes" may rest on this change.
    pub deploys: bool,
}

/// What a file is, by its name and by the project that it belongs to; none for documents and the like.
pub fn what_is(tree: &Tree, path: &TreePath) -> Option<(&'static str, bool)> {
    by_project(tree, path).or_else(|| by_name(path))
}

/// Files whose presence in a directory above says what a file belongs to.
const PROJECTS: &[(&str, &str)] = &[
    ("Pulumi.yaml", "Pulumi"),
    ("Pulumi.yml", "Pulumi"),
    ("ansible.cfg", "Ansible"),
    ("talconfig.yaml", "Talos"),
    ("cdk8s.yaml", "cdk8s"),
    ("tkrc.yaml", "Tanka"),
    ("jsonnetfile.json", "Jsonnet"),
    ("helmfile.yaml", "helmfile"),
    ("helmfile.yaml.gotmpl", "helmfile"),
    ("timoni.cue", "Timoni"),
];

fn by_project(tree: &Tree, path: &TreePath) -> Option<(&'static str, bool)> {
    if is_document(path) {
        return None;
    }
    let holds = |directory: &TreePath, name: &str| tree.entry(&directory.child(name)).is_some();
    // The root's own files say what the repository uses, not what each file of it is.
    let above = path.ancestors().filter(|directory| !directory.is_root());
    above
        .flat_map(|d| PROJECTS.iter().filter(move |(file, _)| holds(&d, file)))
        .map(|(_, what)| (*what, true))
        .next()
}

fn by_name(path: &TreePath) -> Option<(&'static str, bool)> {
    if is_document(path) {
        return None;
    }
    let name = path.file_name();
    if path.starts_with(&TreePath::from_normalized(".github/workflows")) || name == ".gitlab-ci.yml" {
        return Some(("a CI workflow", false));
    }
    Some(match path.extension().unwrap_or_default() {
        "tf" | "tfvars" => ("Terraform", true),
        "hcl" => ("HCL", true),
        "nix" => ("Nix", true),
        "jsonnet" | "libsonnet" => ("Jsonnet", true),
        "cue" => ("CUE", true),
        "pkl" => ("Pkl", true),
        "k" => ("KCL", true),
        "rego" => ("a Rego policy", false),
        "tpl" | "gotmpl" => ("a template", true),
        "lock" | "sum" => ("a lock file", false),
        "sh" | "bash" | "ps1" => ("a script", false),
        "yaml" | "yml" | "json" | "toml" => ("configuration", false),
        "ts" | "js" | "mjs" | "go" | "py" | "rs" | "rb" | "java" | "kt" => ("program source", false),
        _ => ("another file", false),
    })
}

/// Whether a file is read by people, not by programs that deploy.
pub(crate) fn is_document(path: &TreePath) -> bool {
    let name = path.file_name();
    matches!(
        path.extension().unwrap_or_default().to_ascii_lowercase().as_str(),
        "md" | "mdx"
            | "markdown"
            | "rst"
            | "adoc"
            | "txt"
            | "d2"
            | "drawio"
            | "excalidraw"
            | "mmd"
            | "puml"
            | "svg"
            | "png"
            | "jpg"
            | "jpeg"
            | "gif"
            | "webp"
            | "pdf"
    ) || matches!(
        name,
        "LICENSE" | "CODEOWNERS" | "OWNERS" | ".gitignore" | ".gitattributes" | ".editorconfig"
    )
}
