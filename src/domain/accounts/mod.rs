//! Owns `users`, `sessions`, `invitations` and `login_failures`: who may come in and what they are.
//!
//! Invariants:
//! - Names, mail addresses and password hashes are sealed; an address is found by its keyed tag alone.
//! - A bearer token (session, invitation) is stored as a keyed tag, never as itself.
//! - An attempt to sign in is counted before the password is checked, so parallel attempts cannot outrun the throttle.
//! - There is always an active admin once there was one; disabling a person ends their sessions in the same transaction.
//!
//! `password` holds hashing, `throttle` the ladder of waiting times, `directory` the names in memory.
//! Called by http (sign-in, people) and by deals (names of members).

mod directory;
mod model;
mod password;
mod service;
mod sessions;
mod store;
#[cfg(test)]
mod tests;
mod throttle;

pub use directory::Directory;
pub use model::{
    Accepted, Authenticated, Client, Credentials, Email, Invitation, InvitationView, NewInvitation, Person, PersonName,
    Session, SignedIn, User, UserChange, UserState,
};
pub use service::Accounts;
