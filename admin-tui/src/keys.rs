//! The one list of keys. What a key does, the footers and the help all come from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::state::Screen;
use crate::words::key;

/// Where a key means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everywhere, also while somebody types.
    Always,
    /// On every screen with nothing over it.
    Screens,
    /// On this screen.
    On(Screen),
    /// In a popup that is read.
    Reading,
    /// In the popup with a link. The screens' keys work there too, and the link is gone.
    Linked,
    /// In a list of choices.
    Choosing,
    /// In a list of sessions.
    Sessions,
    /// In a form.
    Prompting,
    /// In the first setup.
    Setup,
    /// Where a word has to be typed.
    Confirming,
    /// While something is being done.
    Waiting,
    /// When somebody would leave with something typed.
    Leaving,
    /// In the search of a list.
    Finding,
}

impl Place {
    /// Of a screen.
    pub const fn of(screen: Screen) -> Self {
        Self::On(screen)
    }

    /// The places whose keys work here, this one first.
    fn and_wider(self) -> &'static [Self] {
        match self {
            Self::On(_) => &[Self::Screens, Self::Always],
            _ => &[Self::Always],
        }
    }
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is said in words::key")]
pub enum Does {
    Leave,
    Quit,
    Redraw,
    Help,
    Refresh,
    Next,
    Previous,
    Go(Screen),
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Find,
    Open,
    Back,
    Unlock,
    Services,
    Logs,
    Invite,
    ChangeRole,
    ResetPassword,
    ResetFactor,
    Disable,
    Enable,
    Sessions,
    EndSession,
    EndSessions,
    AddPassphrase,
    AddRecovery,
    AddKeyFile,
    RemoveKey,
    Rotate,
    Prove,
    BackUp,
    Verify,
    Restore,
    Plan,
    Install,
    RollBack,
    Retry,
    Cancel,
    More,
    Submit,
    NextField,
    PreviousField,
    Erase,
    EraseAll,
}

/// One entry of the list.
#[derive(Debug)]
pub struct Key {
    /// Where.
    pub place: Place,
    /// What is pressed; any of these.
    pub codes: &'static [KeyCode],
    /// Whether with Ctrl.
    pub ctrl: bool,
    /// How the key is written; empty for one that another entry speaks for.
    pub shown: &'static str,
    /// What it does.
    pub does: Does,
    /// In a word for the footer (empty: not there), and in a sentence for the help.
    pub says: (&'static str, &'static str),
}

const fn plain(
    place: Place,
    codes: &'static [KeyCode],
    shown: &'static str,
    does: Does,
    says: (&'static str, &'static str),
) -> Key {
    Key { place, codes, ctrl: false, shown, does, says }
}

const fn ctrl(
    place: Place,
    codes: &'static [KeyCode],
    shown: &'static str,
    does: Does,
    says: (&'static str, &'static str),
) -> Key {
    Key { place, codes, ctrl: true, shown, does, says }
}

const fn on(
    screen: Screen,
    codes: &'static [KeyCode],
    shown: &'static str,
    does: Does,
    says: (&'static str, &'static str),
) -> Key {
    plain(Place::On(screen), codes, shown, does, says)
}

use KeyCode::{BackTab, Backspace, Char, Enter, Esc, Tab};
use Screen::{Backups, Dashboard, Jobs, Keys, Updates, Users};

const UPWARDS: &[KeyCode] = &[KeyCode::Up, Char('k')];
const DOWNWARDS: &[KeyCode] = &[KeyCode::Down, Char('j')];
const HOME: &[KeyCode] = &[KeyCode::Home, Char('g')];
const END: &[KeyCode] = &[KeyCode::End, Char('G')];
const BACKWARDS: &[KeyCode] = &[Esc, Enter, Char('q')];
const ESC: &[KeyCode] = &[Esc];
const ENTER: &[KeyCode] = &[Enter];

