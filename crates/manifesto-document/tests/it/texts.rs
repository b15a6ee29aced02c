//! The templates and texts that the properties are tried on.

use std::path::{Path, PathBuf};

/// Our own templates, and those of the shared folder where it is there.
pub(crate) fn templates() -> Vec<String> {
    let mut templates = in_folder(&own("templates"));
    templates.extend(shared("template"));
    templates
}

/// Our own bodies, and the real ones of the shared folder where it is there.
pub(crate) fn bodies() -> Vec<String> {
    let mut bodies = in_folder(&own("bodies"));
    let real = shared("corpora/pr-bodies").into_iter().map(|body| {
        // The first line is a comment of the corpus.
        body.split_once('\n').map_or(String::new(), |(_, text)| text.to_owned())
    });
    bodies.extend(real);
    bodies
}

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// A folder beside the checkout; nothing where it is absent.
pub(crate) fn shared(folder: &str) -> Vec<String> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(folder);
    if !path.exists() {
        println!("skipped: there is no ../shared/{folder}");
        return Vec::new();
    }
    in_folder(&path)
}

fn in_folder(folder: &Path) -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}
