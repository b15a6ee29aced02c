//! Contents of files, named by what they hold.

use std::fmt;
use std::sync::Arc;

/// The name of some content: git's object id, or any hash that differs when the content does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub [u8; 20]);

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Where contents are read from. The only door between the core and the world.
pub trait Blobs: Send + Sync + fmt::Debug {
    /// The content named `id`.
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError>;
}

/// Why a file that the tree lists cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The object is not in this clone (shallow, partial or damaged).
    Missing(BlobId),
    /// The file is larger than Manifesto reads.
    TooLarge {
        /// Its size.
        size_bytes: u64,
        /// The most that is read.
        limit_bytes: u64,
    },
    /// The object store failed.
    Broken(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(id) => write!(f, "object {id} is not in this clone"),
            Self::TooLarge { size_bytes, limit_bytes } => {
                write!(f, "the file has {size_bytes} bytes, more than the {limit_bytes} that are read")
            }
            Self::Broken(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ReadError {}
