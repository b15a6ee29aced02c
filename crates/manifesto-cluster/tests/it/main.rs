//! Comparisons with upstream projects, on their own data.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these are tests, and say what they skip and count"
)]

mod netpol_analyzer;
mod openbao;
mod pod_security;
