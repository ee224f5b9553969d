//! Starts the command line.

use std::process::ExitCode;

/// A message, a page and a delivery are many small pieces of memory: the C library's allocator takes a sixth of
/// the time here, this one half of that (benches/README.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    parvis::cli::main()
}
