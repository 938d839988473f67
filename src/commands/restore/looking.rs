//! What is seen before a restore, for people and for programs.

use protocol::Shown;
use protocol::admin::{PartState, Reply, Seen};
use serde_json::json;

use super::around::Around;
use crate::commands::{Done, print, reply};
use crate::infra::config::Config;
use crate::infra::host::DataLock;
use crate::infra::restore::{Plan, Said, Weight};

/// What becomes of a server that runs; none does if `held` says that the data folder is ours.
pub(super) fn services(config: &Config, around: &Around<'_>, held: bool) -> Said {
    let data = &config.storage.data_dir;
    let (weight, text) = if !around.is_empty() {
        (
            Weight::Note,
            "The server is stopped meanwhile and started again afterwards; whoever is at work is interrupted.",
        )
    } else if !held && data.exists() && DataLock::take(data).is_err() {
        (
            Weight::Stop,
            "A server runs on this data, and there is no unit of ours that could be stopped: stop it, then restore.",
        )
    } else {
        (Weight::Fine, "No server runs on this data.")
    };
    Said { weight, text: text.to_owned() }
}

pub(super) fn tell(plan: &Plan, json: bool) -> Done {
    for said in &plan.said {
        let (word, mark) = match said.weight {
            Weight::Fine => ("ok", "ok      "),
            Weight::Note => ("note", "note    "),
            Weight::Stop => ("stop", "STOP    "),
        };
        if json {
            print(&json!({ "event": "looked", "state": word, "text": said.text }).to_string())?;
        } else {
            print(&format!("{mark}{}", said.text))?;
        }
    }
    Ok(())
}

/// The end of a look, for programs; people have read all of it.
pub(super) fn looked(plan: &Plan, json: bool) -> Done {
    let stops = !plan.may_go_on();
    if json {
        let seen = |said: &Said| Seen { state: state(said.weight), text: Shown::new(&said.text) };
        let loses = plan.said.iter().filter(|said| said.weight == Weight::Note).map(|said| Shown::new(&said.text));
        let loses = [Shown::new(&summary(plan)), Shown::from(SIGNED_OUT)].into_iter().chain(loses).collect();
        let said = Reply::Foreseen {
            set: Shown::new(plan.opened.manifest.set.as_str()),
            verify_key: Shown::new(plan.opened.repository.verify_key().as_str()),
            seen: plan.said.iter().map(seen).collect(),
            loses,
        };
        return reply::print(&said, true);
    }
    print(if stops { "It cannot be restored so. Nothing was changed." } else { "Nothing was changed." })
}

const SIGNED_OUT: &str = "What was done since is not in it. Everybody is signed out, and open invitations end.";

fn summary(plan: &Plan) -> String {
    let manifest = &plan.opened.manifest;
    let rows = |table: &str| manifest.contents.rows.get(table).copied().unwrap_or_default();
    format!(
        "What is here is replaced by the state of {}: {} people, {} deals, {} documents, {} reports.",
        manifest.ended_at.format("%Y-%m-%d %H:%M UTC"),
        rows("users"),
        rows("deals"),
        rows("documents"),
        rows("reports")
    )
}

const fn state(weight: Weight) -> PartState {
    match weight {
        Weight::Fine => PartState::Ok,
        Weight::Note => PartState::Note,
        Weight::Stop => PartState::Problem,
    }
}
