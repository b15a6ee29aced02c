//! Names of hosts on listeners and routes.

/// The names that both a listener and a route stand for; none where there is no such name.
///
/// Gateway API: a wildcard stands for one or more labels (apis/v1/httproute_types.go, `Hostnames`).
pub fn intersection(listener: Option<&str>, route: Option<&str>) -> Option<String> {
    match (listener.filter(|name| !name.is_empty()), route) {
        (None, None) => Some("*".to_owned()),
        (Some(one), None) | (None, Some(one)) => Some(one.to_ascii_lowercase()),
        (Some(listener), Some(route)) => {
            let (listener, route) = (listener.to_ascii_lowercase(), route.to_ascii_lowercase());
            if listener == route || covers(&listener, &route) {
                Some(route)
            } else {
                covers(&route, &listener).then_some(listener)
            }
        }
    }
}

fn covers(wildcard: &str, name: &str) -> bool {
    let Some(suffix) = wildcard.strip_prefix('*') else { return false };
    let name = name.strip_prefix('*').unwrap_or(name);
    name.len() > suffix.len() && name.ends_with(suffix) || name == suffix && name.starts_with('.')
}
