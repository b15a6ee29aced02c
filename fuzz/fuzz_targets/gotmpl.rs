//! Any bytes as a template, executed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| manifesto_gotmpl::fuzz(bytes));
