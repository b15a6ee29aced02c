//! Objects that SOPS encrypted: identity and keys are known, and no values (kustomize-controller, internal/decryptor).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifesto_kustomize::Resource;
use manifesto_objects::Object;
use manifesto_tree::{Gap, GapReason, Place, TreePath};
use manifesto_yaml::Node;

use super::Kustomization;

/// What every encrypted value begins with.
const ENCRYPTED: &str = "ENC[AES256_GCM,";

/// Whether SOPS encrypted this value.
pub(super) fn is_encrypted(value: &str) -> bool {
    value.starts_with(ENCRYPTED)
}

const DECRYPT: &str = "kustomize.toolkit.fluxcd.io/decrypt";

/// Makes of encrypted objects what is known of the decrypted ones. An encrypted Secret that nobody decrypts is refused,
/// with everything else.
pub(super) fn open(
    kustomization: &Kustomization,
    resources: &mut [Resource],
    gaps: &mut Vec<Gap>,
) -> Result<(), Gap> {
    let (mut sealed, mut generated) = (0, Vec::new());
    for resource in resources.iter_mut() {
        if resource.root.get("sops").is_none() {
            generated.extend(generated_from_sealed(resource));
        } else if kustomization.decryption.is_some() && !is_disabled(&resource.root) {
            if let Some(mapping) = resource.root.as_mapping_mut() {
                mapping.remove("sops");
            }
            resource.sealed = true;
            sealed += 1;
        } else if is_secret(&resource.root) && !is_disabled(&resource.root) {
            let name = name(&resource.root);
            let why =
                format!("the Secret `{name}` is encrypted with SOPS, and the Kustomization decrypts nothing");
            return Err(Gap::new(GapReason::BrokenFile, why)
                .at(place_of(resource))
                .remedy("set `spec.decryption` of the Kustomization"));
        }
    }
    let place =
        || kustomization.decryption.as_ref().map_or_else(|| kustomization.place.clone(), |d| d.place.clone());
    if sealed > 0 {
        let detail = format!(
            "SOPS would have to decrypt {sealed} objects: identity and keys are known, and no values"
        );
        gaps.push(Gap::new(GapReason::UnknownValue, detail).at(place()));
    }
    for name in generated {
        let detail = format!(
            "the Secret `{name}` is generated from an encrypted file: its values are not known, and neither is the hash \
             in its name"
        );
        gaps.push(Gap::new(GapReason::UnknownValue, detail).at(place()));
    }
    Ok(())
}

/// The name of a Secret with the text of an encrypted file as a value.
fn generated_from_sealed(resource: &Resource) -> Option<String> {
    let values = resource.root.get("data").filter(|_| is_secret(&resource.root))?.entries();
    let is_sealed =
        values.iter().filter_map(|entry| decoded(entry.value.text()?)).any(|text| text.contains(ENCRYPTED));
    is_sealed.then(|| name(&resource.root))
}

/// A value of `data`.
pub(super) fn decoded(value: &str) -> Option<String> {
    let text: Cow<'_, str> =
        if value.contains(['\n', '\r', ' ']) { value.split_whitespace().collect() } else { value.into() };
    let bytes = STANDARD.decode(text.as_bytes()).ok()?;
    String::from_utf8(bytes).ok()
}

fn is_secret(root: &Node) -> bool {
    let text = |key: &str| root.get(key).and_then(Node::as_str);
    text("apiVersion") == Some("v1") && text("kind") == Some("Secret")
}

fn is_disabled(root: &Node) -> bool {
    root.path(&["metadata", "annotations", DECRYPT])
        .and_then(Node::as_str)
        .is_some_and(|v| v.eq_ignore_ascii_case("disabled"))
}

fn name(root: &Node) -> String {
    root.path(&["metadata", "name"]).and_then(Node::text).unwrap_or_default().to_owned()
}

fn place_of(resource: &Resource) -> Place {
    let path = resource.files.first().cloned().unwrap_or_else(TreePath::root);
    Place::line(path, resource.root.mark.line)
}

/// The texts of a ConfigMap or Secret by their keys; none for what is encrypted or no text.
pub(super) fn texts_of(object: &Object) -> Vec<(String, Option<String>)> {
    let is_secret = object.id.is("", "Secret");
    let field = |key: &str| object.root.get(key).map(Node::entries).unwrap_or_default();
    let plain = |value: &str| Some(value.to_owned()).filter(|value| !is_encrypted(value));
    let read = |entry: &manifesto_yaml::Entry, is_base64: bool| {
        let value = entry.value.text().filter(|_| !entry.value.is_null()).unwrap_or_default();
        let text = match plain(value) {
            Some(value) if is_base64 => decoded(&value).filter(|text| !text.contains(ENCRYPTED)),
            plain => plain,
        };
        Some((entry.key.text()?.to_owned(), text))
    };
    let data = field("data").iter().filter_map(|entry| read(entry, is_secret));
    // The API server puts `stringData` over `data`.
    let texts = field("stringData").iter().filter(|_| is_secret).filter_map(|entry| read(entry, false));
    data.chain(texts).collect()
}
