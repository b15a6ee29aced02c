//! Where `helm registry login` and `docker login` write down who asks (helm, pkg/helmpath and pkg/cli/environment.go; docker/cli,
//! cli/config/config.go).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Their files, the first one that knows a host counts. `variable` reads a variable of the environment.
pub(crate) fn credential_files(
    home: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Vec<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let below_home = |path: &str| home.map(|home| home.join(path));
    let preferences = if cfg!(target_os = "macos") { "Library/Preferences" } else { ".config" };
    let helm = set("HELM_REGISTRY_CONFIG").or_else(|| {
        let configuration = set("HELM_CONFIG_HOME")
            .or_else(|| set("XDG_CONFIG_HOME").map(|directory| directory.join("helm")))
            .or_else(|| below_home(preferences).map(|directory| directory.join("helm")));
        Some(configuration?.join("registry/config.json"))
    });
    let docker = set("DOCKER_CONFIG").or_else(|| below_home(".docker"));
    [helm, docker.map(|directory| directory.join("config.json"))].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::credential_files;

    fn found(variables: &[(&str, &str)]) -> Vec<PathBuf> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        credential_files(Some(Path::new("/users/me")), variable)
    }

    #[test]
    fn what_the_environment_says_comes_before_the_home_directory() {
        let files = found(&[]);
        assert!(files[0].ends_with("helm/registry/config.json"), "{files:?}");
        assert_eq!(files[1], Path::new("/users/me/.docker/config.json"));
        let files = found(&[("HELM_REGISTRY_CONFIG", "/run/helm.json"), ("DOCKER_CONFIG", "/run/docker")]);
        assert_eq!(files, [Path::new("/run/helm.json"), Path::new("/run/docker/config.json")]);
        let files = found(&[("XDG_CONFIG_HOME", "/etc/me"), ("DOCKER_CONFIG", "")]);
        let expected = ["/etc/me/helm/registry/config.json", "/users/me/.docker/config.json"];
        assert_eq!(files, expected.map(Path::new));
        assert_eq!(found(&[("HELM_CONFIG_HOME", "/h")])[0], Path::new("/h/registry/config.json"));
    }
}
