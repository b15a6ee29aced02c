//! What looks like another repository or another machine (api/internal/git/repospec.go).

/// Whether a path is a URL that the reference would fetch.
pub(crate) fn is_remote_file(path: &str) -> bool {
    ["http:", "https:"].iter().any(|scheme| starts_with_ignoring_case(path, scheme))
}

/// Whether a path names a repository that the reference would clone.
pub(crate) fn is_repository(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let Some((rest, whole_path)) = without_host(path) else { return false };
    repository_path(rest, whole_path)
        .is_some_and(|(repository, directory)| !repository.is_empty() && !leaves_repository(directory))
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn strip_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    starts_with_ignoring_case(text, prefix).then(|| text.get(prefix.len()..)).flatten()
}

/// What stands behind the host, and whether all of it is the repository's path.
fn without_host(path: &str) -> Option<(&str, bool)> {
    let path = strip_ignoring_case(path, "git::").unwrap_or(path);
    let schemes = ["ssh://", "https://", "http://", "file://"];
    let scheme = schemes.into_iter().find(|scheme| starts_with_ignoring_case(path, scheme));
    let rest = scheme.and_then(|scheme| strip_ignoring_case(path, scheme)).unwrap_or(path);
    if scheme == Some("file://") {
        return Some((rest, true));
    }
    let (user, rest) = split_user(rest);
    let github = ["github.com/", "github.com:"].iter().any(|host| starts_with_ignoring_case(rest, host));
    // `user@host:path` needs no scheme.
    let scp = scheme.is_none() && (user || github);
    if scheme.is_none() && !scp {
        return None;
    }
    let slash = rest.find('/');
    let colon = rest.find(':').filter(|colon| scp && (slash.is_none() || *colon > 0 && Some(*colon) < slash));
    let end = colon.or(slash);
    if scp && end.is_none() {
        return None;
    }
    match end {
        Some(end) => Some((rest.get(end + 1..)?, false)),
        None if github => Some((rest, false)),
        // Without a separator all is host, and the path is empty.
        None => Some(("", false)).filter(|_| !rest.is_empty()),
    }
}

/// Whether there is a user, and what stands behind it.
fn split_user(text: &str) -> (bool, &str) {
    let Some((user, rest)) = text.split_once('@') else { return (false, text) };
    let starts = user.starts_with(|c: char| c.is_ascii_alphabetic());
    let fits = user.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if starts && fits { (true, rest) } else { (false, text) }
}

/// The path of the repository, and the directory in it.
fn repository_path(path: &str, whole_path: bool) -> Option<(&str, &str)> {
    if let Some(marker) = path.find("_git/") {
        let start = marker + "_git/".len();
        let name = path.get(start..)?.find('/').map_or(path.len(), |end| start + end);
        return Some((path.get(..name)?, path.get(name..)?.trim_start_matches('/')));
    }
    if let Some((repository, directory)) = path.split_once("//") {
        return Some((repository, directory));
    }
    if let Some(suffix) = path.find(".git") {
        return path.split_at_checked(suffix + ".git".len());
    }
    if whole_path {
        return Some((path, ""));
    }
    let first = path.find('/')?;
    let second = path.get(first + 1..)?.find('/').map_or(path.len(), |end| first + 1 + end);
    Some((path.get(..second)?, path.get(second..)?.trim_start_matches('/')))
}

fn leaves_repository(directory: &str) -> bool {
    let mut depth = 0_i32;
    for segment in directory.split('/') {
        depth += match segment {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        if depth < 0 {
            return true;
        }
    }
    false
}
