//! `vcconnect restore`: brings an installation back from a backup, on this machine or on a fresh one.

mod apart;
mod around;
mod copying;
mod looking;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::backup::{Identity, VerifyKey, Watch};
use clap::{Args, Subcommand};
use serde_json::json;
use vault::RecoveryKey;
use zeroize::Zeroizing;

use self::around::Around;
use super::backup::{Following, follow, follow_on};
use super::{Done, Failure, build, desk, print};
use crate::app::Outside;
use crate::base::{Ctx, Error};
use crate::domain::accounts::mask_everybody;
use crate::domain::audit::{Action, Audit, ChainState, Object, Record};
use crate::infra::anchor::AnchorFile;
use crate::infra::backup::{Trouble, plan as backup};
use crate::infra::config::Config;
use crate::infra::db::{self, Db, Transact as _, restored, snapshot};
use crate::infra::files;
use crate::infra::host::{self, DataLock};
use crate::infra::ownership::give_to_owner;
use crate::infra::postgres::{Layout, Role};
use crate::infra::restore::{self, AsTest, Cluster, Empty, Laid, Opened, Plan, Staged};
use crate::infra::services::{self, Services as _, Systemd};
use crate::infra::test_copy::TestCopy;

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say how far a restore is, or how the last one ended
    Status {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The repository, or the folder of one set in it
    #[arg(required = true)]
    source: Option<PathBuf>,
    /// Which set; the newest unless said
    #[arg(long)]
    set: Option<String>,
    /// File with the recovery key; - for standard input
    #[arg(long, required = true)]
    recovery_key_file: Option<PathBuf>,
    /// The verification key, as it is printed on the recovery sheet
    #[arg(long)]
    verify_key: Option<String>,
    /// Do not ask; whoever signed the set must then be known, by --verify-key or by this installation
    #[arg(long)]
    yes: bool,
    /// Make a copy to try things out, in --data-dir: people masked, and nothing can leave it
    #[arg(long, requires = "data_dir", conflicts_with_all = ["look", "begin"])]
    as_test: bool,
    /// A folder for the copy, which is not there yet
    #[arg(long, requires = "as_test", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Leave documents out of the copy, and what was made of them
    #[arg(long)]
    without_documents: bool,
    /// Fill the copy whose configuration this is
    #[arg(long, hide = true)]
    masked: bool,
    /// Only look, and say what would be done
    #[arg(long)]
    look: bool,
    /// Begin it so that it goes on without this terminal; nobody is asked then
    #[arg(long, conflicts_with = "look")]
    begin: bool,
    /// Remove the file with the key once it is read
    #[arg(long, hide = true)]
    forget_key_file: bool,
    /// Leave the session of whoever began it
    #[arg(long, hide = true)]
    own_session: bool,
    /// For programs: a JSON object a line
    #[arg(long)]
    json: bool,
}

/// What a restore brought.
struct Brought {
    rows: u64,
    files: usize,
    migrated: usize,
    laid: Laid,
    /// Where a cluster lies whose files could not be used.
    broken: Option<PathBuf>,
}

