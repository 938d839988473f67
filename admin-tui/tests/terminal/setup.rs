//! The first setup, step by step, as it is seen, and what leaves it.

use admin_tui::effect::Effect;
use admin_tui::msg::{Failure, Msg, Outcome};
use admin_tui::popups::Popup;
use admin_tui::setup::{Step, Wizard};
use admin_tui::verbs::Twin;
use crossterm::event::KeyCode;
use proptest::prelude::*;
use protocol::admin::{Ask, Looked, Part, PartState, Progress, Refusal, Reply, Secret, SetUp};
use protocol::{ErrorCode, Shown};
use serde_json::Value;

use crate::person::Person;

/// Not a key: no letter of it fits its checksum.
const KEY: [&str; 16] = [
    "AGE-SECRET-KEY-1",
    "QQQQ",
    "WWWW",
    "EEEE",
    "RRRR",
    "TTTT",
    "YYYY",
    "UUUU",
    "PPPP",
    "AAAA",
    "SSSS",
    "DDDD",
    "FFFF",
    "GGGG",
    "HHHH",
    "JJ",
];
const FINGERPRINT: &str =
    "88:00:EB:7E:86:75:8F:82:71:B5:50:88:50:67:50:BA:19:C9:3E:85:B9:D7:A6:F5:09:51:65:CB:94:5E:9C:14";

fn part(name: &str, state: PartState, detail: &str) -> Part {
    Part { name: name.into(), state, detail: detail.into() }
}

fn looked(more: Vec<Part>) -> Outcome {
    let seen = [
        part("disk", PartState::Ok, "46 GiB are left for /var/lib/vcconnect"),
        part(
            "database",
            PartState::Note,
            "the distribution's own cluster 15/main (port 5432) is here. VCConnect does not use it and never touches it; if nobody else needs it: systemctl disable --now postgresql@15-main",
        ),
        part(
            "keys",
            PartState::Note,
            "the key file lies on this machine, and its disk is not encrypted: it protects stolen copies of the database and of backups, and does not protect a stolen disk or machine image",
        ),
    ];
    let found = more.into_iter().chain(seen).collect();
    Ok(Reply::Looked(Looked { found, has_keys: false, finished: false }))
}

fn answers(twin: &Twin) -> Value {
    serde_json::from_str(&twin.typed.as_ref().expect("answers").0).expect("JSON")
}

/// Our program on a machine that is well.
fn calm(twin: &Twin) -> Outcome {
    if twin.words == "keys recovery-key" {
        return Ok(Reply::RecoveryKey(KEY.map(|group| Secret(group.to_owned())).to_vec()));
    }
    if twin.arguments.contains(&"--check".to_owned()) {
        let destination = answers(twin)["backup"]["destination"].clone();
        return looked(match destination.as_str() {
            None => vec![part(
                "backup.destination",
                PartState::Note,
                "there is no place for backups: if this disk fails, everything is lost. Name a folder on another disk or on a mounted share, here or later",
            )],
            Some("/var/backups") => vec![part(
                "backup.destination",
                PartState::Note,
                "The backups in /var/backups are not protected: they lie on the same file system as the data. Take another disk or a mounted share as backup.destination.",
            )],
            Some("/etc") => vec![part(
                "backup.destination",
                PartState::Problem,
                "/etc holds other things, and backups would have to share it with them; name a folder of their own",
            )],
            Some(_) => Vec::new(),
        });
    }
    Ok(Reply::SetUp(Box::new(SetUp {
        url: "https://atlas.fund.example".into(),
        authority: Some(FINGERPRINT.into()),
        link: Some(Secret("https://atlas.fund.example/welcome#Zm9yIHRoZSBmaXJzdCBhZG1pbiBvZiBhdGxhcyBhbG9uZQ".to_owned())),
        runs: true,
        said: vec![part("keys", PartState::Note, "the key file lies on this machine, and its disk is not encrypted")],
        next: vec![
            "Have people trust the authority: https://atlas.fund.example/ca gives them its certificate, and they compare the fingerprint.".into(),
            "Look after it with `vcconnect-admin`.".into(),
        ],
    })))
}

fn wizard(person: &Person) -> &Wizard {
    match person.state.popups.first() {
        Some(Popup::Setup(wizard)) => wizard,
        other => panic!("no setup but {other:?}"),
    }
}

fn enter(person: &mut Person, typed: &str) {
    person.press(typed);
    person.run(calm);
}

/// As far as a step, with everything before it answered.
fn at(step: Step) -> Person {
    let mut person = Person::setting_up(true);
    for (here, typed) in [
        (Step::Address, "Atlas.fund.example\tatlas 10.1.2.3\t\n"),
        (Step::Certificate, "\n\n"),
        (Step::Keys, "abacus lantern wharf pigeon\tabacus lantern wharf pigeon\n"),
        (Step::Recovery, "\n"),
        (Step::TypedBack, "wwww\nTTTT\njj\n/media/usb/sheet.html\n"),
        (Step::FirstAdmin, "\n"),
        (Step::Backups, "/mnt/nas/vcconnect\n\n"),
        (Step::Summary, "\n"),
    ] {
        assert_eq!(wizard(&person).step, here);
        if here == step {
            return person;
        }
        enter(&mut person, typed);
    }
    person
}

