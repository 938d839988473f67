//! Whether a release may follow the one that runs here, as a sentence.

use semver::Version;

use crate::manifest::{Manifest, PRODUCT};

/// The machine, as far as a release cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// The version that runs.
    pub version: Version,
    /// Major version of Debian; unknown on another distribution.
    pub debian: Option<u32>,
    /// As `dpkg --print-architecture` calls it.
    pub architecture: String,
    /// Major version of the private PostgreSQL, once there is one.
    pub postgres: Option<u32>,
}

/// Why a release is not for here. What was found is safe to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Of something else.
    #[error("this is a bundle of another product; nothing was changed")]
    OtherProduct,
    /// What runs is as new.
    #[error("version {0} runs already; nothing was changed")]
    Same(Version),
    /// What runs is newer: an old bundle must not bring mended faults back.
    #[error(
        "version {offered} is older than {running}, which runs; nothing was changed: to go back to the version before, use \
         `vcconnect update rollback`"
    )]
    Older {
        /// What the bundle brings.
        offered: Version,
        /// What runs.
        running: Version,
    },
    /// A step was left out.
    #[error(
        "version {offered} can follow {min_from} and newer, and {running} runs; nothing was changed: install {min_from} first"
    )]
    TooFar {
        /// What the bundle brings.
        offered: Version,
        /// The oldest that it follows.
        min_from: Version,
        /// What runs.
        running: Version,
    },
    /// Made for other releases of the distribution.
    #[error("this bundle is for Debian {wants}, and this machine is {found}; nothing was changed")]
    OtherDebian {
        /// Those that it is for.
        wants: String,
        /// This one.
        found: String,
    },
    /// Made for other processors.
    #[error("this bundle is for {wants}, and this machine is {found}; nothing was changed")]
    OtherArchitecture {
        /// That it is for.
        wants: String,
        /// This one.
        found: String,
    },
    /// It does not work with the database that is here.
    #[error("version {version} works with PostgreSQL {wants}, and the database here is {found}; nothing was changed")]
    OtherPostgres {
        /// What the bundle brings.
        version: Version,
        /// Those that it works with.
        wants: String,
        /// The one here.
        found: u32,
    },
}

impl Manifest {
    /// Says whether this release may follow the one that runs here.
    pub fn judge(&self, here: &Here) -> Result<(), Refusal> {
        if self.product != PRODUCT {
            return Err(Refusal::OtherProduct);
        }
        self.judge_version(&here.version)?;
        if !here.debian.is_some_and(|found| self.debian.contains(&found)) {
            let found = here.debian.map_or_else(|| "not Debian".to_owned(), |found| format!("Debian {found}"));
            return Err(Refusal::OtherDebian { wants: any_of(&self.debian), found });
        }
        if self.architecture != here.architecture {
            let (wants, found) = (shown(&self.architecture), here.architecture.clone());
            return Err(Refusal::OtherArchitecture { wants, found });
        }
        match here.postgres {
            Some(found) if !self.postgres.contains(&found) => {
                Err(Refusal::OtherPostgres { version: self.version.clone(), wants: any_of(&self.postgres), found })
            }
            _ => Ok(()),
        }
    }

    /// Build metadata does not make a version newer.
    fn judge_version(&self, running: &Version) -> Result<(), Refusal> {
        let (offered, running) = (self.version.clone(), running.clone());
        match offered.cmp_precedence(&running) {
            std::cmp::Ordering::Equal => Err(Refusal::Same(running)),
            std::cmp::Ordering::Less => Err(Refusal::Older { offered, running }),
            std::cmp::Ordering::Greater if running.cmp_precedence(&self.min_from).is_lt() => {
                Err(Refusal::TooFar { offered, min_from: self.min_from.clone(), running })
            }
            std::cmp::Ordering::Greater => Ok(()),
        }
    }
}

fn any_of(versions: &[u32]) -> String {
    versions.iter().map(u32::to_string).collect::<Vec<_>>().join(" or ")
}

/// It is signed, and a sentence all the same shows plain words only.
fn shown(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
}
