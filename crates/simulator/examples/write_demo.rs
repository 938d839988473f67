//! Writes the demo data room into the folder that is its one argument. `cargo xtask demo` calls it with `demo/`.

use std::env;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).ok_or("Name the folder for the demo data room.")?;
    simulator::write_demo(Path::new(&folder))?;
    Ok(())
}
