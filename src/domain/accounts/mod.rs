//! Owns `users`, `sessions`, `invitations`, `second_factors`, `recovery_codes`, `password_resets` and `login_failures`:
//! who may come in and what they are.
//!
//! Invariants:
//! - Names, mail addresses, password hashes and secrets of second factors are sealed; an address is found by its keyed
//!   tag alone.
//! - A bearer token (session, invitation, password reset) and a recovery code are stored as keyed tags, never as
//!   themselves.
//! - An attempt at a password or a code is counted before it is checked, so parallel attempts cannot outrun the throttle.
//! - A code is good once: its time step is compared and stored under the lock of its row.
//! - Whoever has a second factor does nothing before they gave it, and an admin without one nothing but setting it up.
//!   Which of these holds is decided at each request ([`Standing`]).
//! - There is always an active admin once there was one; disabling a person ends their sessions in the same transaction.
//!
//! `password` holds hashing, `authenticator` codes, `throttle` the ladder of waiting times, `directory` the names in
//! memory. Use cases: `service` (people, invitations), `sessions`, `attempts` (counting them), `second_factor`,
//! `resetting` (passwords), `overseeing` (how others get in), `masking` (nobody is known in a test copy). `store` has a file
//! of its own for each kind of row.
//! Called by http (sign-in, people) and by deals (names of members).

mod attempts;
mod authenticator;
mod directory;
mod masking;
mod model;
mod overseeing;
mod password;
mod resetting;
mod second_factor;
mod service;
mod sessions;
mod store;
#[cfg(test)]
mod tests;
mod throttle;

pub use authenticator::QrPicture;
pub use directory::Directory;
pub use masking::mask_everybody;
pub use model::{
    Accepted, Access, Authenticated, Client, Credentials, Email, FactorOffer, Invitation, InvitationView,
    NewInvitation, NewPasswordReset, Overseen, PasswordResetOffer, Person, PersonName, Proof, RecoveryCodes,
    SecondFactor, Session, SignedIn, Standing, User, UserChange, UserState,
};
pub use service::Accounts;
