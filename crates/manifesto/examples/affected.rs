//! Holds what a change touches against both revisions rendered from scratch, commit by commit:
//!
//! `cargo run --release --example affected -- REPOSITORY [COUNT]`
//!
//! A component that renders to other bytes and is not named is missed; one that is named and renders to the same bytes,
//! with the same definition, is superfluous. Neither may be.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::path::Path;

use manifesto_git::{Configuration, RangeSpec, Repository};
use manifesto_gitops::{Change, Component, Inventory, Session, Source};
use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::{Writer, to_yaml};

type Error = Box<dyn std::error::Error>;

/// What each component is defined as and renders to, by what it is called and where it goes.
type Rendered = BTreeMap<String, (Component, String)>;

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which repository?")?;
    let count: usize = arguments.next().map_or(Ok(100), |count| count.parse())?;
    let repository = Repository::open(Path::new(&path), Configuration::RepositoryOnly)?;
    let (mut commits, mut touched, mut missed, mut superfluous) = (0, 0, 0, 0);
    let mut head: Option<(Tree, Rendered)> = None;
    for age in 0..count {
        let range: RangeSpec = format!("HEAD~{}..HEAD~{age}", age + 1).parse()?;
        let Ok(range) = repository.resolve(&range) else { break };
        let (new, after) = match head.take() {
            Some(known) => known,
            None => rendered(repository.tree(&range.head)?.tree),
        };
        let (old, before) = rendered(repository.tree(&range.base)?.tree);
        let change = Change::between(&old, &new, manifesto_git::changes(&old, &new));
        let named: Vec<String> = change
            .components
            .iter()
            .filter(|component| component.differs())
            .flat_map(|component| [&component.base, &component.head])
            .flatten()
            .map(|side| key(&side.component))
            .collect();
        let sides =
            change.components.iter().flat_map(|component| [&component.base, &component.head]).flatten();
        let deployed: Vec<&TreePath> = sides
            .filter(|side| side.component.deployment.is_some())
            .flat_map(|side| side.component.sources().map(Source::directory))
            .collect();
        let differing: Vec<&String> =
            before.keys().chain(after.keys()).filter(|key| before.get(*key) != after.get(*key)).collect();
        // What nobody deployed and a named component deploys now, or the reverse, is named by that one.
        let came_under = |key: &str| {
            let of_key = [&before, &after].into_iter().find_map(|side| side.get(key));
            of_key.is_some_and(|(component, _)| {
                component.deployment.is_none() && deployed.iter().any(|path| component.path.starts_with(path))
            })
        };
        for key in differing.iter().filter(|key| !named.contains(key) && !came_under(key)) {
            missed += 1;
            println!("missed in {}: {key}", range.head);
        }
        for key in named.iter().filter(|key| !differing.contains(key)) {
            superfluous += 1;
            println!("superfluous in {}: {key}", range.head);
        }
        touched += named.len();
        commits += 1;
        head = Some((old, before));
    }
    println!(
        "{commits} commits, {touched} sides of components named, {missed} missed, {superfluous} superfluous"
    );
    Ok(())
}

fn rendered(tree: Tree) -> (Tree, Rendered) {
    let listing = Session::default().listing(&tree, &Inventory::default());
    let texts = listing.components.iter().map(|listed| {
        let objects = listed.objects().iter();
        let mut objects: Vec<String> =
            objects.map(|object| to_yaml(&object.root, Writer::Sigs).unwrap_or_default()).collect();
        // A renamed directory moves its objects in the output, and nothing in the cluster.
        objects.sort();
        let gaps = listed.rendering.gaps.iter().map(|gap| gap.detail.clone());
        let definition = listed.component.definition_without_lines();
        (key(&listed.component), (definition, objects.into_iter().chain(gaps).collect::<String>()))
    });
    let texts = texts.collect();
    (tree, texts)
}

fn key(component: &Component) -> String {
    let definition = component.deployment.as_ref().map(|deployment| deployment.definition.to_string());
    format!("{} {} {}", component.cluster(), component.path, definition.unwrap_or_default())
}
