//! A ResourceSet of flux-operator: templates of objects, filled once for each set of inputs.
//!
//! Upstream: controlplaneio-fluxcd/flux-operator, internal/builder/resourceset.go and internal/inputs.

mod inputs;
mod template;

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::{NotAnObject, Object, ObjectId, objects_of};
use manifesto_tree::{Gap, GapReason, Place};
use manifesto_yaml::{Dialect, Limits, Mark, Node, Writer, parse, to_yaml};

use super::definition::Written;
use super::substitute::placed;
use super::{Built, Find};

/// Templates of objects, and what they are filled with.
#[derive(Debug, Clone)]
pub struct ResourceSet {
    /// Its identity.
    pub id: ObjectId,
    /// Where it is written.
    pub place: Place,
    written: Written,
}

/// As many templates as are filled for one set.
const FILLS_MAX: usize = 10_000;

/// What leaves out a filled object.
const RECONCILE: &str = "fluxcd.controlplane.io/reconcile";

impl ResourceSet {
    pub(super) fn read(written: Written) -> Self {
        Self { id: written.0.id.clone(), place: written.place(), written }
    }

    /// The object itself.
    pub fn object(&self) -> &Arc<Object> {
        &self.written.0
    }
}

/// The objects of a ResourceSet. `find` finds providers of inputs; what they ask of other services is not known.
///
/// What the operator refuses has no objects and a gap that says why.
pub fn expand(set: &ResourceSet, find: &Find<'_>) -> Built {
    let mut built = Built::default();
    let inputs = inputs::inputs(set, find, &mut built);
    // Providers that have no inputs make no objects.
    if inputs.is_empty() && !set.written.items(&["inputsFrom"]).is_empty() {
        return built;
    }
    let steps = set.written.items(&["steps"]);
    let fills = templates(set, steps).saturating_mul(inputs.len().max(1));
    if fills > FILLS_MAX {
        let detail = format!("{fills} templates would have to be filled, more than {FILLS_MAX}");
        built.gaps.push(Gap::new(GapReason::OverBudget, detail).at(set.place.clone()));
        return built;
    }
    let mut expansion =
        Expansion { set, inputs: &inputs, fills, objects: Vec::new(), known: BTreeSet::new() };
    let filled = if steps.is_empty() {
        expansion.part(set.written.0.root.get("spec"))
    } else {
        steps.iter().try_for_each(|step| expansion.part(Some(step)))
    };
    match filled {
        Ok(()) => built.objects = expansion.objects,
        Err(gap) => built.gaps.push(gap),
    }
    built
}

/// How many templates a set has.
fn templates(set: &ResourceSet, steps: &[Node]) -> usize {
    let spec = set.written.0.root.get("spec");
    let of = |part: &Node| 1 + part.get("resources").map_or(0, |resources| resources.items().len());
    spec.into_iter().chain(steps).map(of).sum()
}

struct Expansion<'e> {
    set: &'e ResourceSet,
    inputs: &'e [Node],
    /// How many templates are filled in all.
    fills: usize,
    objects: Vec<Arc<Object>>,
    known: BTreeSet<ObjectId>,
}

impl Expansion<'_> {
    /// `resources` and `resourcesTemplate` of the set, or of one step.
    fn part(&mut self, part: Option<&Node>) -> Result<(), Gap> {
        let Some(part) = part else { return Ok(()) };
        for template in part.get("resources").map(Node::items).unwrap_or_default() {
            let text = to_yaml(template, Writer::Sigs)
                .map_err(|error| self.refused(template.mark, &error.problem))?;
            self.fill(&text, template)?;
        }
        match part.get("resourcesTemplate") {
            Some(node) if node.text().is_some_and(|text| !text.is_empty()) => {
                let text = node.text().unwrap_or_default().to_owned();
                self.fill(&text, node)
            }
            _ => Ok(()),
        }
    }

    /// Fills a template with every set of inputs; with none at all, once without inputs.
    fn fill(&mut self, text: &str, template: &Node) -> Result<(), Gap> {
        let nothing = [Node::null()];
        let inputs = if self.inputs.is_empty() { &nothing } else { self.inputs };
        for input in inputs {
            let filled =
                template::fill(text, input, self.fills).map_err(|why| self.refused(template.mark, &why))?;
            let parsed = parse(filled.as_bytes(), Dialect::SigsV2, &Limits::default());
            if let Some(error) = parsed.error {
                let why = format!("the filled template is no YAML: {}", error.problem);
                return Err(self.refused(template.mark, &why));
            }
            for document in parsed.documents {
                self.add(document.root, template)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, root: Node, template: &Node) -> Result<(), Gap> {
        let root = placed(root, template, template.mark);
        let own = &self.set.written.0;
        let via: Arc<[Place]> = own.via.iter().cloned().chain([self.set.place.clone()]).collect();
        for object in objects_of(&root, &own.files, &via) {
            match object {
                Ok(object)
                    if object.annotations().any(|annotation| annotation == (RECONCILE, "disabled")) => {}
                Ok(object) if self.known.insert(object.id.clone()) => self.objects.push(Arc::new(object)),
                Ok(_) | Err((_, NotAnObject::Empty)) => {}
                Err((_, why)) => return Err(self.refused(template.mark, &why.to_string())),
            }
        }
        Ok(())
    }

    fn refused(&self, mark: Mark, why: &str) -> Gap {
        let node = Node::null().at(mark);
        Gap::new(GapReason::BrokenFile, why).at(self.set.written.place_of(&node))
    }
}
