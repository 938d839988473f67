//! The units of the package: that systemd understands them, and how little each of them may do.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::children::bound;
use crate::steps::{Show, Steps};

/// Units with a limit on what `systemd-analyze security` finds exposed, in tenths of its points: 100 is everything. A score is
/// no proof; `cargo xtask test --appliance` boots them.
const EXPOSED: &[(&str, u32)] = &[
    ("vcconnect.service", 13),
    ("vcconnect-db.service", 5),
    ("vcconnect-read@.service", 5),
    ("vcconnect-judge@.service", 5),
    ("vcconnect-render@.service", 5),
    ("vcconnect-backup.service", 15),
    ("vcconnect-backup-asked.service", 15),
    ("vcconnect-tls.service", 17),
];

/// Installing packages is what they are for.
const FREE: &[&str] = &["vcconnect-update.service", "vcconnect-update-resume.service"];

/// What the units start is not on this machine.
const PROGRAM: &str = "/usr/bin/vcconnect";
/// The program that an update which was cut off is brought to an end with.
const RUNNER: &str = "/var/lib/vcconnect-update/runner";
const IN_ITS_PLACE: &str = "/bin/true";

/// Fails unless each unit is understood without a complaint and is walled in as far as was promised.
pub fn check(steps: &mut Steps) -> Result<()> {
    let folder = steps.workshop().root.join("systemd");
    let units = units(&folder)?;
    every_service_has_a_limit(&units)?;
    let copies = tempfile::tempdir()?;
    for unit in &units {
        let text = fs::read_to_string(folder.join(unit)).with_context(|| unit.clone())?;
        let text = text.replace(PROGRAM, IN_ITS_PLACE).replace(RUNNER, IN_ITS_PLACE);
        // A template is there for its socket, and is looked at as one of its instances.
        fs::write(copies.path().join(unit), &text)?;
        fs::write(copies.path().join(unit.replace("@.", "@1.")), text)?;
    }
    let names = units.iter().map(|unit| format!("./{}", unit.replace("@.", "@1.")));
    let mut verify = bound("systemd-analyze");
    verify.args(["verify", "--man=no", "--recursive-errors=one"]).args(names).current_dir(copies.path());
    steps.run("units: systemd understands them", Show::Failure, &mut verify)?;
    for (unit, limit) in EXPOSED {
        let mut security = bound("systemd-analyze");
        security.args(["security", "--offline=true", "--no-pager", &format!("--threshold={limit}"), unit]);
        let name = format!("units: exposure of {unit} at most {}.{}", limit / 10, limit % 10);
        steps.run(&name, Show::Failure, security.current_dir(&folder))?;
    }
    Ok(())
}

fn units(folder: &Path) -> Result<Vec<String>> {
    let mut units = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".conf") {
            units.push(name);
        }
    }
    units.sort();
    Ok(units)
}

fn every_service_has_a_limit(units: &[String]) -> Result<()> {
    for unit in units.iter().filter(|unit| unit.ends_with(".service")) {
        if !FREE.contains(&unit.as_str()) && !EXPOSED.iter().any(|(name, _)| name == unit) {
            bail!("{unit} has no limit of exposure in xtask/src/units.rs");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_without_a_limit_is_refused() {
        let units = |name: &str| vec!["vcconnect.socket".to_owned(), name.to_owned()];
        assert!(every_service_has_a_limit(&units("vcconnect.service")).is_ok());
        assert!(every_service_has_a_limit(&units("vcconnect-new.service")).is_err());
    }

    #[test]
    fn the_limits_are_of_units_that_there_are() {
        let found = units(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../systemd")).unwrap();
        for (unit, _) in EXPOSED {
            assert!(found.iter().any(|name| name == unit), "{unit}");
        }
    }
}
