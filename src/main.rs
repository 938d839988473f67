//! The one program: server, database launcher, migrations and the admin's commands.

use std::process::ExitCode;

use vcconnect::commands::Cli;

fn main() -> ExitCode {
    Cli::typed().run()
}