/// Every key.
pub const KEYS: &[Key] = &[
    on(Dashboard, &[Char('s')], "s", Does::Services, key::SERVICES),
    on(Dashboard, &[Char('l')], "l", Does::Logs, key::LOGS),
    on(Dashboard, &[Char('o')], "o", Does::Go(Backups), key::TO_BACKUPS),
    on(Users, &[Char('i')], "i", Does::Invite, key::INVITE),
    on(Users, &[Char('o')], "o", Does::ChangeRole, key::ROLE),
    on(Users, &[Char('p')], "p", Does::ResetPassword, key::PASSWORD),
    on(Users, &[Char('f')], "f", Does::ResetFactor, key::FACTOR),
    on(Users, &[Char('d')], "d", Does::Disable, key::DISABLE),
    on(Users, &[Char('e')], "e", Does::Enable, key::ENABLE),
    on(Users, &[Char('s')], "s", Does::Sessions, key::SESSIONS),
    on(Users, &[Char('/')], "/", Does::Find, key::FIND),
    on(Keys, &[Char('a')], "a", Does::AddPassphrase, key::ADD_PASSPHRASE),
    on(Keys, &[Char('c')], "c", Does::AddRecovery, key::ADD_RECOVERY),
    on(Keys, &[Char('f')], "f", Does::AddKeyFile, key::ADD_KEY_FILE),
    on(Keys, &[Char('x')], "x", Does::RemoveKey, key::REMOVE),
    on(Keys, &[Char('m')], "m", Does::Rotate, key::ROTATE),
    on(Keys, &[Char('p')], "p", Does::Prove, key::PROVE),
    on(Keys, &[Char('/')], "/", Does::Find, key::FIND),
    on(Backups, &[Char('b')], "b", Does::BackUp, key::BACK_UP),
    on(Backups, &[Char('v')], "v", Does::Verify, key::VERIFY),
    on(Backups, &[Char('o')], "o", Does::Restore, key::RESTORE),
    on(Backups, &[Char('t')], "t", Does::Plan, key::PLAN),
    on(Backups, &[Char('/')], "/", Does::Find, key::FIND),
    on(Updates, &[Char('n')], "n", Does::Install, key::INSTALL),
    on(Updates, &[Char('b')], "b", Does::RollBack, key::ROLL_BACK),
    on(Updates, &[Char('/')], "/", Does::Find, key::FIND),
    on(Jobs, &[Char('t')], "t", Does::Retry, key::RETRY),
    on(Jobs, &[Char('c')], "c", Does::Cancel, key::CANCEL),
    on(Jobs, &[Char('n')], "n", Does::More, key::MORE),
    on(Jobs, &[Char('/')], "/", Does::Find, key::FIND),
    plain(Place::Screens, &[Char('u')], "u", Does::Unlock, key::UNLOCK),
    plain(Place::Screens, ENTER, "Enter", Does::Open, key::OPEN),
    plain(Place::Screens, &[KeyCode::F(1), Char('?')], "?", Does::Help, key::HELP),
    plain(Place::Screens, &[Char('q')], "q", Does::Leave, key::LEAVE),
    plain(Place::Screens, &[Tab, KeyCode::Right], "Tab", Does::Next, key::NEXT),
    plain(Place::Screens, &[BackTab, KeyCode::Left], "", Does::Previous, key::NEXT),
    plain(Place::Screens, &[Char('1')], "1-6", Does::Go(Dashboard), key::GO),
    plain(Place::Screens, &[Char('2')], "", Does::Go(Users), key::GO),
    plain(Place::Screens, &[Char('3')], "", Does::Go(Keys), key::GO),
    plain(Place::Screens, &[Char('4')], "", Does::Go(Backups), key::GO),
    plain(Place::Screens, &[Char('5')], "", Does::Go(Updates), key::GO),
    plain(Place::Screens, &[Char('6')], "", Does::Go(Jobs), key::GO),
    plain(Place::Screens, UPWARDS, "j k", Does::Up, key::MOVE),
    plain(Place::Screens, DOWNWARDS, "", Does::Down, key::MOVE),
    plain(Place::Screens, &[KeyCode::PageUp], "PgUp", Does::PageUp, key::PAGE),
    plain(Place::Screens, &[KeyCode::PageDown], "", Does::PageDown, key::PAGE),
    plain(Place::Screens, HOME, "Home", Does::First, key::ENDS),
    plain(Place::Screens, END, "", Does::Last, key::ENDS),
    plain(Place::Screens, &[Char('r'), KeyCode::F(5)], "r", Does::Refresh, key::REFRESH),
    plain(Place::Screens, ESC, "Esc", Does::Back, key::BACK),
    ctrl(Place::Always, &[Char('l')], "Ctrl-L", Does::Redraw, key::REDRAW),
    ctrl(Place::Always, &[Char('c')], "Ctrl-C", Does::Quit, key::QUIT),
    plain(Place::Reading, BACKWARDS, "Esc", Does::Back, key::CLOSE),
    plain(Place::Reading, UPWARDS, "j k", Does::Up, key::SCROLL),
    plain(Place::Reading, DOWNWARDS, "", Does::Down, key::SCROLL),
    plain(Place::Reading, &[KeyCode::PageUp], "", Does::PageUp, key::SCROLL),
    plain(Place::Reading, &[KeyCode::PageDown, Char(' ')], "", Does::PageDown, key::SCROLL),
    plain(Place::Reading, HOME, "", Does::First, key::SCROLL),
    plain(Place::Reading, END, "", Does::Last, key::SCROLL),
    plain(Place::Linked, &[Esc, Enter], "Esc", Does::Back, key::CLOSE),
    plain(Place::Linked, &[Tab, KeyCode::Right], "", Does::Next, key::NEXT),
    plain(Place::Linked, &[BackTab, KeyCode::Left], "", Does::Previous, key::NEXT),
    plain(Place::Choosing, ENTER, "Enter", Does::Submit, key::CHOOSE),
    plain(Place::Choosing, UPWARDS, "j k", Does::Up, key::MOVE),
    plain(Place::Choosing, DOWNWARDS, "", Does::Down, key::MOVE),
    plain(Place::Choosing, &[Esc, Char('q')], "Esc", Does::Back, key::DROP),
    plain(Place::Sessions, &[Char('x')], "x", Does::EndSession, key::END_SESSION),
    plain(Place::Sessions, &[Char('X')], "X", Does::EndSessions, key::END_SESSIONS),
    plain(Place::Sessions, UPWARDS, "", Does::Up, key::MOVE),
    plain(Place::Sessions, DOWNWARDS, "", Does::Down, key::MOVE),
    plain(Place::Sessions, &[Char('r')], "r", Does::Refresh, key::REFRESH),
    plain(Place::Sessions, BACKWARDS, "Esc", Does::Back, key::CLOSE),
    plain(Place::Prompting, ENTER, "Enter", Does::Submit, key::SUBMIT),
    plain(Place::Prompting, &[Tab, KeyCode::Down], "Tab", Does::NextField, key::FIELD),
    plain(Place::Prompting, &[BackTab, KeyCode::Up], "", Does::PreviousField, key::FIELD),
    plain(Place::Prompting, &[Backspace], "", Does::Erase, key::ERASE),
    ctrl(Place::Prompting, &[Char('u')], "Ctrl-U", Does::EraseAll, key::ERASE),
    plain(Place::Prompting, ESC, "Esc", Does::Back, key::DROP),
    plain(Place::Setup, ENTER, "Enter", Does::Submit, key::SETUP_NEXT),
    plain(Place::Setup, &[Tab, KeyCode::Down], "Tab", Does::NextField, key::SETUP_FIELD),
    plain(Place::Setup, &[BackTab, KeyCode::Up], "", Does::PreviousField, key::SETUP_FIELD),
    plain(Place::Setup, &[Backspace], "", Does::Erase, key::ERASE),
    ctrl(Place::Setup, &[Char('u')], "Ctrl-U", Does::EraseAll, key::ERASE),
    plain(Place::Setup, &[KeyCode::PageDown], "PgDn", Does::PageDown, key::SETUP_SCROLL),
    plain(Place::Setup, &[KeyCode::PageUp], "", Does::PageUp, key::SETUP_SCROLL),
    plain(Place::Setup, &[KeyCode::F(1)], "F1", Does::Help, key::SETUP_HELP),
    plain(Place::Setup, &[KeyCode::F(2)], "F2", Does::Restore, key::SETUP_RESTORE),
    plain(Place::Setup, ESC, "Esc", Does::Back, key::SETUP_BACK),
    plain(Place::Confirming, ENTER, "Enter", Does::Submit, key::CONFIRM),
    plain(Place::Confirming, &[Backspace], "", Does::Erase, key::ERASE),
    ctrl(Place::Confirming, &[Char('u')], "", Does::EraseAll, key::ERASE),
    plain(Place::Confirming, ESC, "Esc", Does::Back, key::KEEP),
    plain(Place::Waiting, &[Esc, Enter, Char('q')], "Esc", Does::Back, key::HIDE),
    plain(Place::Leaving, ENTER, "Enter", Does::Submit, key::DISCARD),
    plain(Place::Leaving, ESC, "Esc", Does::Back, key::STAY),
    plain(Place::Finding, ENTER, "Enter", Does::Submit, key::FOUND),
    plain(Place::Finding, ESC, "Esc", Does::Back, key::ALL),
    plain(Place::Finding, &[KeyCode::Up], "", Does::Up, key::MOVE),
    plain(Place::Finding, &[KeyCode::Down], "", Does::Down, key::MOVE),
    plain(Place::Finding, &[Backspace], "", Does::Erase, key::ERASE),
    ctrl(Place::Finding, &[Char('u')], "", Does::EraseAll, key::ERASE),
];

