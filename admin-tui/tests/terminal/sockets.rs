//! The desk at a real unix socket, with servers that answer well, badly, too much and not at all; and with programs of this
//! machine, played by scripts.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use admin_tui::desk::Desk;
use admin_tui::effect::{Effect, Order, RecoveryKey, Unit, UnitVerb};
use admin_tui::msg::{Failure, Msg, Outcome, Ticket, Via};
use admin_tui::{Options, Tools};
use protocol::admin::{Ask, Confirm, LONGEST_LINE, Progress, Refusal, Reply, Said, Secret, VERSION};
use protocol::{ErrorCode, Shown};

use crate::fake::{Server, script};
use crate::made_up;

const TICKET: Ticket = Ticket(7);

/// Long enough for everything that answers, on a busy machine too.
const CALM: Duration = Duration::from_secs(30);
/// For what never answers.
const SHORT: Duration = Duration::from_millis(300);

/// A desk at a server's socket, with programs in the server's folder.
fn desk(server: &Server, patience: Duration) -> (Desk, Receiver<Msg>, Options) {
    let mut options =
        Options::new(server.socket(), server.folder.path().to_owned(), server.path("vcconnect"), made_up::now);
    options.patience.reading = patience;
    options.patience.doing = patience;
    options.tools = Tools {
        booted: server.folder.path().to_owned(),
        systemctl: server.path("systemctl"),
        journalctl: server.path("journalctl"),
    };
    let (back, messages) = mpsc::channel();
    (Desk::new(Arc::new(options.clone()), back), messages, options)
}

/// A folder for programs, where no server is.
fn nobody() -> Server {
    let server = Server::start(|_| {});
    fs::remove_file(server.socket()).unwrap();
    server
}

fn question(ask: Ask) -> Effect {
    Effect::Ask { ticket: TICKET, ask, token: None, alone: true }
}

/// What comes of an effect, and how far it was on the way.
fn done(server: &Server, effect: Effect) -> (Via, Outcome, Vec<Progress>) {
    done_within(CALM, server, effect)
}

fn done_within(patience: Duration, server: &Server, effect: Effect) -> (Via, Outcome, Vec<Progress>) {
    let (desk, messages, _) = desk(server, patience);
    desk.carry_out(effect);
    end(&messages)
}

fn end(messages: &Receiver<Msg>) -> (Via, Outcome, Vec<Progress>) {
    let mut steps = Vec::new();
    loop {
        match messages.recv_timeout(CALM * 2).unwrap() {
            Msg::Progress(TICKET, step) => steps.push(step),
            Msg::Answer(TICKET, via, outcome) => return (via, *outcome, steps),
            other => panic!("{other:?}"),
        }
    }
}

fn asked(server: &Server, ask: Ask) -> Outcome {
    let (via, outcome, _) = done(server, question(ask));
    assert_eq!(via, Via::Socket);
    outcome
}

fn step(done: u64) -> Progress {
    Progress { step: "Copying.".into(), done, total: Some(3) }
}

/// A server that reads the question and then writes these bytes.
fn writing(bytes: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::start(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&bytes());
    })
}

#[test]
fn a_question_is_answered_with_how_far_it_is_on_the_way() {
    let server = Server::saying(|request| {
        assert_eq!((request.version, &request.ask), (VERSION, &Ask::CreateBackup));
        let well = Reply::Well { sentence: "It was done.".into(), at: made_up::now() };
        vec![Said::Progress(step(1)), Said::Progress(step(2)), Said::Done(Box::new(well))]
    });
    let (via, outcome, steps) = done(&server, question(Ask::CreateBackup));
    assert_eq!((via, steps), (Via::Socket, vec![step(1), step(2)]));
    assert!(matches!(outcome, Ok(Reply::Well { .. })));
}

#[test]
fn a_refusal_is_the_servers_own_sentence() {
    let refusal = Refusal { code: ErrorCode::LastAdmin, sentence: "There must be an active admin.".into() };
    let told = refusal.clone();
    let server = Server::saying(move |_| vec![Said::Refused(told.clone())]);
    assert_eq!(asked(&server, Ask::Users), Err(Failure::Refused(refusal)));
}

#[test]
fn a_confirmation_comes_back_and_its_token_goes_along() {
    let server = Server::saying(|request| vec![made_up::said(&request.ask, request.token.as_ref())]);
    let ask = Ask::RemoveKey { slot: 3 };
    let Err(Failure::Confirm(Confirm { token, .. })) = asked(&server, ask.clone()) else { panic!() };
    let (_, outcome, _) = done(&server, Effect::Ask { ticket: TICKET, ask, token: Some(token), alone: true });
    assert!(matches!(outcome, Ok(Reply::Keys(_))));
}

