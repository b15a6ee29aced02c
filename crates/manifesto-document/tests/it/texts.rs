//! The templates and texts that the properties are tried on.

use std::path::{Path, PathBuf};

/// A template or a text, with the name of its file.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Our own templates, and those of the shared folder where it is there.
pub(crate) fn templates() -> Vec<Text> {
    let mut templates = in_folder(&own("templates"));
    templates.extend(shared("template"));
    templates
}

/// Our own bodies, and the real ones of the shared folder where it is there.
pub(crate) fn bodies() -> Vec<Text> {
    let mut bodies = in_folder(&own("bodies"));
    let real = shared("corpora/pr-bodies").into_iter().map(|body| {
        // The first line is a comment of the corpus.
        let text = body.text.split_once('\n').map_or("", |(_, text)| text).to_owned();
        Text { text, ..body }
    });
    bodies.extend(real);
    bodies
}

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// A folder beside the checkout; nothing where it is absent.
pub(crate) fn shared(folder: &str) -> Vec<Text> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(folder);
    if !path.exists() {
        println!("skipped: there is no ../shared/{folder}");
        return Vec::new();
    }
    in_folder(&path)
}

fn in_folder(folder: &Path) -> Vec<Text> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| Text {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(&path).unwrap(),
    };
    paths.into_iter().map(read).collect()
}
