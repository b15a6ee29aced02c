//! Any bytes as a kustomization and its files, built.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| manifesto_kustomize::fuzz(bytes));
