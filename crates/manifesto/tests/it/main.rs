//! Integration tests of the binary and of the whole workspace.