pub(super) fn run(config: &Config, options: &Options) -> Done {
    if let Some(Verb::Status { json }) = options.verb {
        return apart::status(config, json);
    }
    let outside = Outside::system();
    if options.own_session {
        host::leave_session()?;
    }
    let key = options.key()?;
    if options.begin {
        return apart::begin(config, options, &key);
    }
    if options.as_test {
        return copying::run(config, options, &key, &outside);
    }
    copying::refuse_mixing(config, options)?;
    let around = Around::find(config, &Systemd);
    // Where nothing of ours can be stopped, whoever works on the data must have ended.
    let lock = if around.is_empty() && !options.look { Some(DataLock::take(&config.storage.data_dir)?) } else { None };
    // Before anything is looked at: with an external server there is nothing that could be renamed.
    Layout::of(config).map_err(|_| {
        "database.url names an external server, and only the private one is restored; nothing was changed: load the dump \
         into that server by hand (docs/backup.md)"
    })?;
    let printed = options.verify_key.as_deref().map(|text| {
        VerifyKey::parse(text).ok_or("the verification key has 43 letters, as they are printed on the recovery sheet")
    });
    let printed = printed.transpose()?;
    let (recovery, identity) = restore::recovery_key(&key)?;
    let what = if options.look { "look" } else { "restore" };
    let following = Following::new(config, what, &outside, options.json);
    let mut plan = follow_looking(config, options, &identity, printed.as_ref(), &outside, &following)?;
    plan.as_test = options.masked.then_some(AsTest { documents: !options.without_documents });
    plan.said.push(looking::services(config, &around, lock.is_some()));
    looking::tell(&plan, options.json)?;
    if options.look {
        give_to_owner(config)?;
        return looking::looked(&plan, options.json);
    }
    if !plan.may_go_on() {
        return given_up(&following, "nothing was changed: what is told above stands in the way");
    }
    // A copy replaces nothing.
    if !options.yes && !options.masked && !confirmed()? {
        return given_up(&following, "nothing was changed: say yes, or add --yes");
    }
    let plan = Arc::new(plan);
    if !around.is_empty() {
        following.step("stopping the server");
    }
    let work = || {
        let _lock = lock.map_or_else(|| DataLock::take(&config.storage.data_dir), Ok)?;
        follow(&following, bring(config, &plan, recovery, identity, &outside, &following))
    };
    let brought = around.while_stopped(work, || restore::unfinished(config).is_none());
    let brought = brought.inspect_err(|failure| following.gave_up(&failure.to_string()))?;
    ended(config, &plan, &brought, options.json)?;
    let starts =
        matches!(brought.laid, Laid::InPlace { whole: true, .. }) && config.is_of_the_machine() && services::runs();
    match (around.is_empty(), starts) {
        (true, true) => take_up(options.json).inspect_err(|failure| following.gave_up(&failure.to_string())),
        (true, false) if !options.json && !options.masked => {
            print("Nothing of ours was started. Start it when all is as you want it.")
        }
        _ => Ok(()),
    }
}

/// Has everything run by the configuration that came along, now and with the machine.
fn take_up(json: bool) -> Done {
    let failed = |why: String| format!("everything is restored, but the server could not be started: {why}");
    let config = Config::load().map_err(|error| failed(error.to_string()))?;
    if backup::has_timer() {
        backup::tell_timer(Path::new(backup::UNITS), &config.backup, &Systemd)
            .map_err(|trouble| failed(trouble.to_string()))?;
    }
    // The place of the backups, too, may have belonged to a user of another number.
    give_to_owner(&config).map_err(|trouble| failed(trouble.to_string()))?;
    let started = Systemd.enable(services::TARGET).and_then(|()| Systemd.start(services::SERVER));
    started.map_err(|error| failed(error.to_string()))?;
    if !Systemd.is_active(services::SERVER) {
        return Err(failed("its unit did not begin; `systemctl status vcconnect.service` says why".to_owned()).into());
    }
    if json { Ok(()) } else { print(&format!("The server runs at {}.", config.server.public_url)) }
}

fn given_up(following: &Following, sentence: &str) -> Done {
    following.gave_up(sentence);
    Err(sentence.into())
}

impl Options {
    /// Whether a program reads what is printed.
    pub(super) fn json(&self) -> bool {
        let Some(Verb::Status { json }) = self.verb else { return self.json };
        json
    }

    /// The text of the recovery key.
    fn key(&self) -> Result<Zeroizing<String>, Failure> {
        let file = self.recovery_key_file.as_deref();
        let text = desk::secret(file, "Recovery key")?;
        if let (true, Some(file)) = (self.forget_key_file, file) {
            files::forget(file)?;
        }
        Ok(text)
    }
}

fn follow_looking(
    config: &Config,
    options: &Options,
    identity: &Identity,
    printed: Option<&VerifyKey>,
    outside: &Outside,
    following: &Arc<Following>,
) -> Result<Plan, Failure> {
    follow_on(following, async {
        let source = options.source.as_deref().ok_or_else(|| Trouble::told("name the folder of the backups"))?;
        let opened = Opened::at(source, options.set.as_deref())?;
        following.about(&opened.manifest.set);
        let signed = (printed, options.yes);
        restore::look(config, opened, identity, signed, outside.clock.now(), following.as_ref())
    })
}

