//! Settings without a database: what an endpoint may be.

use zeroize::Zeroizing;

use super::model::{NewEndpoint, Reach};

fn new() -> NewEndpoint {
    NewEndpoint {
        name: " Llama  in the office ".to_owned(),
        base_url: "http://127.0.0.1:8080/v1".to_owned(),
        model: "llama-3.1-70b".to_owned(),
        reach: Reach::Local,
        key: Some(Zeroizing::new(" sk-1 ".to_owned())),
    }
}

fn wrong(new: NewEndpoint) -> Vec<String> {
    new.accept().err().map(|error| error.fields.into_iter().map(|field| field.field).collect()).unwrap_or_default()
}

#[test]
fn what_is_pasted_is_tidied() {
    let accepted = new().accept().ok().unwrap();
    assert_eq!((accepted.name.as_str(), accepted.model.as_str()), ("Llama in the office", "llama-3.1-70b"));
    assert_eq!(accepted.key.as_ref().map(|key| key.as_str()), Some("sk-1"));
    let empty = NewEndpoint { key: Some(Zeroizing::new("  ".to_owned())), ..new() };
    assert!(empty.accept().ok().unwrap().key.is_none());
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let all = NewEndpoint {
        name: String::new(),
        base_url: "somewhere".to_owned(),
        model: "a\nb".to_owned(),
        reach: Reach::Local,
        key: Some(Zeroizing::new("schlüssel".to_owned())),
    };
    assert_eq!(wrong(all), ["name", "model", "key", "base_url"]);
    let elsewhere = || NewEndpoint { base_url: "http://10.1.2.3:8080/v1".to_owned(), ..new() };
    assert_eq!(wrong(elsewhere()), [""; 0]);
    assert_eq!(
        wrong(NewEndpoint { reach: Reach::External, ..elsewhere() }),
        ["base_url"],
        "without TLS it stays inside"
    );
    assert_eq!(wrong(NewEndpoint { base_url: "http://169.254.169.254/v1".to_owned(), ..new() }), ["base_url"]);
}

#[test]
fn words_in_json_and_in_the_database_are_the_same() {
    for reach in [Reach::Local, Reach::External] {
        assert_eq!(serde_json::to_value(reach).unwrap(), reach.as_str());
        assert_eq!(Reach::parse(reach.as_str()), Some(reach));
    }
}
