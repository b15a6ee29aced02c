//! `images` (api/filters/imagetag).

use manifesto_yaml::{Node, Value};
use regex::Regex;

use super::{ByKind, Work, each};
use crate::config::FieldSpec;
use crate::file::Image;
use crate::node::{Tag, Trail, Why, at, is_nil_or_empty, raw_text, scalar_over, sites, value_text};
use crate::object::{Object, Objects};
use crate::select::go_regex;

/// Changes images in the configured fields, and in every list `containers` or `initContainers` at any depth.
pub(crate) fn set_images(
    objects: &mut Objects,
    image: &Image,
    specs: &[FieldSpec],
    work: Work<'_>,
) -> Why<()> {
    // The name is a pattern, as nothing in it is escaped.
    let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", image.name);
    let setter = Setter { image, pattern: go_regex(&pattern)? };
    let mut by_kind = ByKind::new(specs);
    each(objects, work, |object| {
        let gvk = object.identity(work.schema).current.gvk.clone();
        let kind = object.root().get("kind").filter(|kind| !is_nil_or_empty(kind)).map(value_text);
        if kind == Some("CustomResourceDefinition") {
            return Ok(());
        }
        let mut trails = Vec::new();
        find_containers(object.root(), &mut Trail::new(), &mut trails, work)?;
        for trail in trails {
            setter.set(object, &trail, work)?;
        }
        for spec in by_kind.get(&gvk) {
            for site in sites(object.root(), &spec.path, None)? {
                if let Some(trail) = site.trail() {
                    setter.set(object, trail, work)?;
                } else {
                    // A null list becomes an empty one.
                    crate::node::materialize(
                        object.root_mut(),
                        &spec.path,
                        &site,
                        crate::node::Kind::Scalar,
                        work.mark,
                    );
                }
            }
        }
        Ok(())
    })
}

/// The images of the items of all lists with these names (api/filters/imagetag/legacy.go).
fn find_containers(node: &Node, trail: &mut Trail, found: &mut Vec<Trail>, work: Work<'_>) -> Why<()> {
    work.meter.charge(1)?;
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => {
            for (position, item) in items.iter().enumerate() {
                trail.push(position);
                find_containers(item, trail, found, work)?;
                trail.pop();
            }
        }
        Value::Mapping(mapping) => {
            for (position, entry) in mapping.entries().iter().enumerate() {
                trail.push(position);
                find_containers(&entry.value, trail, found, work)?;
                if matches!(raw_text(&entry.key), "containers" | "initContainers") {
                    find_images(&entry.value, trail, found)?;
                }
                trail.pop();
            }
        }
    }
    Ok(())
}

fn find_images(list: &Node, trail: &[usize], found: &mut Vec<Trail>) -> Why<()> {
    for (position, item) in list.items().iter().enumerate() {
        let Some(mapping) = item.as_mapping() else {
            if item.is_null() {
                continue;
            }
            return Err(format!("line {}: a container is no mapping", item.mark.line));
        };
        if let Some(image) = mapping.position("image") {
            found.push(trail.iter().copied().chain([position, image]).collect());
        }
    }
    Ok(())
}

struct Setter<'i> {
    image: &'i Image,
    pattern: Regex,
}

impl Setter<'_> {
    fn set(&self, object: &mut Object, trail: &[usize], work: Work<'_>) -> Why<()> {
        let Some(node) = at(object.root(), trail) else { return Ok(()) };
        if !matches!(node.value, Value::Scalar(_)) {
            return Err(format!("line {}: an image is no text", node.mark.line));
        }
        let old = raw_text(node);
        if !self.pattern.is_match(old) {
            return Ok(());
        }
        let new = self.renamed(old);
        if new.is_empty() {
            return Ok(());
        }
        let scalar = scalar_over(Some(node), new, Tag::None);
        let mark = object.mark_in(work.file, self.image.mark);
        object.write_scalar(trail, scalar, mark);
        object.note_untagged_at(trail);
        Ok(())
    }

    /// Overriding tag or digest replaces both.
    fn renamed(&self, old: &str) -> String {
        let image = self.image;
        let (name, tag, digest) = split(old);
        let name = if image.new_name.is_empty() { name } else { &image.new_name };
        let suffixed = format!("{tag}{}", image.tag_suffix);
        let (tag, digest) = match (image.new_tag.as_str(), image.digest.as_str()) {
            ("", "") if image.tag_suffix.is_empty() => (tag, digest),
            ("", "") => (suffixed.as_str(), ""),
            (new_tag, new_digest) => (new_tag, new_digest),
        };
        let mut new = name.to_owned();
        for (separator, part) in [(':', tag), ('@', digest)] {
            if !part.is_empty() {
                new.push(separator);
                new.push_str(part);
            }
        }
        new
    }
}

/// Name, tag and digest of an image (api/internal/image/image.go).
fn split(image: &str) -> (&str, &str, &str) {
    // A colon before the first slash belongs to the host.
    let start = image.find('/').unwrap_or(0);
    let search = image.get(start..).unwrap_or_default();
    let at = search.find('@').map(|index| index + start);
    let colon = search.find(':').map(|index| index + start);
    let cut = |from: usize, to: usize| image.get(from..to).unwrap_or_default();
    match (at, colon) {
        (Some(at), colon) if colon.is_none_or(|colon| at < colon) => {
            (cut(0, at), "", cut(at + 1, image.len()))
        }
        (Some(at), Some(colon)) => {
            let (tag, digest) = (cut(colon, at), cut(at, image.len()));
            (cut(0, colon), tag.strip_prefix(':').unwrap_or(tag), digest.strip_prefix('@').unwrap_or(digest))
        }
        (_, Some(colon)) => {
            let tag = cut(colon, image.len());
            (cut(0, colon), tag.strip_prefix(':').unwrap_or(tag), "")
        }
        (_, None) => (image, "", ""),
    }
}