fn see(state: &str, person: &Person) {
    insta::assert_snapshot!(format!("setup_{state}"), person.sees());
}

#[test]
fn each_step_as_it_is_seen() {
    see("1_address", &at(Step::Address));
    see("2_certificate", &at(Step::Certificate));
    see("3_keys", &at(Step::Keys));
    see("4_recovery", &at(Step::Recovery));
    see("4_typed_back", &at(Step::TypedBack));
    see("5_first_admin", &at(Step::FirstAdmin));
    see("6_backups", &at(Step::Backups));
    see("7_summary", &at(Step::Summary));
    see("done", &at(Step::Done));
}

#[test]
fn what_is_wrong_is_told_where_it_can_be_mended() {
    let mut person = Person::setting_up(true);
    person.press("\n\n\n");
    assert_eq!(wizard(&person).trouble, [Shown::from("This cannot be empty.")]);
    person.press("-atlas\n\n\n");
    person.run(|_| {
        looked(vec![
            part(
                "server.name",
                PartState::Problem,
                "\"-atlas\" is not a host name or an address, as in atlas.fund.example or 10.1.2.3",
            ),
            part("who", PartState::Problem, "run this as root, or as vcconnect, who owns /var/lib/vcconnect"),
            part("keys.recovery_key_file", PartState::Problem, "name a new file for the recovery key"),
        ])
    });
    see("1_address_trouble", &person);

    let mut person = at(Step::Certificate);
    person.press("/etc/ssl/atlas.pem\n/etc/ssl/atlas.key\n");
    person.run(|_| looked(vec![part("tls.certificate", PartState::Problem, "the certificate is for other.example, and not for atlas.fund.example, which people type: browsers would refuse it")]));
    see("2_certificate_trouble", &person);

    let mut person = at(Step::Keys);
    person.press("horse\nhorses\n");
    see("3_keys_trouble", &person);

    let mut person = at(Step::TypedBack);
    person.press("wwww\nTTTX\n\n\n");
    see("4_typed_back_trouble", &person);
    assert!(person.asked.is_empty(), "nothing is looked at before the groups are right");

    let mut person = at(Step::Summary);
    person.press("\n");
    person.tell(progress(&person.asked, 5));
    see("working", &person);
    person.key(KeyCode::Esc);
    assert_eq!(wizard(&person).step, Step::Working, "nobody leaves by mistake before the link is shown");
    person.run(|_| {
        let sentence =
            "the database does not answer. What was done so far stays; run the setup again when this is mended";
        Err(Failure::Refused(Refusal { code: ErrorCode::WrongState, sentence: Shown::new(sentence) }))
    });
    see("7_failed", &person);
    enter(&mut person, "\n");
    assert_eq!(wizard(&person).step, Step::Done, "it goes on");
}

fn progress(asked: &[Effect], done: u64) -> Msg {
    let Some(Effect::Run { ticket, .. }) = asked.last() else { panic!("nothing runs") };
    Msg::Progress(*ticket, Progress { step: "Starting the database".into(), done, total: Some(10) })
}

#[test]
fn a_place_that_does_not_protect_is_told_while_it_is_typed() {
    let mut person = at(Step::Backups);
    person.press("/var/backups");
    person.seconds(1);
    person.run(calm);
    see("6_backups_not_protected", &person);
    assert_eq!(wizard(&person).step, Step::Backups, "a look alone leads nowhere");
    person.seconds(5);
    assert!(person.asked.is_empty(), "what did not change is not looked at again");
    person.ctrl('u');
    person.press("/etc\n\n");
    person.run(calm);
    see("6_backups_trouble", &person);
    person.key(KeyCode::BackTab);
    person.ctrl('u');
    person.press("\t\n");
    person.run(calm);
    see("7_summary_unprotected", &person);
}

#[test]
fn secrets_go_to_the_standard_input_and_nothing_is_done_before_the_last_step() {
    let mut person = at(Step::Summary);
    person.press("\n");
    let [Effect::Run { twin, .. }] = person.asked.as_slice() else { panic!("{:?}", person.asked) };
    assert_eq!(
        (twin.words, &twin.arguments[..]),
        ("setup", &["--answers=-".to_owned(), "--recovery-sheet=/media/usb/sheet.html".to_owned()][..])
    );
    let answers = answers(twin);
    assert_eq!(answers["server"]["name"], "Atlas.fund.example");
    assert_eq!(answers["server"]["other_names"], serde_json::json!(["atlas", "10.1.2.3"]));
    assert_eq!((&answers["server"]["port"], &answers["tls"]["own"]), (&Value::from(443), &Value::from(true)));
    assert_eq!(answers["keys"]["recovery_key"], KEY.join(" "));
    assert_eq!(answers["keys"]["passphrase"], "abacus lantern wharf pigeon");
    assert_eq!(answers["backup"], serde_json::json!({ "destination": "/mnt/nas/vcconnect", "at": "02:30" }));
    assert_eq!(answers["start"], true);
    let text = format!("{:?} {:?}", person.state, person.asked);
    assert!(!text.contains("lantern") && !text.contains("WWWW"), "nothing prints a secret");
}

