//! The rules that a text can break. Each has a page beside this file.

use manifesto_evidence::{Level, Rule};

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $level:ident, $summary:literal;)*) => {
        $($(#[$doc])* pub static $name: Rule = Rule {
            id: $id,
            level: Level::$level,
            summary: $summary,
            page: include_str!(concat!($id, ".md")),
        };)*

        /// Every rule, in the order of the ids.
        pub static RULES: &[&Rule] = &[$(&$name,)*];
    };
}

rules! {
    /// A ticked box that evidence denies.
    BOX_FALSE = "box/false", Error, "A ticked box says nothing that the change denies.";
    /// Boxes that exclude each other.
    BOX_GROUP = "box/group", Error, "Of boxes that exclude each other, one is ticked.";
    /// An open box that evidence affirms.
    BOX_UNDISCLOSED = "box/undisclosed", Warning, "A box is ticked when the change does what it asks about.";
    /// A text that follows no template.
    DOC_NO_TEMPLATE = "doc/no-template", Warning, "The text follows one of the repository's templates.";
    /// A template's placeholder in the text.
    DOC_PLACEHOLDER_LEFT = "doc/placeholder-left", Warning, "Nothing is left of what the template shows as an example.";
    /// A text that the forge does not take.
    DOC_TOO_LONG = "doc/too-long", Error, "The text is short enough for the forge.";
    /// A comment that hides the rest of the text.
    DOC_UNCLOSED_COMMENT = "doc/unclosed-comment", Error, "Every comment ends.";
}
