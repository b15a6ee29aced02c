//! The path that External Secrets asks the store for (external-secrets 0.20 and 2.x, `pkg/provider/vault`, `buildPath`).

/// The version of the key-value engine that a store says it talks to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum KvVersion {
    /// Values are at the path itself.
    V1,
    /// Values are below `data`, after the mount. What a store means that does not say.
    #[default]
    V2,
}

/// The path of a value, as policies see it: `shared/app` in a store without a path is `shared/data/app`.
///
/// With a path, the store's own path in front of the key is dropped, and a `data/` after it; a value that really lies
/// below a directory of the mount's name is then missed, as it is upstream. Without one, the first segment is the mount,
/// unless the key has a `data` somewhere inside already.
pub fn data_path(mount: Option<&str>, version: KvVersion, key: &str) -> String {
    let is_v2 = version == KvVersion::V2;
    if let Some(mount) = mount {
        let rest = match key.strip_prefix(mount).and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) if is_v2 => rest.strip_prefix("data/").unwrap_or(rest),
            Some(rest) => rest,
            None => key,
        };
        return if is_v2 { format!("{mount}/data/{rest}") } else { format!("{mount}/{rest}") };
    }
    if !is_v2 || key.contains("/data/") {
        return key.to_owned();
    }
    match key.split_once('/') {
        Some((mount, rest)) => format!("{mount}/data/{rest}"),
        None => format!("{key}/data"),
    }
}
