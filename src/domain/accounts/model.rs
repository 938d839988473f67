//! People and what may be said of them. No IO.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::authenticator::QrPicture;
use crate::base::{Error, ErrorCode, FieldError, InvitationId, Result, SessionId, SystemRole, UserId};
use crate::infra::cache::Entry;

/// A mail address, trimmed and in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Accepts what can be an address; whether mail arrives there is not known.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim().to_lowercase();
        let fits = text.len() <= 254
            && text
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@'))
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if fits { Ok(Self(text)) } else { Err(field("email", "This is not a mail address, like name@fund.example.")) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a person is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Accepts 1 to 120 characters without control characters.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let length = text.chars().count();
        if (1..=120).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(field("name", "A name has 1 to 120 characters."))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) fn field(field: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), message: message.to_owned() }
}

/// Whether somebody may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// May sign in.
    Active,
    /// May not; what they did stays.
    Disabled,
}

impl UserState {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Disabled].into_iter().find(|state| state.as_str() == word)
    }
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the person.
    pub id: UserId,
    /// How they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they are in the fund.
    pub role: SystemRole,
    /// Whether they may sign in.
    pub state: UserState,
    /// Grows with each change.
    pub version: i64,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl Entry for User {
    type Key = UserId;

    fn key(&self) -> UserId {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Names the person.
    pub id: UserId,
    /// How they are called.
    pub name: String,
}

/// What an admin changes on a person.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct UserChange {
    /// Another role.
    pub role: Option<SystemRole>,
    /// Another state.
    pub state: Option<UserState>,
}

/// How far somebody with a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// May do what their role allows.
    SignedIn,
    /// Gave the password; may give the code of their second factor, or sign out.
    CodeNeeded,
    /// Is an admin without a second factor; may set it up, or sign out.
    SetUpNeeded,
}

impl Standing {
    /// Decided at each request, so that whoever becomes an admin is asked at once.
    pub const fn of(role: SystemRole, has_factor: bool, factor_given: bool) -> Self {
        match (has_factor, factor_given, role) {
            (true, true, _) => Self::SignedIn,
            (true, false, _) => Self::CodeNeeded,
            (false, _, SystemRole::Admin) => Self::SetUpNeeded,
            (false, _, _) => Self::SignedIn,
        }
    }

    /// Fails unless it is one of these: [`ErrorCode::SecondFactorRequired`] or [`ErrorCode::SecondFactorSetupRequired`].
    pub fn allow(self, these: &[Self]) -> Result<()> {
        if these.contains(&self) {
            return Ok(());
        }
        Err(match self {
            Self::CodeNeeded => Error::new(
                ErrorCode::SecondFactorRequired,
                "Give the code of your authenticator app, or a recovery code, to go on.",
            ),
            Self::SetUpNeeded => {
                Error::new(ErrorCode::SecondFactorSetupRequired, "An admin needs a second factor. Set it up to go on.")
            }
            Self::SignedIn => Error::new(ErrorCode::WrongState, "Nothing is missing for you to come in. Go on."),
        })
    }
}

/// One sign-in that is still good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Address and browser, as they said.
    pub client: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last request, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// Ends then at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A link with which somebody becomes a user, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Names the invitation.
    pub id: InvitationId,
    /// What they will be.
    pub role: SystemRole,
    /// For whom; anybody with the link unless said.
    pub email: Option<String>,
    /// By whom; nobody for the first admin's.
    pub invited_by: Option<UserId>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Ends then.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

impl Invitation {
    /// Whether it can still be accepted.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && self.expires_at > now
    }
}

/// An invitation with the name of who made it.
#[derive(Debug, Clone)]
pub struct InvitationView {
    /// The invitation.
    pub invitation: Invitation,
    /// Who made it.
    pub invited_by: Option<Person>,
}

/// An invitation that was just made, with the secret that only its maker sees.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The invitation.
    pub view: InvitationView,
    /// The link, secret included.
    pub link: String,
}

/// What somebody says when they accept an invitation.
pub struct Accepted {
    /// The secret from the link.
    pub token: String,
    /// How they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
}

impl std::fmt::Debug for Accepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accepted(..)")
    }
}

/// What somebody signs in with.
pub struct Credentials {
    /// Address as typed.
    pub email: String,
    /// Password as typed.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// The browser that somebody uses, as it calls itself.
#[derive(Debug, Clone, Default)]
pub struct Client(pub String);

/// A session that was just made, with the secret that only the browser keeps.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The session.
    pub session: Session,
    /// How far they have come with it.
    pub standing: Standing,
    /// The bearer token for the cookie.
    pub token: Zeroizing<String>,
}

/// Who a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Authenticated {
    /// Who.
    pub user: UserId,
    /// Their role now.
    pub role: SystemRole,
    /// The session.
    pub session: SessionId,
    /// How far they have come.
    pub standing: Standing,
}

/// A person with how they get in, for those who manage people.
#[derive(Debug, Clone)]
pub struct Overseen {
    /// The person.
    pub user: User,
    /// How they get in; `None` if it is not for the reader.
    pub access: Option<Access>,
}

/// How a person gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Access {
    /// Whether they have a second factor.
    pub second_factor: bool,
    /// Sessions that are still good.
    pub sessions: i64,
}

/// The second factor of the person who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SecondFactor {
    /// Since when there is one.
    pub since: Option<DateTime<Utc>>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: i64,
    /// Whether their role must have one.
    pub required: bool,
}

/// What an authenticator app takes. Shown once.
pub struct FactorOffer {
    /// The secret in base32, to be typed.
    pub secret: Zeroizing<String>,
    /// The same as an `otpauth` URI.
    pub uri: Zeroizing<String>,
    /// The URI as a picture, to be scanned.
    pub qr: QrPicture,
}

impl std::fmt::Debug for FactorOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FactorOffer(..)")
    }
}

/// Recovery codes that were just made. Shown once.
pub struct RecoveryCodes(pub Vec<Zeroizing<String>>);

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes(..)")
    }
}

/// How somebody shows that it is still them.
pub enum Proof {
    /// Their password.
    Password(Zeroizing<String>),
    /// A code of their app.
    Code(Zeroizing<String>),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(..)")
    }
}

/// A link with which a person chooses another password, once.
pub struct NewPasswordReset {
    /// The link, secret included.
    pub link: String,
    /// Ends then.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewPasswordReset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPasswordReset(..)")
    }
}

/// For whom a link to another password is.
#[derive(Debug, Clone)]
pub struct PasswordResetOffer {
    /// Whose password.
    pub user: User,
    /// Ends then.
    pub expires_at: DateTime<Utc>,
}
