//! An authenticator app as a person has it. It shows no code twice, since a server takes each only once.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use crate::http::Client;

/// Seconds for which a code is shown.
const STEP: u64 = 30;

/// The app with one secret.
pub struct Authenticator {
    secret: String,
    shown: u64,
}

impl Authenticator {
    /// Sets up the second factor of who is signed in, as the page does.
    pub fn set_up(client: &mut Client) -> Result<Self> {
        let offer = client.post("/api/v1/second-factor", &Value::Null)?;
        let secret = offer.get("secret").and_then(Value::as_str).context("the second factor has no secret")?;
        let mut app = Self { secret: secret.to_owned(), shown: 0 };
        client.post("/api/v1/second-factor/confirm", &json!({ "code": app.code()? }))?;
        Ok(app)
    }

    /// A code that was not shown before: the present one, or the next, which a server takes already.
    pub fn code(&mut self) -> Result<String> {
        let step = (SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / STEP).max(self.shown + 1);
        self.shown = step;
        let secret = totp_rs::Secret::try_from_base32(&self.secret).map_err(|error| anyhow!("{error}"))?;
        let totp = totp_rs::Builder::new().with_secret(secret).build().map_err(|error| anyhow!("{error}"))?;
        Ok(totp.generate(step * STEP).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_shown_twice() {
        let mut app = Authenticator { secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(), shown: 0 };
        let first = app.code().unwrap();
        assert_eq!(first.len(), 6);
        assert_ne!(app.code().unwrap(), first);
    }
}
