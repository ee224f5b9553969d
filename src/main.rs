//! Starts the command line.

use std::process::ExitCode;

/// Also that of the C code, SQLite's above all. A message, a page and a delivery are many small pieces of memory
/// (benches/README.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    parvis::cli::main()
}
