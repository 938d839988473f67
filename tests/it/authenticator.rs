//! An authenticator app as a person has it, with their recovery codes beside it. It computes codes itself, with what
//! the server offered alone.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::client::{Answer, Client};

#[derive(Debug, Clone)]
pub struct Authenticator {
    pub secret: String,
    recovery_codes: Arc<Mutex<Vec<String>>>,
}

impl Authenticator {
    /// The code that the app shows at a moment.
    pub fn code(&self, at: DateTime<Utc>) -> String {
        code(&self.secret, at)
    }

    /// The code that it shows next, which a server takes already.
    pub fn next_code(&self, at: DateTime<Utc>) -> String {
        self.code(at + TimeDelta::seconds(30))
    }

    /// A recovery code, crossed out.
    pub fn recovery_code(&self) -> String {
        self.recovery_codes.lock().expect("no poison").pop().expect("a recovery code is left")
    }
}

/// The code of a secret at a moment.
pub fn code(secret: &str, at: DateTime<Utc>) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a secret of 160 bits");
    totp.generate(u64::try_from(at.timestamp()).expect("after 1970")).to_string()
}

/// Recovery codes as an answer shows them.
pub fn codes_in(answer: &Answer) -> Vec<String> {
    let codes = answer.json["recovery_codes"].as_array().expect("recovery codes");
    codes.iter().map(|code| code.as_str().expect("a text").to_owned()).collect()
}

impl Client {
    /// Sets up a second factor, as the page does, and keeps the app.
    pub async fn set_up_second_factor(&mut self, now: DateTime<Utc>) {
        let offer = self.post("/api/v1/second-factor", &Value::Null).await;
        assert_eq!(offer.status, 201, "{}", offer.text);
        let secret = offer.json["secret"].as_str().expect("a secret").to_owned();
        let confirmed = self.post("/api/v1/second-factor/confirm", &json!({ "code": code(&secret, now) })).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text);
        let recovery_codes = Arc::new(Mutex::new(codes_in(&confirmed)));
        self.authenticator = Some(Authenticator { secret, recovery_codes });
    }

    /// Signs in where somebody is signed in already, with a recovery code of theirs.
    pub async fn sign_in_beside(&mut self, other: &Client, email: &str, password: &str) {
        let answer = self.post("/api/v1/session", &json!({ "email": email, "password": password })).await;
        assert_eq!(answer.json["standing"], "code_needed", "{}", answer.text);
        let code = other.authenticator.as_ref().expect("an authenticator").recovery_code();
        let answer = self.post("/api/v1/session/code", &json!({ "code": code })).await;
        assert_eq!((answer.status, answer.json["standing"].as_str()), (200, Some("signed_in")), "{}", answer.text);
        self.authenticator.clone_from(&other.authenticator);
    }
}
