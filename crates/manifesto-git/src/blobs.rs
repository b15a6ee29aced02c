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

/// The object `id` of kind `kind`. The size of a file is asked for first, so that one that is too large is never
/// unpacked. That of a commit or a directory is bounded well enough by what gix allocates, and asking costs as much as
/// reading.
pub(crate) fn object(
    repository: &gix::Repository,
    id: gix::ObjectId,
    kind: Kind,
) -> Result<gix::Object<'_>, ReadError> {
    let broken = |error: gix::Error| ReadError::Broken(reason(&error));
    let missing = || ReadError::Missing(blob_id(&id));
    if kind == Kind::Blob {
        let header = repository.try_find_header(id).map_err(broken)?.ok_or_else(missing)?;
        check_size(header.size())?;
    }
    let object = repository.try_find_object(id).map_err(broken)?.ok_or_else(missing)?;
    if object.kind != kind {
        return Err(ReadError::Broken(format!("object {id} is a {}, not a {kind}", object.kind)));
    }
    check_size(object.data.len() as u64)?;
    Ok(object)
}

fn check_size(size_bytes: u64) -> Result<(), ReadError> {
    if size_bytes > OBJECT_BYTES_MAX {
        return Err(ReadError::TooLarge { size_bytes, limit_bytes: OBJECT_BYTES_MAX });
    }
    Ok(())
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
