//! From the internal types to the report's own.

use std::sync::Arc;

use manifesto_document::Checked;
use manifesto_evidence as evidence;
use manifesto_evidence::{Evidence, Place, Side, Truth, Weight};
use manifesto_gitops::{AffectedComponent, Change, ValueCause, ValueCauses};
use manifesto_objects as objects;
use manifesto_objects::{ChangeKind, ObjectChange, is_secret_field};

use super::v1;

/// Everything that a report is made from.
#[derive(Debug)]
pub struct Reported<'r> {
    /// The verb that was run.
    pub verb: &'r str,
    /// The two revisions.
    pub range: &'r v1::Range,
    /// The change.
    pub change: &'r Change,
    /// What was found out about it.
    pub evidence: &'r Evidence,
    /// What was made of the author's text.
    pub checked: Option<&'r Checked>,
}

impl From<Reported<'_>> for v1::Report {
    fn from(reported: Reported<'_>) -> Self {
        let Reported { verb, range, change, evidence, checked } = reported;
        Self {
            version: 1,
            verb: verb.to_owned(),
            range: range.clone(),
            completeness: completeness(&evidence.completeness),
            components: evidence.components.iter().map(component).collect(),
            objects: objects_of(change),
            objects_noise_count: change.objects.noise_count(),
            facts: evidence.facts.iter().map(fact).collect(),
            answers: evidence.answers.iter().map(answer).collect(),
            gaps: evidence.gaps.iter().map(gap).collect(),
            text: checked.map(text),
        }
    }
}

fn completeness(completeness: &evidence::Completeness) -> v1::Completeness {
    let files = completeness.files_not_analysed.iter();
    v1::Completeness {
        components_affected: completeness.components_affected,
        components_proven: completeness.components_proven,
        files_changed: completeness.files_changed,
        files_not_analysed: files
            .map(|file| v1::FileNotAnalysed { path: file.path.to_string(), what: file.what.clone() })
            .collect(),
    }
}

fn component(component: &evidence::ComponentEvidence) -> v1::Component {
    v1::Component {
        name: component.name.clone(),
        path: component.path.to_string(),
        change: component.change.name().to_owned(),
        proven: component.proven,
    }
}

fn objects_of(change: &Change) -> Vec<v1::Object> {
    let causes: Vec<ValueCauses> = change.components.iter().map(AffectedComponent::value_causes).collect();
    let none = ValueCauses::default();
    let of =
        |object: &ObjectChange| object_change(change, object, causes.get(object.component).unwrap_or(&none));
    change.objects.real().map(of).collect()
}

fn value(cause: &ValueCause) -> v1::Value {
    let origin = |place: &Place| v1::Origin {
        side: cause.side.name().to_owned(),
        path: place.path.to_string(),
        line: (place.line > 0).then_some(place.line),
        via: Vec::new(),
    };
    v1::Value { value: cause.value.clone(), origin: cause.place.as_ref().map(origin) }
}

fn object_change(change: &Change, object: &ObjectChange, causes: &ValueCauses) -> v1::Object {
    let side =
        |object: &Option<Arc<objects::Object>>, side| object.as_ref().map(|object| object_side(object, side));
    v1::Object {
        component: change.components.get(object.component).map(|c| c.name.clone()).unwrap_or_default(),
        change: object.kind.name().to_owned(),
        replaced_because: match &object.kind {
            ChangeKind::Replaced { field } => Some(field.clone()),
            _ => None,
        },
        base: side(&object.base, Side::Base),
        head: side(&object.head, Side::Head),
        fields: object.fields.iter().map(|field| field_change(object.id(), field)).collect(),
        fields_noise_count: object.noise.len(),
        values: causes.of(object.id()).map(value).collect(),
    }
}

fn object_side(object: &objects::Object, side: Side) -> v1::ObjectSide {
    v1::ObjectSide {
        group: object.id.group.clone(),
        version: object.version.clone(),
        kind: object.id.kind.clone(),
        namespace: object.id.namespace.clone(),
        name: object.id.name.clone(),
        origin: origin(&object.origin(side)),
    }
}

