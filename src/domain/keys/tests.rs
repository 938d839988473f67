//! What may be said of a key.

use zeroize::Zeroizing;

use super::model::{Label, Passphrase};

#[test]
fn a_passphrase_that_can_be_guessed_is_refused() {
    let parse = |text: &str| Passphrase::parse(Zeroizing::new(text.to_owned()));
    for weak in
        ["", "short but odd !7", "passwordpasswordpassword", "aaaaaaaaaaaaaaaaaaaaaaaa", "vcconnect vcconnect v"]
    {
        assert!(parse(weak).is_err(), "{weak}");
    }
    assert!(parse(&"x y".repeat(600)).is_err());
    let passphrase = parse("quiet harbour turbine oxbow lantern").unwrap();
    assert!(!format!("{passphrase:?}").contains("harbour"));
    assert_eq!(parse(" quiet harbour turbine oxbow lantern\n").unwrap().as_str(), passphrase.as_str());
    assert!(parse(&format!("{}short", " ".repeat(40))).is_err());
}

#[test]
fn a_label_says_something_and_nothing_that_a_terminal_obeys() {
    assert_eq!(Label::parse(" Anna's envelope ").unwrap().as_str(), "Anna's envelope");
    for wrong in ["", "  ", "a\u{1b}[2J", &"x".repeat(61)] {
        assert!(Label::parse(wrong).is_err(), "{wrong:?}");
    }
}
