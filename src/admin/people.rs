//! Questions about people: the same use cases as on the page People, asked by the console.

use protocol::admin::{Ask, Reply, Secret};
use uuid::Uuid;

use super::views;
use crate::app::App;
use crate::base::{Ctx, Error, Result, SessionId, SystemRole, UserId};
use crate::domain::accounts::{UserChange, UserState};

pub(super) async fn answer(app: &App, cx: &Ctx, ask: Ask) -> Result<Reply> {
    match ask {
        Ask::Invite { role, email } => {
            let new = app.accounts.invite(cx, role_of(role)?, email.as_deref()).await?;
            return Ok(views::link(Secret(new.link), new.view.invitation.expires_at));
        }
        Ask::ResetPassword { user } => {
            let new = app.accounts.make_password_reset(cx, UserId(user)).await?;
            return Ok(views::link(Secret(new.link), new.expires_at));
        }
        Ask::Sessions { user } => return sessions(app, cx, user).await,
        Ask::EndSessions { user, session: Some(session) } => {
            app.accounts.end_session_of(cx, UserId(user), SessionId(session)).await?;
            return sessions(app, cx, user).await;
        }
        Ask::EndSessions { user, session: None } => {
            app.accounts.end_sessions_of(cx, UserId(user)).await?;
            return sessions(app, cx, user).await;
        }
        Ask::SetRole { user, role } => {
            change(app, cx, user, UserChange { role: Some(role_of(role)?), state: None }).await?;
        }
        Ask::Disable { user } => change(app, cx, user, state(UserState::Disabled)).await?,
        Ask::Enable { user } => change(app, cx, user, state(UserState::Active)).await?,
        Ask::ResetSecondFactor { user } => app.accounts.reset_second_factor(cx, UserId(user)).await?,
        _ => {}
    }
    Ok(views::people(app.accounts.everybody(cx).await?))
}

async fn sessions(app: &App, cx: &Ctx, user: Uuid) -> Result<Reply> {
    Ok(views::sessions(app.accounts.sessions_of(cx, UserId(user)).await?))
}

/// The console changes the person as they are now; who changed them a moment before is not asked.
async fn change(app: &App, cx: &Ctx, user: Uuid, change: UserChange) -> Result<()> {
    let id = UserId(user);
    let version = app.accounts.directory().user(id).ok_or_else(|| Error::not_found("person"))?.version;
    app.accounts.change_user(cx, id, version, change).await?;
    Ok(())
}

fn state(state: UserState) -> UserChange {
    UserChange { role: None, state: Some(state) }
}

fn role_of(role: protocol::admin::Role) -> Result<SystemRole> {
    SystemRole::parse(role.word()).ok_or_else(|| Error::internal("a role of the wire is none of ours"))
}
