//! The `orch` binary: everything happens in the library.

fn main() -> std::process::ExitCode {
    orch::cli::main()
}