#[test]
fn a_setup_that_was_cut_off_has_its_recovery_key() {
    let resumed = |twin: &Twin| match calm(twin)? {
        Reply::Looked(seen) => Ok(Reply::Looked(Looked { has_keys: true, ..seen })),
        other => Ok(other),
    };
    let mut person = Person::setting_up(true);
    for typed in ["atlas\n\n\n", "\n\n", "\n\n"] {
        person.press(typed);
        person.run(resumed);
    }
    see("4_recovery_of_before", &person);
    person.press("\n");
    assert_eq!(wizard(&person).step, Step::FirstAdmin);
    person.press("\n");
    let [Effect::Run { twin, .. }] = person.asked.as_slice() else { panic!("{:?}", person.asked) };
    assert_eq!(answers(twin)["keys"]["recovery_key"], Value::Null, "no other key is given");
}

#[test]
fn back_leads_back_and_leaving_asks() {
    let mut person = at(Step::Backups);
    for step in [Step::FirstAdmin, Step::Recovery, Step::Keys, Step::Certificate, Step::Address] {
        person.key(KeyCode::Esc);
        assert_eq!(wizard(&person).step, step);
    }
    assert_eq!(wizard(&person).text(Step::Address, 0), "Atlas.fund.example", "what was typed is still there");
    person.key(KeyCode::Esc);
    assert_eq!(person.state.popups.last(), Some(&Popup::Leave));
    person.key(KeyCode::Esc);
    assert_eq!(wizard(&person).step, Step::Address);
    person.press("\n\n\n");
    person.run(calm);
    person.press("\n\n");
    person.run(calm);
    person.press("\n\n");
    person.run(|twin| {
        assert_ne!(twin.words, "keys recovery-key", "the key that was written down stays");
        calm(twin)
    });
    assert_eq!(wizard(&person).step, Step::Recovery);
    let mut fresh = Person::setting_up(true);
    fresh.key(KeyCode::Esc);
    assert_eq!(fresh.asked, [Effect::Leave], "nothing was typed");
}

#[test]
fn the_end_leads_to_the_dashboard_and_the_link_is_gone() {
    let mut person = at(Step::Done);
    person.press("\n");
    assert!(person.state.popups.is_empty());
    assert!(matches!(person.asked.as_slice(), [Effect::Ask { .. }]), "{:?}", person.asked);
    assert!(!person.sees().contains("welcome#"));
}

#[test]
fn help_and_a_machine_without_systemd() {
    let mut person = Person::setting_up(false);
    person.key(KeyCode::F(1));
    see("help", &person);
    person.key(KeyCode::Esc);
    for typed in ["atlas\n\n\n", "\n\n", "\n\n", "\n", "wwww\ntttt\njj\n\n", "\n", "\n\n"] {
        enter(&mut person, typed);
    }
    assert!(person.sees().contains("systemd does not run this machine"), "{}", person.sees());
    person.tell(Msg::Resize(60, 15));
    see("7_summary_60x15", &person);
    person.key(KeyCode::PageDown);
    assert!(wizard(&person).top > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_storm_of_keys_sets_up_before_the_key_was_typed_back(
        keys in prop::collection::vec(prop_oneof![
            8 => Just(KeyCode::Enter),
            1 => Just(KeyCode::Esc),
            1 => Just(KeyCode::Tab),
            1 => Just(KeyCode::Backspace),
            1 => Just(KeyCode::PageDown),
            1 => Just(KeyCode::F(1)),
            4 => prop::sample::select(vec!['a', '7', '/', ' ', 'W']).prop_map(KeyCode::Char),
        ], 1..60),
        columns in 60u16..120,
        rows in 15u16..40,
    ) {
        let mut person = Person::setting_up(true);
        person.tell(Msg::Resize(columns, rows));
        for key in keys {
            person.key(key);
            let writes = |effect: &Effect| matches!(effect, Effect::Run { twin, .. }
                if twin.words == "setup" && !twin.arguments.contains(&"--check".to_owned()));
            prop_assert!(!person.asked.iter().any(writes));
            person.run(calm);
        }
        person.sees();
    }
}

#[test]
fn a_backup_can_be_brought_back_instead() {
    let mut person = Person::setting_up(true);
    assert!(person.sees().contains("press F2"));
    person.press("a");
    person.key(KeyCode::F(2));
    assert!(person.sees().contains("would be gone"), "{}", person.sees());
    person.ctrl('u');
    person.key(KeyCode::F(2));
    assert!(!person.sees().contains("Set up VCConnect"));
    assert!(person.questions().iter().any(|ask| matches!(ask, Ask::Backups)), "{:?}", person.questions());
}
