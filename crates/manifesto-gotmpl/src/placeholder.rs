//! Stable texts in the place of what is random, of the clock or of the environment.
//!
//! A placeholder has the shape of the real thing and is made from where it was asked for: the template, the expression
//! and how often that was asked before. So the same template gives the same text, another gives another, and a change
//! elsewhere in the file changes nothing.

use sha2::{Digest as _, Sha256};

use crate::text::Str;

/// A placeholder, by its place in [`Placeholders::taints`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaintId(u32);

impl TaintId {
    /// The place in [`Placeholders::taints`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One call whose result cannot be known before the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taint {
    /// The function that was called.
    pub function: &'static str,
    /// The template that called it.
    pub template: String,
    /// The expression, as Go prints it.
    pub expression: String,
    /// What about the result cannot be known.
    pub kind: TaintKind,
}

/// What cannot be known about a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaintKind {
    /// Its value: a placeholder stands for it.
    Value,
    /// Its order: the reference's is random, ours is sorted.
    Order,
}

/// The placeholders of a render.
#[derive(Debug, Default)]
pub struct Placeholders {
    taints: Vec<Taint>,
    /// Texts that stand for something unknown; those derived from a placeholder name the same one.
    texts: Vec<(Str, TaintId)>,
}

/// Shorter texts occur by chance.
const FOUND_BYTES_MIN: usize = 8;
/// So many derived texts are kept.
const TEXTS_MAX: usize = 10_000;

impl Placeholders {
    /// All calls whose results cannot be known, in order.
    pub fn taints(&self) -> &[Taint] {
        &self.taints
    }

    /// The taint of an id.
    pub fn get(&self, id: TaintId) -> Option<&Taint> {
        self.taints.get(id.0 as usize)
    }

    /// Where placeholders, or what functions made of them, stand in a text: start, end and which. Sorted by start.
    pub fn find_in(&self, text: &[u8]) -> Vec<(usize, usize, TaintId)> {
        let mut found = Vec::new();
        for (wanted, id) in self.texts.iter().filter(|(wanted, _)| wanted.len() >= FOUND_BYTES_MIN) {
            // Certificates are indented by most templates: their first line tells them.
            let line = wanted
                .split(|&byte| byte == b'\n')
                .find(|line| !line.is_empty() && !line.starts_with(b"-----"));
            let line = line.unwrap_or(wanted);
            for start in memchr::memmem::find_iter(text, line) {
                found.push((start, start + line.len(), *id));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(crate) fn add(&mut self, taint: Taint) -> TaintId {
        let id = TaintId(crate::ast::index(self.taints.len()));
        self.taints.push(taint);
        id
    }

    pub(crate) fn is_full(&self) -> bool {
        self.taints.len() >= TEXTS_MAX
    }

    pub(crate) fn note(&mut self, text: &Str, id: TaintId) {
        if self.texts.len() < TEXTS_MAX {
            self.texts.push((text.clone(), id));
        }
    }

    /// A function made `text` of a placeholder. When the placeholder still stands in it, nothing new is to be known.
    pub(crate) fn derived(&mut self, id: TaintId, text: &Str) {
        let known = |(known, of): &(Str, TaintId)| *of == id && memchr::memmem::find(text, known).is_some();
        if text.len() <= 4096 && !self.texts.iter().any(known) {
            self.note(text, id);
        }
    }

    /// How often an expression of a template was asked before.
    pub(crate) fn occurrence(&self, template: &str, expression: &str) -> usize {
        self.taints
            .iter()
            .filter(|known| known.template == template && known.expression == expression)
            .count()
    }
}

/// Endless bytes that depend on nothing but a seed.
#[derive(Debug)]
pub struct Stream {
    seed: [u8; 32],
    block: [u8; 32],
    used: usize,
    count: u64,
}

impl Stream {
    pub(crate) fn new(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self { seed: hash.finalize().into(), block: [0; 32], used: 32, count: 0 }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        if self.used >= self.block.len() {
            let block = Sha256::new().chain_update(self.seed).chain_update(self.count.to_le_bytes());
            self.block = block.finalize().into();
            (self.used, self.count) = (0, self.count + 1);
        }
        let byte = self.block.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        byte
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let mut number = 0;
        for _ in 0..8 {
            number = number << 8 | u64::from(self.byte());
        }
        number % bound.max(1)
    }

    /// One of `alphabet`.
    pub(crate) fn pick(&mut self, alphabet: &[u8]) -> u8 {
        let index = usize::try_from(self.below(alphabet.len() as u64)).unwrap_or(0);
        alphabet.get(index).copied().unwrap_or(b'0')
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }
}