/// What a key does at a place, if anything.
pub fn does(place: Place, event: KeyEvent) -> Option<Does> {
    if event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META) {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let fits = |key: &&Key| key.ctrl == ctrl && key.codes.contains(&event.code);
    let at = |place: Place| KEYS.iter().filter(move |key| key.place == place).find(fits);
    at(place).or_else(|| place.and_wider().iter().find_map(|wider| at(*wider))).map(|key| key.does)
}

/// The letter that is typed with a key, where it is one.
pub fn letter(event: KeyEvent) -> Option<char> {
    match event.code {
        Char(letter) if !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => Some(letter),
        _ => None,
    }
}

/// The keys to show at a place, in the order of the list.
pub fn shown(place: Place) -> impl Iterator<Item = &'static Key> {
    let wider: &[Place] = place.and_wider();
    let own = KEYS.iter().filter(move |key| key.place == place);
    own.chain(KEYS.iter().filter(move |key| wider.contains(&key.place))).filter(|key| !key.shown.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        for screen in Screen::ALL {
            let here = [Place::On(screen), Place::Screens, Place::Always];
            let mut seen = Vec::new();
            for key in KEYS.iter().filter(|key| here.contains(&key.place)) {
                for code in key.codes {
                    assert!(!seen.contains(&(key.ctrl, code)), "{code:?} on {screen:?}");
                    seen.push((key.ctrl, code));
                }
            }
        }
    }

    #[test]
    fn a_popup_keeps_the_screens_keys_out() {
        let press = |code| KeyEvent::new(code, KeyModifiers::NONE);
        assert_eq!(does(Place::On(Users), press(Char('d'))), Some(Does::Disable));
        assert_eq!(does(Place::Reading, press(Char('d'))), None);
        assert_eq!(does(Place::On(Jobs), press(Char('d'))), None);
        assert_eq!(does(Place::Prompting, press(Char('q'))), None, "a letter");
        let quit = KeyEvent::new(Char('c'), KeyModifiers::CONTROL);
        assert_eq!(does(Place::Prompting, quit), Some(Does::Quit));
        assert_eq!(does(Place::On(Users), KeyEvent::new(Char('d'), KeyModifiers::ALT)), None);
    }
}