fn field_change(id: &objects::ObjectId, field: &objects::FieldChange) -> v1::Field {
    let secret = is_secret_field(id, field);
    let value = |node: &Option<manifesto_yaml::Node>| {
        let json = manifesto_yaml::to_json(node.as_ref()?, manifesto_yaml::Html::Plain).ok()?;
        // A number beyond what serde_json reads stays readable as text.
        Some(serde_json::from_str(&json).unwrap_or(serde_json::Value::String(json)))
    };
    let (base, head) = if secret { (None, None) } else { (value(&field.base), value(&field.head)) };
    v1::Field { path: field.path.to_string(), base, head, secret }
}

fn origin(origin: &evidence::Origin) -> v1::Origin {
    v1::Origin {
        side: origin.side.name().to_owned(),
        path: origin.place.path.to_string(),
        line: (origin.place.line > 0).then_some(origin.place.line),
        via: origin.via.iter().map(ToString::to_string).collect(),
    }
}

fn fact(fact: &evidence::Fact) -> v1::Fact {
    v1::Fact {
        topic: fact.topic.slug().to_owned(),
        component: fact.component.clone(),
        weight: weight(fact.weight).to_owned(),
        text: fact.text.to_string(),
        origins: fact.origins.iter().map(origin).collect(),
    }
}

fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Hazard => "hazard",
        Weight::Notable => "notable",
        Weight::Plain => "plain",
        Weight::Detail => "detail",
    }
}

fn answer(answer: &evidence::Answer) -> v1::Answer {
    let (truth, reasons): (_, &[evidence::Reason]) = match &answer.truth {
        Truth::Yes(reasons) => ("yes", reasons),
        Truth::No => ("no", &[]),
        Truth::Arguable(reasons) => ("arguable", reasons),
        Truth::Unknown(_) => ("unknown", &[]),
    };
    v1::Answer {
        predicate: answer.predicate.id.to_owned(),
        question: answer.predicate.question.to_owned(),
        truth: truth.to_owned(),
        reasons: reasons.iter().map(reason).collect(),
    }
}

fn reason(reason: &evidence::Reason) -> v1::Reason {
    v1::Reason { text: reason.text.to_string(), origin: origin(&reason.origin) }
}

pub(super) fn gap(gap: &evidence::Gap) -> v1::Gap {
    v1::Gap {
        reason: gap.reason.name().to_owned(),
        detail: gap.detail.clone(),
        side: gap.side.map(|side| side.name().to_owned()),
        place: gap.place.as_ref().map(ToString::to_string),
        remedy: gap.remedy.clone(),
    }
}

fn text(checked: &Checked) -> v1::Text {
    v1::Text {
        findings: checked.findings.iter().map(finding).collect(),
        boxes: checked.boxes.iter().map(check_box).collect(),
        claims: checked.claims.iter().map(claim).collect(),
        slots_answered: checked.answered,
        slots_unanswered: checked.unanswered,
    }
}

fn finding(finding: &evidence::Finding) -> v1::Finding {
    let witnesses = finding.witnesses.iter();
    v1::Finding {
        rule: finding.rule.id.to_owned(),
        level: finding.level.name().to_owned(),
        message: finding.message.clone(),
        line: finding.text.as_ref().map(|span| span.line),
        column: finding.text.as_ref().map(|span| span.column),
        witnesses: witnesses
            .map(|w| v1::Reason { text: w.says.clone(), origin: origin(&w.origin) })
            .collect(),
        notes: finding.notes.clone(),
        help: finding.help.clone(),
    }
}

fn claim(report: &manifesto_document::ClaimReport) -> v1::Claim {
    v1::Claim {
        rule: report.rule.id.to_owned(),
        claim: report.claim.clone(),
        line: report.span.line,
        verdict: report.verdict.name().to_owned(),
    }
}

fn check_box(report: &manifesto_document::BoxReport) -> v1::CheckBox {
    v1::CheckBox {
        label: report.label.clone(),
        line: report.span.line,
        ticked: report.ticked,
        predicate: report.predicate.map(|predicate| predicate.id.to_owned()),
        verdict: report.verdict.name().to_owned(),
    }
}
