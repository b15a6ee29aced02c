//! The arguments of `helm template` as values and options.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_helm::{
    Action, Chart, Crds, HelmError, Hooks, Options, Rendered, SchemaCheck, Values, ValuesFile, render,
};
use manifesto_tree::{Tree, TreePath};

/// Renders the chart at the root of a tree.
pub(crate) fn template(tree: &Tree, arguments: &[String]) -> Result<Rendered, HelmError> {
    let (values, options) = parse(tree, arguments);
    let chart = Chart::load(tree, &TreePath::root()).chart?;
    render(&chart, &values, &options)
}

/// What the arguments say; files are those of the tree.
pub(crate) fn parse(tree: &Tree, arguments: &[String]) -> (Values, Options) {
    let mut values = Values::default();
    let mut options = Options { name: "web".to_owned(), ..Options::default() };
    let mut arguments = arguments.iter();
    let content = |path: &str| -> Option<Arc<[u8]>> {
        let entry = tree.lookup(&TreePath::new(path).ok()?).ok()?;
        tree.read(entry).ok()
    };
    while let Some(argument) = arguments.next() {
        let mut next = || arguments.next().cloned().expect("a value follows");
        match argument.as_str() {
            "-f" => {
                let name = next();
                let content = content(&name).unwrap_or_default();
                values.files.push(ValuesFile { name, content, path: None });
            }
            "--set" => values.set.push(next()),
            "--set-string" => values.set_string.push(next()),
            "--set-json" => values.set_json.push(next()),
            "--set-literal" => values.set_literal.push(next()),
            "--set-file" => {
                let text = next();
                let paths =
                    text.split(',').filter_map(|part| part.split_once('=')).map(|(_, path)| path.to_owned());
                let found: BTreeMap<_, _> =
                    paths.filter_map(|path| Some((path.clone(), content(&path)?))).collect();
                values.file_contents.extend(found);
                values.set_file.push(text);
            }
            "--namespace" => options.namespace = next(),
            "--name-template" => options.name = next(),
            "--kube-version" => options.kube_version = Some(next()),
            "--api-versions" => options.api_versions.extend(next().split(',').map(str::to_owned)),
            "--include-crds" => options.crds = Crds::Include,
            "--skip-tests" => options.hooks = Hooks::NoTests,
            "--no-hooks" => options.hooks = Hooks::None,
            "--is-upgrade" => options.action = Action::Upgrade,
            "--skip-schema-validation" => options.schema = SchemaCheck::Skip,
            other => panic!("{other} is not known"),
        }
    }
    (values, options)
}
