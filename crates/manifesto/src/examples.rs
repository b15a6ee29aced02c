//! The bundled examples: `examples/<story>/{base,head,description.md,expected.md}`.

use include_dir::{Dir, include_dir};
use manifesto_tree::{MemTree, Tree};

use crate::exit_code;
use crate::failure::Failure;
use crate::output::Output;

static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples");

/// A story in two trees.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) base: Tree,
    pub(crate) head: Tree,
    /// What the author wrote: `description.md`.
    pub(crate) description: Option<&'static str>,
}

/// The names of all examples, with the first line of what each is about.
pub(crate) fn names() -> Vec<(&'static str, &'static str)> {
    EXAMPLES.dirs().filter_map(|story| Some((story.path().to_str()?, first_line(story)))).collect()
}

/// The story of this name.
pub(crate) fn find(name: &str) -> Result<Example, Failure> {
    let story = EXAMPLES.get_dir(name).ok_or_else(|| {
        let names: Vec<&str> = names().iter().map(|(name, _)| *name).collect();
        Failure::usage(format!("there is no example {name:?}"))
            .hint(format!("the examples are {}", names.join(", ")))
    })?;
    let side = |side: &str| {
        let root = story.path().join(side);
        let mut tree = MemTree::new();
        if let Some(directory) = story.get_dir(&root) {
            for file in files(directory) {
                let path = file.path().strip_prefix(&root).ok().and_then(std::path::Path::to_str);
                if let Some(path) = path {
                    tree = tree.file(path, file.contents());
                }
            }
        }
        tree.build()
    };
    let description =
        story.get_file(story.path().join("description.md")).and_then(include_dir::File::contents_utf8);
    Ok(Example { base: side("base"), head: side("head"), description })
}

fn files<'d>(directory: &'d Dir<'d>) -> Vec<&'d include_dir::File<'d>> {
    directory.dirs().flat_map(files).chain(directory.files()).collect()
}

fn first_line(story: &'static Dir<'_>) -> &'static str {
    let about = story.get_file(story.path().join("README.md")).and_then(include_dir::File::contents_utf8);
    about
        .and_then(|text| text.lines().find(|line| !line.is_empty() && !line.starts_with('#')))
        .unwrap_or_default()
}

/// Prints the names of all examples.
pub(crate) fn list(output: &Output) -> Result<u8, Failure> {
    let lines: Vec<String> = names().iter().map(|(name, about)| format!("{name:<28} {about}\n")).collect();
    output.print_exactly(&lines.concat())?;
    Ok(exit_code::OK)
}
