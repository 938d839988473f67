//! Bytes to Document: every reader of files, run in a confined child process.
