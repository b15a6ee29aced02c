//! Any bytes as a template, a text and evidence: drafted, drafted again, and checked.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| manifesto_document::fuzz(bytes));
