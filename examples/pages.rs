//! Writes the manual pages and the completions of shells into a folder: `cargo run --example pages -- DIR`. They are made
//! from the commands themselves, so that neither can say something else.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap_complete::{Shell, generate_to};
use vcconnect::commands::Cli;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| std::io::Error::other("say a folder"))?;
    pages(&folder.join("man"))?;
    completions(&folder.join("completions"))
}

/// A page for the program and one for each of its verbs, as `git` has them.
fn pages(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)
}

fn completions(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut Cli::command(), "vcconnect", folder)?;
    }
    Ok(())
}
