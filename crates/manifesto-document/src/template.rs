//! Where repositories keep their templates, and which of several a text follows.

use manifesto_tree::{Entry, Tree, TreePath};

use crate::align::align;
use crate::binding::bind;
use crate::document::Document;

/// The largest template that is read.
const TEMPLATE_BYTES_MAX: usize = 1 << 20;

/// A template of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// Where it is.
    pub path: TreePath,
    /// Its file name without the extension: `feature`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The folders in which GitHub, Forgejo and Gitea look for a template, in this order, besides the root.
const FOLDERS: &[&str] = &[".github", ".forgejo", ".gitea", "docs", ""];
/// The file that is the only template, in any case; and the folder that holds several.
const SINGLE: &[&str] = &["pull_request_template.md", "pull_request_template.txt", "pull_request_template"];
const SEVERAL: &str = "pull_request_template";
/// GitLab's folder.
const GITLAB: (&str, &str) = (".gitlab", "merge_request_templates");
/// The names of the template that a forge offers first.
const DEFAULTS: &[&str] = &["pull_request_template", "default"];

/// The templates of a repository: those of the first folder that has any first. What cannot be read is left out.
pub fn find_templates(tree: &Tree) -> Vec<TemplateFile> {
    let mut templates = Vec::new();
    for folder in FOLDERS {
        let folder = TreePath::from_normalized(folder);
        let single = tree.files_in(&folder).filter(|entry| SINGLE.contains(&lower(&entry.path).as_str()));
        templates.extend(single.filter_map(|entry| read(tree, entry)));
        let several =
            tree.directories_in(&folder).into_iter().filter(|directory| lower(directory) == SEVERAL);
        templates.extend(several.flat_map(|directory| markdown_in(tree, &directory)));
    }
    let gitlab = tree.directories_in(&TreePath::from_normalized(GITLAB.0));
    let gitlab = gitlab.into_iter().filter(|directory| lower(directory) == GITLAB.1);
    templates.extend(gitlab.flat_map(|directory| markdown_in(tree, &directory)));
    templates
}

fn lower(path: &TreePath) -> String {
    path.file_name().to_lowercase()
}

fn markdown_in(tree: &Tree, directory: &TreePath) -> Vec<TemplateFile> {
    let is_markdown =
        |entry: &&Entry| matches!(lower(&entry.path).rsplit_once('.'), Some((_, "md" | "markdown" | "txt")));
    tree.files_in(directory).filter(is_markdown).filter_map(|entry| read(tree, entry)).collect()
}

fn read(tree: &Tree, entry: &Entry) -> Option<TemplateFile> {
    let file = tree.lookup(&entry.path).ok().filter(|entry| entry.is_file())?;
    let bytes = tree.read(file).ok().filter(|bytes| bytes.len() <= TEMPLATE_BYTES_MAX)?;
    let name = entry.path.file_name();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    Some(TemplateFile { path: entry.path.clone(), name, text: String::from_utf8_lossy(&bytes).into_owned() })
}

/// The template to use: the one of this name or path, if one is wanted; else the one that the text resembles most;
/// else the one of which evidence can answer most. Of equals the default comes first, then the alphabet decides.
/// Nothing if there is no template, or none of that name.
pub fn choose<'t>(
    templates: &'t [TemplateFile],
    wanted: Option<&str>,
    text: &str,
) -> Option<&'t TemplateFile> {
    if let Some(wanted) = wanted {
        let by_path =
            templates.iter().find(|template| template.path.as_str() == wanted.trim_start_matches("./"));
        let name = wanted.strip_suffix(".md").unwrap_or(wanted).to_lowercase();
        return by_path.or_else(|| templates.iter().find(|template| template.name.to_lowercase() == name));
    }
    let document = Document::parse(text);
    let ranked = templates.iter().map(|template| (Rank::new(template, &document), template));
    ranked
        .max_by(|(a, a_file), (b, b_file)| {
            let first = a.resemblance.total_cmp(&b.resemblance).then(a.bound.cmp(&b.bound));
            first.then(a.is_default.cmp(&b.is_default)).then_with(|| b_file.path.cmp(&a_file.path))
        })
        .map(|(_, template)| template)
}

#[derive(Debug)]
struct Rank {
    resemblance: f64,
    bound: usize,
    is_default: bool,
}

impl Rank {
    fn new(template: &TemplateFile, text: &Document) -> Self {
        let prompts = Document::parse(template.text.as_str());
        let (_, resemblance) = align(text, &prompts).resemblance(text, &prompts);
        let bound = bind(&prompts).iter().filter(|binding| !binding.is_author()).count();
        let is_default = DEFAULTS.contains(&template.name.to_lowercase().as_str());
        Self { resemblance, bound, is_default }
    }
}