#[test]
fn what_cannot_be_read_is_said_so() {
    let broken = writing(|| b"{\"id\":1,\"said\":{\"done\":{\"keys\":[{\"slot\":\n".to_vec());
    assert_eq!(asked(&broken, Ask::Keys), Err(Failure::Unreadable));
    let stranger = writing(|| b"SSH-2.0-OpenSSH_9.2\r\n".to_vec());
    assert_eq!(asked(&stranger, Ask::Keys), Err(Failure::Unreadable));
    let newer = writing(|| b"{\"id\":1,\"said\":{\"sung\":{}}}\n".to_vec());
    assert_eq!(asked(&newer, Ask::Keys), Err(Failure::Unreadable));
    let bytes = writing(|| vec![0xff, 0xfe, 0x1b, b'\n']);
    assert_eq!(asked(&bytes, Ask::Keys), Err(Failure::Unreadable));
}

#[test]
fn another_version_is_told_by_the_server() {
    let sentence = "This program speaks version 1 and the server version 2. Start it again after the update.";
    let refusal = Refusal { code: ErrorCode::MalformedRequest, sentence: sentence.into() };
    let told = refusal.clone();
    let server = Server::saying(move |_| vec![Said::Refused(told.clone())]);
    assert_eq!(asked(&server, Ask::Status), Err(Failure::Refused(refusal)));
}

#[test]
fn a_line_of_a_mebibyte_is_the_longest() {
    let line = |length: usize| {
        let head = "{\"id\":1,\"said\":{\"done\":{\"well\":{\"at\":\"2026-11-22T14:02:11Z\",\"sentence\":\"";
        let tail = "\"}}}}\n";
        format!("{head}{}{tail}", "x".repeat(length - head.len() - tail.len())).into_bytes()
    };
    let longest = writing(move || line(LONGEST_LINE));
    assert!(matches!(asked(&longest, Ask::RotateMasterKey), Ok(Reply::Well { .. })));
    let longer = writing(move || line(LONGEST_LINE + 1));
    assert_eq!(asked(&longer, Ask::RotateMasterKey), Err(Failure::Unreadable));
}

#[test]
fn what_replaces_the_server_is_done_by_our_program_though_a_server_answers() {
    let refusal = Refusal { code: ErrorCode::WrongState, sentence: "The server cannot replace itself.".into() };
    let server = Server::saying(move |_| vec![Said::Refused(refusal.clone())]);
    let well = Reply::Well { sentence: "Version 1.1.4 runs again.".into(), at: made_up::now() };
    script(server.folder.path(), "vcconnect", &format!("echo '{}'", serde_json::to_string(&well).unwrap()));
    for ask in [Ask::RollBack, Ask::InstallUpdate { bundle: "/tmp/a.vccu".to_owned() }] {
        let (via, outcome, _) = done(&server, question(ask));
        assert_eq!((via, outcome), (Via::System, Ok(well.clone())));
    }
}

