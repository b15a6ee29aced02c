//! How much a text may cost.

/// The most that is read. A text that needs more is refused with an error that names the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one text.
    pub input_bytes_max: usize,
    /// Nodes of one text, those copied by aliases included.
    pub nodes_max: usize,
    /// Nodes of one text that are copies made by aliases and merge keys.
    pub alias_nodes_max: usize,
    /// Bytes of text that are copies made by aliases and merge keys.
    pub alias_bytes_max: usize,
    /// Collections inside each other. At most 512 whatever is asked: comparing and writing recurse.
    pub depth_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes_max: 64 << 20,
            nodes_max: 1_000_000,
            alias_nodes_max: 1_000_000,
            alias_bytes_max: 64 << 20,
            depth_max: 512,
        }
    }
}
