//! What kustomize-controller makes of a Kustomization (kustomize-controller v1,
//! internal/controller/kustomization_controller.go: generate, build, apply).

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_kustomize::{Build, LoadRestrictor, Options, Resource, Session};
use manifesto_objects::Object;
use manifesto_tree::{Gap, GapReason, Place, Tree, TreePath};

use super::generate::{NotGenerated, generate};
use super::lines::WrittenFile;
use super::metadata::Metadata;
use super::substitute::Substitution;
use super::variables::Variables;
use super::{Built, Find, Kustomization, decryption};

/// Builds the directory of a Kustomization. `tree` is what its source hands over ([`super::artifact`]); `find` finds
/// the ConfigMaps and Secrets with variables.
///
/// What the controller refuses has no objects and one gap that says why: it then applies nothing.
pub fn build(session: &Session, tree: &Tree, kustomization: &Kustomization, find: &Find<'_>) -> Built {
    let directory = kustomization.directory();
    let mut built = Built { reads: ignore_files(&directory), ..Built::default() };
    if !tree.is_directory(&directory) {
        let detail = format!("the directory `{directory}` does not exist");
        built.gaps.push(Gap::new(GapReason::MissingFile, detail).at(kustomization.place_at(&["path"])));
        return built;
    }
    let file = match generate(tree, kustomization) {
        Ok(file) => file,
        Err(NotGenerated { why, place }) => {
            built.gaps.push(Gap::new(GapReason::BrokenFile, why).at(place));
            return built;
        }
    };
    let tree = tree.with_file(&file.path, file.content.clone());
    let options = Options { load_restrictor: LoadRestrictor::None, ..Options::default() };
    let build = session.build(&tree, &directory, &options);
    built.reads.extend(build.reads.iter().map(|(path, _)| path.clone()));
    built.gaps.extend(build.gaps.iter().map(|gap| relocated_gap(&file, gap)));
    if let Some(gap) = refusal(&file, &build) {
        built.gaps.push(gap);
        return built;
    }
    let resources = build.resources.iter().map(|resource| relocated(&file, resource)).collect();
    finish(kustomization, resources, find, &mut built);
    built
}

/// What the controller does with the objects that were built.
fn finish(kustomization: &Kustomization, mut resources: Vec<Resource>, find: &Find<'_>, built: &mut Built) {
    if let Err(gap) = decryption::open(kustomization, &mut resources, &mut built.gaps) {
        built.gaps.push(gap);
        return;
    }
    if let Some(variables) = Variables::load(kustomization, find, &mut built.asked) {
        let mut substitution = Substitution::new(&variables);
        for resource in &mut resources {
            if let Err(gap) = substitution.replace(resource) {
                built.gaps.push(gap);
                return;
            }
        }
        built.gaps.extend(variables.gaps(kustomization, substitution.unknown()));
    }
    let metadata = Metadata::of(kustomization);
    let mut known = BTreeSet::new();
    for mut resource in resources {
        metadata.apply(&mut resource);
        let via = resource.via.iter().cloned().chain([kustomization.place.clone()]).collect();
        let place = Place::line(
            resource.files.first().cloned().unwrap_or_else(TreePath::root),
            resource.root.mark.line,
        );
        let why = match Object::new(resource.root, resource.files, via) {
            Ok(object) if known.insert((object.id.clone(), object.version.clone())) => {
                built.objects.push(Arc::new(object));
                continue;
            }
            Ok(object) => format!("two objects are {}", object.id),
            Err(why) => why.to_string(),
        };
        built.objects.clear();
        built.gaps.push(Gap::new(GapReason::BrokenFile, why).at(place));
        return;
    }
}

fn refusal(file: &WrittenFile, build: &Build) -> Option<Gap> {
    let error = build.error.as_ref()?;
    let gap = Gap::new(GapReason::BrokenFile, format!("{}: {}", error.what, error.why));
    let gap = error.place.iter().map(|place| file.place(place)).fold(gap, Gap::at);
    Some(error.remedy.iter().cloned().fold(gap, Gap::remedy))
}

fn relocated_gap(file: &WrittenFile, gap: &Gap) -> Gap {
    Gap { place: gap.place.as_ref().map(|place| file.place(place)), ..gap.clone() }
}

fn relocated(file: &WrittenFile, resource: &Resource) -> Resource {
    let (root, files) = file.relocated(&resource.root, &resource.files);
    let via = resource.via.iter().map(|place| file.place(place)).collect();
    Resource { root, files, via, sealed: resource.sealed }
}

/// Where patterns would stand that leave out files of a directory.
fn ignore_files(directory: &TreePath) -> BTreeSet<TreePath> {
    let directories = std::iter::once(directory.clone()).chain(directory.ancestors());
    directories.map(|directory| directory.child(".sourceignore")).collect()
}