#[test]
fn silence_and_a_break_are_told_apart() {
    let silent = Server::start(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert_eq!(done_within(SHORT, &silent, question(Ask::Status)).1, Err(Failure::Silent));
    let broken = writing(Vec::new);
    assert!(matches!(asked(&broken, Ask::Status), Err(Failure::Broken(_))));
}

#[test]
fn without_a_server_our_program_is_asked() {
    let server = nobody();
    let reply = serde_json::to_string(&Reply::Status(made_up::status())).unwrap();
    fs::write(server.path("reply"), reply).unwrap();
    let (arguments, folder) = (server.path("arguments"), server.folder.path());
    let text = format!("echo \"$@\" > {}; cat {}", arguments.display(), server.path("reply").display());
    script(folder, "vcconnect", &text);
    let (via, outcome, _) = done(&server, question(Ask::Status));
    assert_eq!((via, outcome), (Via::Program, Ok(Reply::Status(made_up::status()))));
    assert_eq!(fs::read_to_string(&arguments).unwrap(), "status --json\n");
    let seldom = Effect::Ask { ticket: TICKET, ask: Ask::Status, token: None, alone: false };
    assert_eq!(done(&server, seldom).1, Err(Failure::Away));
    assert_eq!(asked(&server, Ask::Users), Err(Failure::Away), "people are in the database");
}

#[test]
fn a_socket_that_nobody_listens_on_is_no_server() {
    let server = nobody();
    drop(std::os::unix::net::UnixListener::bind(server.socket()).unwrap());
    assert_eq!(asked(&server, Ask::Users), Err(Failure::Away));
}

#[test]
fn our_program_confirms_refuses_and_tells_how_far_it_is() {
    let server = nobody();
    let lines = |name: &str, lines: &[String]| {
        fs::write(server.path(name), lines.join("\n") + "\n").unwrap();
        server.path(name).display().to_string()
    };
    let json = |value: &Confirm| serde_json::to_string(value).unwrap();
    let confirm = lines("confirm", &[json(&made_up::confirm("remove"))]);
    let well = Reply::Well { sentence: "Removed.".into(), at: made_up::now() };
    let steps = [step(1), step(2)].map(|step| serde_json::to_string(&step).unwrap());
    let end = lines("end", &[&steps[..], &[serde_json::to_string(&well).unwrap()]].concat());
    let typed = server.path("typed").display().to_string();
    let text = format!("case \"$*\" in *--confirmed*) cat > {typed}; cat {end};; *) cat {confirm}; exit 1;; esac");
    script(server.folder.path(), "vcconnect", &text);
    let ask = Ask::RemoveKey { slot: 3 };
    let (via, outcome, _) = done(&server, question(ask.clone()));
    assert_eq!((via, outcome), (Via::Program, Err(Failure::Confirm(made_up::confirm("remove")))));
    let token = Some(made_up::confirm("remove").token);
    let (_, outcome, told) = done(&server, Effect::Ask { ticket: TICKET, ask, token, alone: true });
    assert_eq!((outcome, told), (Ok(well), vec![step(1), step(2)]));
    assert_eq!(fs::read_to_string(typed).unwrap(), "token-1\n");
    let refusal = Refusal { code: ErrorCode::WrongState, sentence: "It is open.".into() };
    let refused = lines("refused", &[serde_json::to_string(&refusal).unwrap()]);
    script(server.folder.path(), "vcconnect", &format!("cat {refused}; exit 1"));
    let (_, outcome, _) = done(&server, question(Ask::Unlock { with: Secret("horse".to_owned()) }));
    assert_eq!(outcome, Err(Failure::Refused(refusal)));
}

#[test]
fn a_secret_goes_to_the_standard_input() {
    let server = nobody();
    let seen = server.path("seen").display().to_string();
    script(server.folder.path(), "vcconnect", &format!("echo \"$@\" > {seen}; cat >> {seen}; echo no >&2; exit 2"));
    let (_, outcome, _) = done(&server, question(Ask::Unlock { with: Secret("correct horse".to_owned()) }));
    assert_eq!(outcome, Err(Failure::Program(Shown::new("no"))));
    assert_eq!(fs::read_to_string(seen).unwrap(), "keys unlock --json\ncorrect horse\n");
}

#[test]
fn a_program_that_talks_hangs_or_is_not_there_is_borne() {
    let server = nobody();
    let asked = |text: &str| {
        script(server.folder.path(), "vcconnect", text);
        done(&server, question(Ask::Status)).1
    };
    for hangs in ["exec sleep 60", "exec >&-; exec sleep 60"] {
        script(server.folder.path(), "vcconnect", hangs);
        assert_eq!(done_within(SHORT, &server, question(Ask::Status)).1, Err(Failure::Silent), "{hangs}");
    }
    assert_eq!(asked("echo hello"), Err(Failure::Unreadable));
    assert_eq!(asked("head -c 3000000 /dev/zero"), Err(Failure::Unreadable));
    let Err(Failure::Program(said)) = asked("head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1") else { panic!() };
    assert!(said.as_str().len() <= 400);
    let Err(Failure::Program(said)) = asked("printf '\\033]0;x\\007bad\\n' >&2; exit 1") else { panic!() };
    assert_eq!(said.as_str(), "\u{fffd}]0;x\u{fffd}bad");
    let Err(Failure::Program(said)) = asked("exit 3") else { panic!() };
    assert!(said.as_str().contains("code 3"));
    fs::remove_file(server.path("vcconnect")).unwrap();
    let (_, outcome, _) = done(&server, question(Ask::Status));
    assert!(matches!(outcome, Err(Failure::Program(said)) if said.as_str().contains("cannot be started")));
}

#[test]
fn where_nothing_is_set_up_it_is_said() {
    let server = nobody();
    let (_, messages, mut options) = desk(&server, CALM);
    drop(messages);
    options.data = server.path("none");
    let (back, messages) = mpsc::channel();
    Desk::new(Arc::new(options), back).carry_out(question(Ask::Status));
    assert_eq!(end(&messages).1, Err(Failure::NotSetUp));
}

#[test]
fn systemd_is_told_by_name_and_never_asks_for_a_password() {
    let server = nobody();
    let seen = server.path("seen");
    let keep = format!("echo \"$@\" > {}", seen.display());
    script(server.folder.path(), "systemctl", &keep);
    let said = || fs::read_to_string(&seen).unwrap();
    let effect = Effect::Unit { ticket: TICKET, verb: UnitVerb::Restart, unit: Unit::Database };
    assert!(matches!(done(&server, effect), (Via::System, Ok(Reply::Well { .. }), _)));
    assert_eq!(said(), "--no-ask-password restart vcconnect-db\n");
    script(server.folder.path(), "systemctl", "echo 'Unit vcconnect.service not found.' >&2; exit 5");
    let effect = Effect::Unit { ticket: TICKET, verb: UnitVerb::Start, unit: Unit::Server };
    assert_eq!(done(&server, effect).1, Err(Failure::Program("Unit vcconnect.service not found".into())));
}

#[test]
fn a_restore_is_followed_by_our_program() {
    let server = nobody();
    let reply = Reply::Restore { work: Some(made_up::going_on("restore", 12)), result: None };
    fs::write(server.path("reply"), serde_json::to_string(&reply).unwrap()).unwrap();
    let text = format!("[ \"$*\" = 'restore status --json' ] && cat {}", server.path("reply").display());
    script(server.folder.path(), "vcconnect", &text);
    assert_eq!(done(&server, Effect::FollowRestore { ticket: TICKET }).1, Ok(reply));
}

#[test]
fn a_restore_is_begun_by_our_program_which_gets_the_key_where_nobody_sees_it() {
    let server = nobody();
    let (seen, typed) = (server.path("seen"), server.path("typed"));
    fs::write(server.path("reply"), serde_json::to_string(&made_up::looked(false)).unwrap()).unwrap();
    let (seen_at, typed_at, reply) = (seen.display(), typed.display(), server.path("reply"));
    let text = format!("echo \"$@\" > {seen_at}; cat > {typed_at}; cat {}", reply.display());
    script(server.folder.path(), "vcconnect", &text);
    let key = RecoveryKey::Typed(Secret("AGE-SECRET-KEY-1X".to_owned()));
    let order = Order { place: "/mnt/nas".to_owned(), set: "a; rm -rf".to_owned(), key, verify_key: None };
    let effect = Effect::Look { ticket: TICKET, order };
    assert_eq!(done(&server, effect).1, Ok(made_up::looked(false)));
    let said = "restore --json --look --set=a; rm -rf --recovery-key-file=- -- /mnt/nas\n";
    assert_eq!(fs::read_to_string(&seen).unwrap(), said);
    assert_eq!(fs::read_to_string(&typed).unwrap(), "AGE-SECRET-KEY-1X\n");
}

fn journal(server: &Server) -> Result<Vec<Shown>, Failure> {
    let (desk, messages, _) = desk(server, CALM);
    desk.carry_out(Effect::Journal { ticket: TICKET });
    match messages.recv_timeout(CALM * 2).unwrap() {
        Msg::Lines(TICKET, lines) => lines,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_log_is_read_cleaned_and_bounded() {
    let server = nobody();
    let seen = server.path("seen");
    let text = format!(
        "echo \"$@\" > {}; printf 'one\\033[2J\\nt\\302\\233wo\\n\\377\\n'; yes long | head -n 5000",
        seen.display()
    );
    script(server.folder.path(), "journalctl", &text);
    let lines = journal(&server).unwrap();
    assert_eq!(lines.len(), 200);
    assert_eq!(lines[..3], ["one\u{fffd}[2J", "t\u{fffd}wo", "\u{fffd}"].map(Shown::from));
    assert_eq!(
        fs::read_to_string(seen).unwrap(),
        "-u vcconnect -u vcconnect-db -n 200 --no-pager --quiet -o short-iso\n"
    );
}

#[test]
fn without_systemd_a_sentence_says_so() {
    let server = nobody();
    let (_, _, mut options) = desk(&server, CALM);
    options.tools.booted = server.path("none");
    let (back, messages) = mpsc::channel();
    let desk = Desk::new(Arc::new(options), back);
    desk.carry_out(Effect::Unit { ticket: TICKET, verb: UnitVerb::Start, unit: Unit::Server });
    assert_eq!(end(&messages).1, Err(Failure::NoSystemd));
    desk.carry_out(Effect::Journal { ticket: TICKET });
    assert_eq!(messages.recv_timeout(CALM * 2).unwrap(), Msg::Lines(TICKET, Err(Failure::NoSystemd)));
}

#[test]
fn a_desk_does_not_wait() {
    let silent = Server::start(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let (desk, messages, _) = desk(&silent, Duration::from_secs(2));
    for _ in 0..20 {
        desk.carry_out(question(Ask::Status));
    }
    assert!(messages.try_recv().is_err(), "it came back before any answer could");
    for _ in 0..20 {
        assert_eq!(end(&messages).1, Err(Failure::Silent));
    }
    assert!(Path::new(&silent.socket()).exists());
}
