//! `cargo xtask bundle`: an update bundle of a package, signed by a release key; and new keys. docs/updates.md says who
//! keeps them.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use toml::Table;
use update::{Bundle, FORMAT, Manifest, NamedFile, PRODUCT, ReleaseKey, Role, Version, pack};

use crate::workshop::Workshop;

/// What to make.
#[derive(clap::Args)]
#[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The package of the release
    #[arg(long, required = true)]
    deb: Option<PathBuf>,
    /// File of the key that signs
    #[arg(long, required = true)]
    key: Option<PathBuf>,
    /// The bundle, as in vcconnect-0.2.0.vccu
    #[arg(short, long, required = true)]
    output: Option<PathBuf>,
    /// A package that it needs, for machines that reach no archive; may be given again
    #[arg(long)]
    dependency: Vec<PathBuf>,
    /// The oldest version that the release can follow; the one before it in the same series unless said
    #[arg(long)]
    min_from: Option<Version>,
    /// The newest migration that that version knows, as in 20261123000007; all of them unless said
    #[arg(long)]
    since: Option<String>,
    /// Major versions of Debian
    #[arg(long, value_delimiter = ',', default_value = "12,13")]
    debian: Vec<u32>,
    /// Major versions of PostgreSQL
    #[arg(long, value_delimiter = ',', default_value = "15,16,17")]
    postgres: Vec<u32>,
    /// File with what people should know before they install it
    #[arg(long)]
    notes: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a release key and print its public half
    Keygen {
        /// The key's file, which must not be there
        #[arg(short, long)]
        output: PathBuf,
    },
}

/// Makes it.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    match (&options.verb, &options.deb, &options.key, &options.output) {
        (Some(Verb::Keygen { output }), ..) => keygen(output),
        (None, Some(deb), Some(key), Some(output)) => bundle(workshop, options, deb, key, output),
        _ => bail!("--deb, --key and --output belong together"),
    }
}

fn keygen(path: &Path) -> Result<()> {
    let key = ReleaseKey::generate().context("the system gave no randomness")?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file = file.as_mut().map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    file.write_all(key.text().as_bytes())?;
    file.sync_all()?;
    println!("Its public half, for crates/update/keys/trusted-keys:\n{}", key.public().as_str());
    Ok(())
}

fn bundle(workshop: &Workshop, options: &Options, deb: &Path, key: &Path, output: &Path) -> Result<()> {
    let key = read_key(key)?;
    let paths: Vec<(Role, &Path)> = std::iter::once((Role::Package, deb))
        .chain(options.dependency.iter().map(|path| (Role::Dependency, path.as_path())))
        .collect();
    let version = version_of(deb)?;
    let declared = declared(workshop)?;
    let new = |migration: &&(String, bool)| options.since.as_ref().is_some_and(|since| migration.0 > *since);
    let manifest = Manifest {
        format: FORMAT,
        product: PRODUCT.to_owned(),
        min_from: options.min_from.clone().unwrap_or_else(|| series_of(&version)),
        version,
        expand_only: declared.iter().filter(new).all(|(_, older_programs_run)| *older_programs_run),
        migrations: declared.into_iter().map(|(version, _)| version).collect(),
        debian: options.debian.clone(),
        architecture: field(deb, "Architecture")?,
        postgres: options.postgres.clone(),
        made_at: std::time::SystemTime::now().into(),
        notes: options.notes.as_ref().map(fs::read_to_string).transpose()?.unwrap_or_default(),
        files: paths.iter().map(|(role, path)| named(*role, path)).collect::<Result<_>>()?,
    };
    let files: Vec<File> = paths.iter().map(|(_, path)| File::open(path)).collect::<std::io::Result<_>>()?;
    let part = output.with_extension("vccu.part");
    pack(BufWriter::new(File::create(&part)?), &manifest, &key, files)?;
    let written = File::open(&part)?;
    let length = written.metadata()?.len();
    Bundle::open(written, length, &[key.public()])?.read(&mut |_, _| Ok(()))?;
    fs::rename(&part, output)?;
    tell(&manifest, &key, output);
    Ok(())
}

fn tell(manifest: &Manifest, key: &ReleaseKey, output: &Path) {
    let Manifest { version, min_from, expand_only, .. } = manifest;
    println!(
        "{}: version {version}, can follow {min_from} and newer, signed by {}.",
        output.display(),
        key.public().id()
    );
    println!(
        "{}",
        if *expand_only {
            "The version before it can work with its database: going back loses nothing."
        } else {
            "The version before it cannot work with its database: people are told what going back loses."
        }
    );
}

/// Whoever can read the key can make releases.
fn read_key(path: &Path) -> Result<ReleaseKey> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let key =
        ReleaseKey::parse(&text).with_context(|| format!("{} is not the file of a release key", path.display()))?;
    let mode = fs::metadata(path)?.mode();
    let for_tests = update::trusted(update::Build::Release).iter().all(|trusted| *trusted != key.public());
    ensure!(
        mode & 0o077 == 0 || for_tests,
        "{} can be read by others: chmod 600 it, and think about who has read it",
        path.display()
    );
    if for_tests {
        println!("No program that is built for use trusts this key.");
    }
    Ok(key)
}

fn named(role: Role, path: &Path) -> Result<NamedFile> {
    let name = path.file_name().and_then(|name| name.to_str()).context("a file without a name")?;
    Ok(NamedFile::of(name, role, File::open(path).with_context(|| format!("cannot open {}", path.display()))?)?)
}

/// Debian's version is ours, with a revision behind it and `~` before what comes before a release.
fn version_of(deb: &Path) -> Result<Version> {
    let text = field(deb, "Version")?;
    let ours = text.rsplit_once('-').map_or(text.as_str(), |(ours, _)| ours).replace('~', "-");
    Version::parse(&ours).with_context(|| format!("{} is of version {text}, which is none of ours", deb.display()))
}

fn field(deb: &Path, name: &str) -> Result<String> {
    let output = Command::new("dpkg-deb").arg("--field").arg(deb).arg(name).output().context("cannot run dpkg-deb")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The first version of the same series: before 1.0 each minor version is one.
fn series_of(version: &Version) -> Version {
    match version.major {
        0 => Version::new(0, version.minor.saturating_sub(1), 0),
        major => Version::new(major, 0, 0),
    }
}

/// All migrations by version, and whether older programs run on each.
fn declared(workshop: &Workshop) -> Result<Vec<(String, bool)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(workshop.root.join("migrations"))? {
        let folder = entry?;
        let name = folder.file_name().to_string_lossy().into_owned();
        let table: Table = fs::read_to_string(folder.path().join("metadata.toml"))?.parse()?;
        let says = table.get("older_programs_run").and_then(|value| value.as_bool());
        let says = says.with_context(|| format!("migrations/{name} does not say whether older programs run"))?;
        all.push((name.split('_').next().unwrap_or_default().replace('-', ""), says));
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_follows_those_of_its_series() {
        let of = |text| series_of(&Version::parse(text).unwrap()).to_string();
        assert_eq!([of("0.2.3"), of("0.0.1"), of("1.4.2")], ["0.1.0", "0.0.0", "1.0.0"]);
    }
}