/// Asks on the terminal; without one, nobody said yes.
fn confirmed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Restore this set? Type yes: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

async fn bring(
    config: &Config,
    plan: &Arc<Plan>,
    recovery: RecoveryKey,
    identity: Identity,
    outside: &Outside,
    following: &Arc<Following>,
) -> Result<Brought, Trouble> {
    let now = outside.clock.now();
    following.step("keys");
    let staged = restore::stage_keys(config, plan, recovery, &identity, now)?;
    following.step("starting the database");
    let mut cluster = Cluster::reach(config, &Systemd, &plan.kept_as).await?;
    let broken = cluster.set_aside().map(PathBuf::from);
    if broken.is_some() {
        following.step("a new database: the files of the old one cannot be used and are set aside");
    }
    restored::begin(&cluster.super_url()).await?;
    let url = cluster.url_of(Role::Super, restored::UNFINISHED);
    let empty = Empty { url: url.clone(), major: Layout::of(config)?.major()? };
    on_a_thread(config, plan, following, move |config, plan, watch| {
        restore::fill(config, plan, &identity, &empty, watch)
    })
    .await?;
    following.step("comparing");
    compare(plan, &cluster).await?;
    let owner = cluster.url_of(Role::Owner, restored::UNFINISHED);
    let migrated = db::migrate(&owner).await?.len();
    let url = if plan.as_test.is_some() { &url } else { &owner };
    record(config, plan, &staged, url, outside).await?;
    following.step("putting into place");
    restore::switch(config, plan, &staged, &mut cluster).await?;
    // Whatever comes after this: the server goes on with it.
    give_to_owner(config)?;
    let laid = match plan.as_test {
        // It would lead to real endpoints of the network, and name real places.
        Some(_) => Laid::None,
        None => restore::lay_configuration(config, &Config::folder(), &staged.settings, &plan.kept_as),
    };
    following.step("sealing the audit log");
    seal(config).await?;
    give_to_owner(config)?;
    cluster.stop()?;
    let rows = plan.opened.manifest.contents.rows.values().sum();
    let brought = Brought { rows, files: plan.blobs().len(), migrated, laid, broken };
    following.came_of(&in_words(config, plan, &brought).join(" "));
    Ok(brought)
}

async fn on_a_thread<T: Send + 'static>(
    config: &Config,
    plan: &Arc<Plan>,
    following: &Arc<Following>,
    work: impl FnOnce(&Config, &Plan, &dyn Watch) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let (config, plan, following) = (config.clone(), Arc::clone(plan), Arc::clone(following));
    let joined = tokio::task::spawn_blocking(move || work(&config, &plan, following.as_ref())).await;
    joined.map_err(|error| Trouble::told(format!("the restore broke down; what is here is untouched ({error})")))?
}

/// Every table has as many rows as it had.
async fn compare(plan: &Plan, cluster: &Cluster) -> Result<(), Trouble> {
    let mut conn = db::connect(&cluster.url_of(Role::Super, restored::UNFINISHED)).await?;
    let found = snapshot::count_rows(&mut conn).await?;
    let expected = &plan.opened.manifest.contents.rows;
    let differing: Vec<&str> = expected
        .iter()
        .filter(|(table, rows)| found.get(*table) != Some(rows))
        .map(|(table, _)| table.as_str())
        .collect();
    match differing.as_slice() {
        [] => Ok(()),
        tables => Err(Trouble::told(format!(
            "what was loaded has other numbers of rows than the set says ({}); what is here is untouched: take another set",
            tables.join(", ")
        ))),
    }
}

