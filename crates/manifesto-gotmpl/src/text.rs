//! Go strings: immutable bytes, cheap to share, not necessarily UTF-8.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::meter::Charge;
use crate::placeholder::TaintId;

/// A Go string. Cloning shares the bytes.
#[derive(Clone, Default)]
pub struct Str(Arc<StrData>);

#[derive(Default)]
struct StrData {
    bytes: Vec<u8>,
    /// What this string costs of the memory budget while it lives.
    charge: Option<Charge>,
    /// The placeholder that is somewhere in this string.
    taint: Option<TaintId>,
}

impl Str {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The text, with U+FFFD for what is not UTF-8.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0.bytes)
    }

    /// The placeholder that is somewhere in this string, if any.
    pub fn taint(&self) -> Option<TaintId> {
        self.0.taint
    }

    /// Other bytes in place of these, that hold the same placeholder.
    #[must_use]
    pub fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        Self::tainted(bytes, self.taint())
    }

    /// The same bytes, known to hold a placeholder.
    pub(crate) fn tainted(bytes: Vec<u8>, taint: Option<TaintId>) -> Self {
        Self(Arc::new(StrData { bytes, charge: None, taint }))
    }

    /// Notes what a fresh string costs; a string that is shared already was counted where it was made.
    pub(crate) fn charge(&mut self, charge: impl FnOnce() -> Charge) {
        if let Some(data) = Arc::get_mut(&mut self.0)
            && data.charge.is_none()
        {
            data.charge = Some(charge());
        }
    }
}

impl Deref for Str {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl std::hash::Hash for Str {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Self::tainted(bytes, None)
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Self::from(bytes.to_vec())
    }
}
