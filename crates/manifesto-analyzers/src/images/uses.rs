//! Where an object names images.

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node, Value};

use super::reference::ImageReference;

/// An image that an object names.
#[derive(Debug, Clone)]
pub(crate) struct ImageUse {
    /// The way to the field, items of lists by name where they have one.
    pub(crate) path: String,
    /// The image.
    pub(crate) image: ImageReference,
    /// Where it stands.
    pub(crate) mark: Mark,
}

/// The images that an object names: in pods, in fields of custom resources that are called so, in environment variables,
/// arguments and ConfigMaps where the name says that the value is one.
pub(crate) fn image_uses(object: &Object) -> Vec<ImageUse> {
    let mut uses = Vec::new();
    // A CustomResourceDefinition describes fields called `image`; it runs none.
    if object.id.kind != "CustomResourceDefinition" && object.id.kind != "Secret" {
        collect(&object.root, &mut String::new(), &mut uses);
    }
    uses
}

fn collect(node: &Node, path: &mut String, uses: &mut Vec<ImageUse>) {
    let length = path.len();
    match &node.value {
        Value::Mapping(_) => {
            uses.extend(named_value(node, path));
            uses.extend(split_image(node, path));
            for entry in node.entries() {
                let key = entry.key.text().unwrap_or_default();
                path.push('.');
                path.push_str(key);
                match entry.value.as_str() {
                    Some(text) if is_image_key(key) => uses.extend(image_use(path, text, entry.value.mark)),
                    _ => collect(&entry.value, path, uses),
                }
                path.truncate(length);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = item.get("name").and_then(Node::as_str);
                let flag = item.as_str().and_then(|text| text.split_once('='));
                match flag {
                    Some((flag, text)) if is_image_flag(flag) => {
                        uses.extend(image_use(&format!("{path}[{flag}]"), text, item.mark));
                    }
                    _ => {
                        path.push_str(&name.map_or_else(|| format!("[{index}]"), |name| format!("[{name}]")));
                        collect(item, path, uses);
                        path.truncate(length);
                    }
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

fn image_use(path: &str, text: &str, mark: Mark) -> Option<ImageUse> {
    let image = ImageReference::parse(text)?;
    Some(ImageUse { path: path.trim_start_matches('.').to_owned(), image, mark })
}

/// `image`, `imageName`, `sidecarImage`, `OPERATOR_IMAGE_NAME`.
fn is_image_key(key: &str) -> bool {
    matches!(key, "image" | "imageName") || key.ends_with("Image") || is_image_variable(key)
}

fn is_image_variable(name: &str) -> bool {
    name.ends_with("_IMAGE") || name.ends_with("_IMAGE_NAME") || name == "IMAGE"
}

/// `--acme-http01-solver-image`.
fn is_image_flag(flag: &str) -> bool {
    flag.starts_with('-') && flag.ends_with("image")
}

/// An environment variable: `{name: SIDECAR_IMAGE, value: …}`.
fn named_value(node: &Node, path: &str) -> Option<ImageUse> {
    let name = node.get("name")?.as_str()?;
    let value = node.get("value")?;
    is_image_variable(name).then(|| image_use(path, value.as_str()?, value.mark)).flatten()
}

/// An image in parts: `{registry: …, repository: …, tag: …, digest: …}`.
fn split_image(node: &Node, path: &str) -> Option<ImageUse> {
    let repository = node.get("repository")?;
    let text = |key| node.get(key).and_then(Node::text).filter(|text| !text.is_empty());
    let tag = text("tag").or_else(|| text("version"));
    let digest = text("digest");
    if tag.is_none() && digest.is_none() {
        return None;
    }
    let registry = text("registry").map(|registry| format!("{registry}/")).unwrap_or_default();
    let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = digest.map(|digest| format!("@{digest}")).unwrap_or_default();
    image_use(path, &format!("{registry}{}{tag}{digest}", repository.as_str()?), repository.mark)
}
