//! What an attempt that failed means: the end, a pause and another attempt, or the same request said differently.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::guard::Refusal;
use crate::wire::Parameter;
use crate::{Endpoint, Request, Trouble, TroubleKind, own_words, retry_after};

const REFUSES: &str = "It refuses the request.";

/// Why an attempt failed.
pub(crate) enum Failure {
    /// It would fail again.
    Final(Trouble),
    /// It may go well next time.
    Passing {
        /// What it comes to if it does not.
        trouble: Trouble,
        /// How long the endpoint asks to wait.
        asked: Option<Duration>,
    },
    /// The endpoint does not take these parameters.
    Parameters {
        /// Those that it names.
        named: Vec<Parameter>,
        /// What it comes to if they were not sent.
        trouble: Trouble,
    },
}

impl Failure {
    pub(crate) fn last(kind: TroubleKind, sentence: impl Into<String>) -> Self {
        Self::Final(Trouble::new(kind, sentence))
    }

    pub(crate) fn passing(kind: TroubleKind, sentence: impl Into<String>) -> Self {
        Self::Passing { trouble: Trouble::new(kind, sentence), asked: None }
    }
}

/// What a status that is not success means.
pub(crate) fn of_status(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    endpoint: &Endpoint,
    request: &Request,
) -> Failure {
    if status.is_redirection() {
        return Failure::last(
            TroubleKind::Redirected,
            "It wants to redirect to another URL, which is not followed. Put the base URL right.",
        );
    }
    let message = own_words::message(body);
    let told = |kind, what: &str| Trouble::new(kind, what).remarked(own_words::shown(&message, endpoint, request));
    match status.as_u16() {
        401 | 403 if endpoint.key.is_none() => Failure::last(TroubleKind::Unauthorised, "It wants a key."),
        401 | 403 => Failure::last(TroubleKind::Unauthorised, "It does not accept the key."),
        402 => Failure::Final(told(
            TroubleKind::Unpaid,
            "It wants to be paid before it answers. Look at the account that the key belongs to.",
        )),
        404 => Failure::last(
            TroubleKind::NotFound,
            "It has no such model, or nothing is at this URL. Check the name of the model and the base URL.",
        ),
        408 | 425 | 429 | 500 | 502 | 503 | 504 | 529 => {
            Failure::Passing { trouble: passing(status), asked: retry_after::asked(headers) }
        }
        413 => Failure::Final(too_long()),
        400 if is_too_long(&message, body) => Failure::Final(too_long()),
        400 | 422 => {
            let named = Parameter::ALL.into_iter().filter(|parameter| message.contains(parameter.name())).collect();
            Failure::Parameters { named, trouble: told(TroubleKind::Refused, REFUSES) }
        }
        405..=499 => Failure::Final(told(TroubleKind::Refused, REFUSES)),
        code => Failure::Final(told(TroubleKind::Faulty, &format!("It has a fault (status {code})."))),
    }
}

/// A fault that is told in place of an answer, with a status of success.
pub(crate) fn of_error(error: &Value, endpoint: &Endpoint, request: &Request) -> Trouble {
    let message = own_words::of_json(error).unwrap_or_default();
    Trouble::new(TroubleKind::Faulty, "It has a fault.").remarked(own_words::shown(&message, endpoint, request))
}

/// What a connection or a response that failed means.
pub(crate) fn of_transport(error: &reqwest::Error) -> Failure {
    let causes = || causes(error);
    if let Some(refusal) = causes().find_map(|cause| cause.downcast_ref::<Refusal>()) {
        return match refusal {
            Refusal::Nowhere => Failure::passing(TroubleKind::Unreachable, refusal.to_string()),
            _ => Failure::last(TroubleKind::Forbidden, refusal.to_string()),
        };
    }
    if causes().any(|cause| cause.to_string().contains("invalid peer certificate")) {
        return Failure::last(
            TroubleKind::Unreachable,
            "Its certificate is not one that this system trusts for this name. Put the certificate right, or add its \
             authority to the system's.",
        );
    }
    if error.is_connect() && causes().any(is_no_tls) {
        return Failure::last(
            TroubleKind::Unreachable,
            "No encrypted connection can be agreed on with it. Check that https:// and the port are right.",
        );
    }
    if error.is_builder() {
        return Failure::last(TroubleKind::Unreachable, "No request can be made of its URL and key. Check both.");
    }
    Failure::passing(TroubleKind::Unreachable, unreachable(error))
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

fn unreachable(error: &reqwest::Error) -> &'static str {
    if error.is_dns() {
        "Its name cannot be resolved. Check how it is written."
    } else if error.is_connect() && error.is_timeout() {
        "It does not take a connection. Check the host, the port, and the firewalls between."
    } else if error.is_connect() {
        "Nothing listens at its address. Check that it runs, and that host and port are right."
    } else {
        "It breaks connections without an answer. Check that http:// or https:// is right, and look at its own log."
    }
}

