//! What a render has used of its budgets, and what may still be used.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most that one [`crate::Executor`] may use. The defaults are far above what published charts need and end every
/// hostile one within two seconds and 512 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Units of work: a node walked, a value looked at, a few hundred bytes moved.
    pub steps: u64,
    /// Bytes in all output buffers together.
    pub output_bytes: u64,
    /// Bytes of strings, lists and maps alive at once that functions made.
    pub alive_bytes: u64,
    /// Templates executing inside each other. Helm's own limit for `include` is 1000 for each name.
    pub template_depth: u32,
    /// Blocks, parentheses and calls executing inside each other.
    pub nesting: u32,
    /// Lists and maps inside each other, where they are printed, copied, compared or encoded.
    pub value_depth: u32,
    /// Bytes of one template source.
    pub source_bytes: usize,
    /// Bytes of a compiled regular expression.
    pub regex_bytes: usize,
    /// Runs of a deliberately slow function (key derivation).
    pub crypto_runs: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 50_000_000,
            output_bytes: 64 << 20,
            alive_bytes: 64 << 20,
            template_depth: 2000,
            nesting: 20_000,
            value_depth: 10_000,
            source_bytes: 64 << 20,
            regex_bytes: 1 << 20,
            crypto_runs: 8,
        }
    }
}

/// A budget that can run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Budget {
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::output_bytes`].
    Output,
    /// [`Limits::alive_bytes`].
    Memory,
    /// [`Limits::template_depth`].
    TemplateDepth,
    /// [`Limits::nesting`].
    Nesting,
    /// [`Limits::value_depth`].
    ValueDepth,
    /// [`Limits::source_bytes`].
    Source,
    /// [`Limits::regex_bytes`].
    Regex,
    /// [`Limits::crypto_runs`].
    Crypto,
}

impl Budget {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Output => "output bytes",
            Self::Memory => "memory",
            Self::TemplateDepth => "template depth",
            Self::Nesting => "nesting",
            Self::ValueDepth => "depth of a value",
            Self::Source => "source bytes",
            Self::Regex => "size of a regular expression",
            Self::Crypto => "key derivations",
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "budget exceeded: {}", self.name())
    }
}

/// Counts what one render uses.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    steps: u64,
    buffered: u64,
    crypto_runs: u32,
    alive: Arc<AtomicU64>,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, steps: 0, buffered: 0, crypto_runs: 0, alive: Arc::default() }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn step(&mut self, count: u64) -> Result<(), Budget> {
        self.steps = self.steps.saturating_add(count);
        if self.steps > self.limits.steps { Err(Budget::Steps) } else { Ok(()) }
    }

    /// Work over `bytes` bytes.
    pub(crate) fn pass_over(&mut self, bytes: usize) -> Result<(), Budget> {
        self.step(bytes as u64 >> 8)
    }

    /// Output grows by `bytes`.
    pub(crate) fn buffer(&mut self, bytes: usize) -> Result<(), Budget> {
        self.buffered = self.buffered.saturating_add(bytes as u64);
        if self.buffered > self.limits.output_bytes { Err(Budget::Output) } else { Ok(()) }
    }

    /// A buffer of `bytes` is handed over.
    pub(crate) fn release_buffer(&mut self, bytes: usize) {
        self.buffered = self.buffered.saturating_sub(bytes as u64);
    }

    pub(crate) fn crypto_run(&mut self) -> Result<(), Budget> {
        self.crypto_runs += 1;
        if self.crypto_runs > self.limits.crypto_runs { Err(Budget::Crypto) } else { Ok(()) }
    }

    /// Whether `bytes` more may be made; asked before a function makes much out of little.
    pub(crate) fn reserve(&mut self, bytes: u64) -> Result<(), Budget> {
        if self.alive.load(Ordering::Relaxed).saturating_add(bytes) > self.limits.alive_bytes {
            return Err(Budget::Memory);
        }
        self.step(bytes >> 8)
    }

    /// Whether `bytes` more than what is alive would still be allowed.
    pub(crate) fn fits(&self, bytes: usize) -> Result<(), Budget> {
        let alive = self.alive.load(Ordering::Relaxed);
        if alive.saturating_add(bytes as u64) > self.limits.alive_bytes {
            Err(Budget::Memory)
        } else {
            Ok(())
        }
    }

    pub(crate) fn charge(&self, bytes: u64) -> Charge {
        self.alive.fetch_add(bytes, Ordering::Relaxed);
        Charge { alive: Arc::clone(&self.alive), bytes }
    }

    pub(crate) fn check_alive(&self) -> Result<(), Budget> {
        if self.alive.load(Ordering::Relaxed) > self.limits.alive_bytes {
            Err(Budget::Memory)
        } else {
            Ok(())
        }
    }
}

/// Bytes that count as alive until this is dropped.
pub(crate) struct Charge {
    alive: Arc<AtomicU64>,
    bytes: u64,
}

impl Charge {
    /// The charged thing has grown.
    pub(crate) fn grow(&mut self, bytes: u64) {
        self.alive.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.alive.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A guess at what an entry of a map costs, with its share of the tree.
pub(crate) const ENTRY_COST: u64 = 96;
