//! Any bytes are read in both dialects and as JSON, written in all ways, and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| manifesto_yaml::round_trip::check(bytes));
