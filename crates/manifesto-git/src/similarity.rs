//! How much of one file is in another, in git's measure.

/// The score of identical files (git, `diffcore.h`, `MAX_SCORE`).
pub(crate) const SCORE_MAX: u64 = 60_000;

/// How far git looks for a NUL to tell that a file is not text (git, `xdiff-interface.c`).
const TEXT_PROBE_BYTES: usize = 8000;

/// The longest chunk: a line, or so much of one (git, `diffcore-delta.c`).
const CHUNK_BYTES_MAX: u32 = 64;

/// The number of names that git has for chunks (git, `diffcore-delta.c`, `HASHBASE`). Different chunks share one now
/// and then, which raises the score of long files by percents; so the names must be git's for the score to be.
const CHUNK_NAMES: u32 = 107_927;

/// A file as a bag of chunks: which there are, and how many bytes each accounts for.
#[derive(Debug)]
pub(crate) struct Fingerprint {
    size_bytes: u64,
    /// Name and bytes, sorted by name, no name twice.
    chunks: Vec<(u32, u32)>,
}

impl Fingerprint {
    pub(crate) fn of(content: &[u8]) -> Self {
        let is_text = !content.iter().take(TEXT_PROBE_BYTES).any(|byte| *byte == 0);
        let mut chunks = Vec::new();
        let mut chunk = Chunk::default();
        let mut bytes = content.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            // Files that differ in line endings only are the same file.
            if is_text && byte == b'\r' && bytes.peek() == Some(&b'\n') {
                continue;
            }
            chunk.push(byte);
            if byte == b'\n' || chunk.bytes == CHUNK_BYTES_MAX {
                chunks.push(std::mem::take(&mut chunk).finish());
            }
        }
        // Since git 2.44, what follows the last line ending counts too.
        if chunk.bytes > 0 {
            chunks.push(chunk.finish());
        }
        Self { size_bytes: content.len() as u64, chunks: merge(chunks) }
    }

    /// The number of different chunks: what a comparison costs.
    pub(crate) fn chunk_count(&self) -> u64 {
        self.chunks.len() as u64
    }

    /// How much of `self` is in `head`, up to [`SCORE_MAX`]; 0 when their sizes alone rule `score_min` out.
    pub(crate) fn score(&self, head: &Self, score_min: u64) -> u64 {
        let larger = self.size_bytes.max(head.size_bytes);
        let smaller = self.size_bytes.min(head.size_bytes);
        if smaller == 0 || larger * (SCORE_MAX - score_min) < (larger - smaller) * SCORE_MAX {
            return 0;
        }
        self.common_bytes(head) * SCORE_MAX / larger
    }

    fn common_bytes(&self, head: &Self) -> u64 {
        let mut theirs = head.chunks.iter().peekable();
        let mut common = 0;
        for (name, bytes) in &self.chunks {
            while theirs.next_if(|(other, _)| other < name).is_some() {}
            if let Some((_, other_bytes)) = theirs.next_if(|(other, _)| other == name) {
                common += u64::from(*bytes.min(other_bytes));
            }
        }
        common
    }
}

/// Sorts by name and adds up the bytes of each.
fn merge(mut chunks: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    chunks.sort_unstable_by_key(|(name, _)| *name);
    chunks.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = kept.1.saturating_add(later.1);
        }
        same
    });
    chunks.shrink_to_fit();
    chunks
}

/// The name of a chunk while its bytes come in: 64 bits in two halves, shifted by seven and crossed over for each.
#[derive(Debug, Default)]
struct Chunk {
    low: u32,
    high: u32,
    bytes: u32,
}

impl Chunk {
    fn push(&mut self, byte: u8) {
        let low = (self.low << 7) ^ (self.high >> 25);
        self.high = (self.high << 7) ^ (self.low >> 25);
        self.low = low.wrapping_add(u32::from(byte));
        self.bytes += 1;
    }

    fn finish(self) -> (u32, u32) {
        (self.low.wrapping_add(self.high.wrapping_mul(0x61)) % CHUNK_NAMES, self.bytes)
    }
}
