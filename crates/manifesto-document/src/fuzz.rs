//! What a fuzzer tries: any bytes as a template, a text and the data of evidence.

use manifesto_evidence::{
    Answer, BoxClass, ComponentChange, ComponentEvidence, Evidence, Fact, Gap, GapReason, Level, Origin,
    Place, Predicate, Prose, Reason, Side, Topic, TreePath, Weight,
};

use crate::{CheckOptions, DraftOptions, check, draft};

static STORAGE: Predicate = Predicate {
    id: "impact.storage",
    topic: Topic::InfrastructureImpact,
    question: "the change touches storage",
    words: &["storage", "volumes"],
    class: BoxClass::Derivable,
    undisclosed: Level::Warning,
};

/// Drafts and checks whatever the bytes hold: a template, a text and a line of data for each fact, between NUL bytes.
/// Panics where a promise is broken: a draft of a draft differs, or a fresh draft is found fault with.
pub fn fuzz(bytes: &[u8]) {
    let input = String::from_utf8_lossy(bytes);
    let mut parts = input.splitn(3, '\0');
    let (template, text) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let evidence = evidence(parts.next().unwrap_or_default());
    let options = DraftOptions::new("base", "head");
    for text in [text, ""] {
        let first = draft(template, text, &evidence, &options).text;
        let second = draft(template, &first, &evidence, &options).text;
        assert_eq!(second, first, "a draft of a draft differs");
        let other = draft(template, &first, &Evidence::default(), &options).text;
        check(template, &other, &evidence, &CheckOptions::default());
        check(template, &first, &evidence, &CheckOptions::default());
    }
}

fn evidence(data: &str) -> Evidence {
    let mut evidence = Evidence::default();
    for (line, index) in data.lines().zip(0_usize..64) {
        let place = Place::line(TreePath::new(line).unwrap_or_else(|_| TreePath::root()), 3);
        let origin = Origin::direct(Side::Head, place.clone());
        let topic = Topic::ALL.get(index % Topic::ALL.len()).copied().unwrap_or(Topic::Components);
        if index % 5 == 0 {
            evidence.components.push(ComponentEvidence {
                name: line.to_owned(),
                path: place.path.clone(),
                change: ComponentChange::Added,
                proven: index % 2 == 0,
            });
        }
        let fact = Fact::new(topic, Prose::new().code(line).words(" is there")).origins([origin.clone()]);
        let fact = if index % 3 == 0 { fact.weight(Weight::Hazard) } else { fact.component(line) };
        evidence.facts.push(fact);
        evidence.gaps.push(Gap::new(GapReason::BrokenFile, line).at(place));
        if evidence.answers.is_empty() {
            let reason = Reason { text: Prose::new().code(line), origin };
            evidence.answers.push(Answer::new(&STORAGE, vec![reason], &[]));
        }
    }
    evidence
}