/// The library for TLS reports what it does not understand as data that are not valid. It may lie in a second error, which
/// `source` leaves out.
fn is_no_tls(cause: &(dyn Error + 'static)) -> bool {
    let Some(error) = cause.downcast_ref::<io::Error>() else { return false };
    error.kind() == io::ErrorKind::InvalidData || error.get_ref().is_some_and(|inner| is_no_tls(inner))
}

fn passing(status: StatusCode) -> Trouble {
    let code = status.as_u16();
    match code {
        429 | 503 | 529 => {
            Trouble::new(TroubleKind::Busy, format!("It is too busy to answer (status {code}). Try again later."))
        }
        408 | 425 | 504 => {
            Trouble::new(TroubleKind::TimedOut, format!("It did not get an answer in time (status {code})."))
        }
        _ => Trouble::new(TroubleKind::Faulty, format!("It has a fault (status {code}). Look at its own log.")),
    }
}

fn too_long() -> Trouble {
    Trouble::new(
        TroubleKind::Refused,
        "The text is too long for this model. Use a model that takes longer texts, or raise what its server allows.",
    )
}

fn is_too_long(message: &str, body: &[u8]) -> bool {
    const WORDS: [&str; 8] = [
        "context length",
        "context window",
        "context size",
        "maximum context",
        "prompt is too long",
        "input is too long",
        "too many tokens",
        "maximum number of tokens",
    ];
    let message = message.to_lowercase();
    let code = b"context_length_exceeded";
    WORDS.iter().any(|word| message.contains(word)) || body.windows(code.len()).any(|window| window == code)
}

#[cfg(test)]
mod tests {
    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;
    use crate::call::Call;
    use crate::watch::Watch;
    use crate::{BaseUrl, Limits, Reach};

    /// A resolver that refuses every name.
    struct Refusing(Refusal);

    impl Resolve for Refusing {
        fn resolve(&self, _: Name) -> Resolving {
            let refusal = self.0;
            Box::pin(async move { Err(refusal.into()) })
        }
    }

    fn client(refusal: Refusal) -> reqwest::Client {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).dns_resolver(Refusing(refusal));
        client.build().unwrap()
    }

    async fn failure(refusal: Refusal) -> Failure {
        let error = client(refusal).get("http://models.test/v1").send().await.unwrap_err();
        of_transport(&error)
    }

    #[tokio::test]
    async fn what_the_resolver_refuses_is_told_and_not_asked_again() {
        for refusal in [Refusal::Never, Refusal::Outside, Refusal::Unencrypted] {
            let Failure::Final(trouble) = failure(refusal).await else { panic!("it would be asked again") };
            assert_eq!(trouble, Trouble::new(TroubleKind::Forbidden, refusal.to_string()));
        }
    }

    #[tokio::test]
    async fn what_this_program_refuses_is_no_request() {
        let second = Duration::from_secs(1);
        let limits = Limits {
            connect: second,
            first_word: second,
            silence: second,
            total: second,
            attempts: 1,
            pause: second,
            longest_wait: second,
            answer_bytes: 1,
        };
        let endpoint = Endpoint {
            base_url: BaseUrl::parse("http://models.test/v1", Reach::Local).unwrap(),
            model: String::new(),
            key: None,
            reach: Reach::Local,
        };
        let request = Request { system: String::new(), user: String::new(), most_tokens: 1, json: false };
        for (refusal, made) in [(Refusal::Outside, 0), (Refusal::Nowhere, 1)] {
            let http = client(refusal);
            let on_text = &mut |_: &str| ();
            let mut call = Call::new(&limits, &http, &endpoint, &request, on_text);
            assert!(call.run(Watch::start()).await.is_err());
            assert_eq!(call.made(), made, "{refusal:?}");
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_may_get_one() {
        let Failure::Passing { trouble, asked: None } = failure(Refusal::Nowhere).await else { panic!("it is final") };
        assert_eq!(trouble.kind, TroubleKind::Unreachable);
    }
}
