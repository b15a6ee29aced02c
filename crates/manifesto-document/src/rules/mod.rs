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
    /// Something that the text denies and the change does.
    CLAIM_ABSENCE = "claim/absence", Error, "What the text says is not there is not there.";
    /// An enumeration that names what the change leaves alone.
    CLAIM_COMPONENT = "claim/component", Error, "An enumeration names what the change touches.";
    /// A published name that nothing has.
    CLAIM_HOST = "claim/host", Error, "A hostname of the text is one that something publishes.";
    /// A time between refreshes that the manifests do not have.
    CLAIM_INTERVAL = "claim/interval", Error, "An interval of the text is the manifest's.";
    /// A namespace that nothing is in.
    CLAIM_NAMESPACE = "claim/namespace", Error, "A namespace of the text is one that something is in.";
    /// An object that does not exist.
    CLAIM_OBJECT = "claim/object", Error, "An object of the text is there.";
    /// A path that does not exist.
    CLAIM_PATH = "claim/path", Error, "A path of the text is one of the repository.";
    /// A port that something does not have.
    CLAIM_PORT = "claim/port", Error, "A port of the text is one of what it is said of.";
    /// An amount that the manifests do not have.
    CLAIM_QUANTITY = "claim/quantity", Error, "An amount of the text is the manifest's.";
    /// A secret's path or key that nothing reads.
    CLAIM_SECRET = "claim/secret", Error, "A secret's path and keys are those that something reads.";
    /// A version that something does not have.
    CLAIM_VERSION = "claim/version", Error, "A version of the text is the manifest's.";
    /// A command that cannot work.
    CMD_SYNTAX = "cmd/syntax", Warning, "A command of the text is one that its program understands.";
    /// A command on something that does not exist.
    CMD_TARGET = "cmd/target", Warning, "A command of the text works on something that is there.";
    /// A waiver that accepts nothing.
    CONFIG_UNMATCHED = "config/unmatched", Warning, "A waiver accepts a finding.";
    /// A text that follows no template.
    DOC_NO_TEMPLATE = "doc/no-template", Warning, "The text follows one of the repository's templates.";
    /// A template's placeholder in the text.
    DOC_PLACEHOLDER_LEFT = "doc/placeholder-left", Warning, "Nothing is left of what the template shows as an example.";
    /// A text that the forge does not take.
    DOC_TOO_LONG = "doc/too-long", Error, "The text is short enough for the forge.";
    /// A comment that hides the rest of the text.
    DOC_UNCLOSED_COMMENT = "doc/unclosed-comment", Error, "Every comment ends.";
    /// A way back that loses data.
    ROLLBACK_DATA_LOSS = "rollback/data-loss", Error, "The way back loses no data, or says that it does.";
    /// A way back that is undone.
    ROLLBACK_SELF_HEAL = "rollback/self-heal", Warning, "The way back is not undone by what watches the repository.";
}
