//! Contents from git's object store.

use std::sync::Arc;

use gix::objs::Kind;
use manifesto_tree::{BlobId, Blobs, ReadError};

use crate::handles::{Handles, reason};

/// The largest object that is read: no manifest, chart or template is near it, and each reader holds one at a time.
pub(crate) const OBJECT_BYTES_MAX: u64 = 64 << 20;

/// The objects of a repository, read on demand.
#[derive(Debug)]
pub(crate) struct GitBlobs(pub(crate) Arc<Handles>);

impl Blobs for GitBlobs {
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError> {
        self.0
            .with(|repository| Ok(Arc::from(object(repository, object_id(id), Kind::Blob)?.data.as_slice())))
    }
}

/// The object `id` of kind `kind`. Its size is asked for first: an object that is too large is never unpacked.
pub(crate) fn object(
    repository: &gix::Repository,
    id: gix::ObjectId,
    kind: Kind,
) -> Result<gix::Object<'_>, ReadError> {
    let header = repository.try_find_header(id).map_err(|error| ReadError::Broken(reason(&error)))?;
    let header = header.ok_or(ReadError::Missing(blob_id(&id)))?;
    if header.kind() != kind {
        return Err(ReadError::Broken(format!("object {id} is a {}, not a {kind}", header.kind())));
    }
    if header.size() > OBJECT_BYTES_MAX {
        return Err(ReadError::TooLarge { size_bytes: header.size(), limit_bytes: OBJECT_BYTES_MAX });
    }
    repository.find_object(id).map_err(|error| ReadError::Broken(reason(&error)))
}

/// The name of an object as the rest of Manifesto knows it. Repositories of other hashes are not opened.
pub(crate) fn blob_id(id: &gix::oid) -> BlobId {
    let mut bytes = [0; 20];
    for (byte, source) in bytes.iter_mut().zip(id.as_bytes()) {
        *byte = *source;
    }
    BlobId(bytes)
}

/// The name of an object as gix knows it.
pub(crate) fn object_id(id: &BlobId) -> gix::ObjectId {
    gix::ObjectId::Sha1(id.0)
}
