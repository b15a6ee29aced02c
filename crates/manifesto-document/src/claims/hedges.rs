//! Words that turn a mention into something else than a claim that it is so: removal, history, comparison, intent,
//! denial, and places elsewhere. They are data; English first.

use crate::statements::Token;

/// Words of a sentence after which nothing in it is claimed to be there.
const HEDGES: &[&str] = &[
    // Removal and history.
    "before",
    "delete",
    "deleted",
    "deletes",
    "deleting",
    "deletion",
    "deprecated",
    "drop",
    "dropped",
    "drops",
    "earlier",
    "former",
    "formerly",
    "gone",
    "had",
    "historical",
    "historically",
    "legacy",
    "migrated",
    "migrates",
    "moved",
    "moves",
    "obsolete",
    "old",
    "original",
    "originally",
    "orphaned",
    "outdated",
    "previous",
    "previously",
    "remove",
    "removed",
    "removes",
    "removing",
    "rename",
    "renamed",
    "renames",
    "renaming",
    "replaced",
    "replaces",
    "replacing",
    "retired",
    "stale",
    "used",
    "vestigial",
    "was",
    "were",
    // Comparison and choice.
    "alternative",
    "alternatively",
    "alternatives",
    "analogous",
    "compared",
    "considered",
    "e.g",
    "example",
    "examples",
    "instead",
    "like",
    "rejected",
    "rather",
    "similar",
    "unlike",
    "versus",
    "vs",
    "i.e",
    // Intent.
    "could",
    "eventually",
    "expected",
    "follow-up",
    "future",
    "hypothetical",
    "if",
    "intended",
    "later",
    "may",
    "might",
    "next",
    "optional",
    "optionally",
    "plan",
    "planned",
    "plans",
    "proposed",
    "should",
    "someday",
    "todo",
    "unless",
    "until",
    "upcoming",
    "will",
    "would",
    // Elsewhere.
    "elsewhere",
    "upstream",
];
/// Words that deny what follows them.
const DENIALS: &[&str] = &[
    "absent",
    "aren't",
    "can't",
    "cannot",
    "doesn't",
    "don't",
    "isn't",
    "lacked",
    "lacking",
    "lacks",
    "missing",
    "never",
    "no",
    "nonexistent",
    "none",
    "not",
    "nothing",
    "without",
    "won't",
];
/// How far a hedge reaches, in words.
const REACH: usize = 14;
/// How far a denial reaches.
const DENIAL_REACH: usize = 8;
/// A lead of so many words introduces what follows it; a longer one says something of its own.
const LEAD_MAX: usize = 14;
/// Titles of slots in which nothing is claimed of this change.
const ASIDE: &[&str] = &[
    "alternative",
    "alternatives",
    "background",
    "debt",
    "follow",
    "future",
    "history",
    "known",
    "limitations",
    "next",
    "prior",
    "problem",
    "references",
    "related",
    "roadmap",
    "root",
    "scope",
];

/// Whether what stands at this place of a sentence is only mentioned.
pub(super) fn hedged(sentence: &[Token], at: usize) -> bool {
    let near = |reach: usize| at.saturating_sub(reach)..at.saturating_add(reach + 1);
    let is_hedge = |token: &Token| {
        HEDGES.contains(&token.bare().as_str()) || matches!(token.text.as_str(), "→" | "->" | "=>" | "⇒")
    };
    let is_denial = |token: &Token| DENIALS.contains(&token.bare().as_str());
    let within = |range: std::ops::Range<usize>| range.filter_map(|index| sentence.get(index));
    within(near(REACH)).any(is_hedge) || within(at.saturating_sub(DENIAL_REACH)..at).any(is_denial)
}

/// Whether a lead only introduces, and says nothing of its own.
pub(super) fn is_label(lead: &[Token]) -> bool {
    lead.len() <= LEAD_MAX
}

/// Whether what a statement introduces is only mentioned: "Removed:".
pub(super) fn hedging_lead(lead: &[Token]) -> bool {
    is_label(lead) && (0..lead.len()).any(|at| hedged(lead, at))
}

/// Whether a sentence says that something is not there, or not yet: all that keeps a path from being claimed, since a
/// path of either side is one.
pub(super) fn denied(sentence: &[Token]) -> bool {
    const WORDS: &[&str] = &[
        "absent",
        "created",
        "creates",
        "doesn't",
        "eventually",
        "example",
        "e.g",
        "follow-up",
        "future",
        "gitignored",
        "generated",
        "generates",
        "ignored",
        "instead",
        "later",
        "lacks",
        "local",
        "locally",
        "missing",
        "never",
        "no",
        "nonexistent",
        "not",
        "old",
        "planned",
        "proposed",
        "upstream",
        "will",
        "without",
        "would",
    ];
    sentence.iter().any(|token| WORDS.contains(&token.bare().as_str()))
}

/// Whether a slot of this title tells of what is no longer there.
pub(super) fn is_about_removal(title: &str) -> bool {
    crate::words::words(title).iter().any(|word| matches!(word.as_str(), "removal" | "removals" | "removed"))
}

/// Whether a slot of this title tells of something else than the change.
pub(super) fn is_aside(title: &str) -> bool {
    crate::words::words(title).iter().any(|word| ASIDE.contains(&word.as_str()))
}