/// Ends what must not live on, and says in the log what happened.
async fn record(
    config: &Config,
    plan: &Plan,
    staged: &Staged,
    owner_url: &str,
    outside: &Outside,
) -> Result<(), Trouble> {
    let db = Db::open(owner_url, 1)?;
    let (vault, entropy) = (Arc::clone(&staged.vault), Arc::clone(&outside.entropy));
    let audit = Audit::new(db.clone(), vault, entropy, AnchorFile::of(config));
    let cx: Ctx = outside.console().map_err(|error| Trouble::told(error.to_string()))?;
    let manifest = &plan.opened.manifest;
    let about = json!({ "set": manifest.set, "made_at": manifest.ended_at, "files": manifest.blobs.len(),
        "rows": manifest.contents.rows.values().sum::<u64>(), "keystore": plan.opened.keystore.at,
        "kept": plan.kept_as });
    let mut conn = db.write().await?;
    conn.transaction(async |conn| {
        let mut about = about;
        if let Some(AsTest { documents }) = plan.as_test {
            let mark = TestCopy::of(config).ok_or_else(|| Error::internal("the copy is not marked as one"))?;
            restored::make_test_copy(conn, &mark, documents).await?;
            let (vault, memory) = (&staged.vault, config.accounts.password_hash_memory_mib);
            let masked = mask_everybody(conn, vault, outside.entropy.as_ref(), memory).await?;
            about = json!({ "as_test": true, "masked": masked, "documents": documents, "set": manifest.set });
        }
        restored::end_what_was_open(conn).await?;
        audit.record(conn, &cx, Record::done(Action::BackupRestored, Object::all("backup")).with(about)).await
    })
    .await?;
    Ok(())
}

/// Chains the entry to what the set's log ended with, and walks all of it.
async fn seal(config: &Config) -> Result<(), Trouble> {
    let told =
        |failure: Failure| Trouble::told(format!("everything is restored, but {}", super::sentence(failure.as_ref())));
    let app = build(config.clone()).map_err(told)?;
    while app.audit.seal().await? > 0 {}
    match app.audit.verify().await? {
        ChainState::Intact { .. } => Ok(()),
        ChainState::Broken { seq, kind } => Err(Trouble::told(format!(
            "everything is restored, but the audit log of the set does not fit at entry {seq} ({kind}); it may have been \
             altered before the set was made"
        ))),
    }
}

/// What came of it, a sentence each.
fn in_words(config: &Config, plan: &Plan, brought: &Brought) -> Vec<String> {
    let Brought { rows, files, laid, .. } = brought;
    let set = &plan.opened.manifest.set;
    let mut said = vec![
        format!("Restored the set {set}: {rows} rows and {files} files, compared with what was signed."),
        configuration(laid),
        "Everybody signs in again. The search fills itself when the server runs.".to_owned(),
        format!(
            "What was here before lies in {} under names with {}.",
            config.storage.data_dir.display(),
            plan.kept_as
        ),
    ];
    said.extend(brought.broken.as_ref().map(|broken| {
        format!(
            "The database that was here did not start; its files lie in {}. Keep them until you are sure that nothing newer is \
             wanted from them.",
            broken.display()
        )
    }));
    said
}

fn configuration(laid: &Laid) -> String {
    match laid {
        Laid::None => "The set has no configuration file.".to_owned(),
        Laid::Torn(why) => {
            format!("Its configuration could not be laid down whole ({why}): set up by hand what is missing.")
        }
        Laid::InPlace { folder, compare: None, .. } => format!("Its configuration is in {}.", folder.display()),
        Laid::InPlace { folder, compare: Some(other), .. } => format!(
            "Its configuration is in {}. What was there already was kept: compare it with what is in {}.",
            folder.display(),
            other.display()
        ),
        Laid::Beside { folder, differing } if differing.is_empty() => {
            format!("Its configuration is the one that is here; a copy lies in {}.", folder.display())
        }
        Laid::Beside { folder, differing } => {
            format!("Its configuration lies in {}; compare {}.", folder.display(), differing.join(", "))
        }
    }
}

fn ended(config: &Config, plan: &Plan, brought: &Brought, json: bool) -> Done {
    let Brought { rows, files, migrated, laid, broken } = brought;
    if json {
        return print(
            &json!({ "event": "restored", "set": plan.opened.manifest.set, "rows": rows, "files": files,
                "migrated": migrated, "kept_as": plan.kept_as, "database_set_aside": broken,
                "configuration": configuration(laid) })
            .to_string(),
        );
    }
    in_words(config, plan, brought).iter().try_for_each(|sentence| print(sentence))
}
