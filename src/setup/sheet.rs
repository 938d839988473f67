//! The recovery sheet: one page that is printed and locked away, with all that brings the installation back.

use std::path::Path;

use chrono::{DateTime, Utc};
use qrcodegen::{QrCode, QrCodeEcc};
use vault::RecoveryKey;
use zeroize::Zeroizing;

use super::steps::Work;
use crate::infra::backup::{BackupPlace, Trouble};
use crate::infra::files;
use crate::infra::ownership::give_to_owner;

/// White modules around the code, as its standard wants.
const QUIET: i32 = 4;
/// Groups of the key in a line.
const GROUPS: usize = 4;

/// What stands on it.
struct Sheet<'a> {
    key: &'a RecoveryKey,
    url: &'a str,
    /// Whoever restores believes only sets that this key has signed.
    verify_key: String,
    at: DateTime<Utc>,
}

/// Writes the file: HTML if its name ends so, text otherwise.
pub(super) fn write(work: &mut Work<'_, '_>) -> Result<(), Trouble> {
    let Some(path) = work.setup.sheet.clone() else { return Ok(()) };
    let key = work.recovery.clone().ok_or_else(|| {
        Trouble::told(
            "the recovery sheet shows the recovery key, and that is not here: name its file as keys.recovery_key_file, or \
             leave the sheet out",
        )
    })?;
    let verify_key = BackupPlace::of(work.config()).signing_key()?.verify_key().as_str().to_owned();
    give_to_owner(work.config())?;
    let (url, at) = (work.config().server.public_url.clone(), work.setup.outside.clock.now());
    let sheet = Sheet { key: &key, url: &url, verify_key, at };
    let is_html = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"));
    let text = if is_html { sheet.html() } else { sheet.text() };
    let text = text.ok_or_else(|| Trouble::told("the code of the recovery sheet cannot be drawn"))?;
    work.begun.will_make(&path)?;
    store(&path, &text)
}

fn store(path: &Path, text: &str) -> Result<(), Trouble> {
    files::replace_secret(path, text).map_err(|error| Trouble::told(error.to_string()))
}

impl Sheet<'_> {
    fn lines(&self) -> Vec<Zeroizing<String>> {
        let groups = self.key.groups();
        let line = |groups: &[Zeroizing<String>]| {
            let words: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
            Zeroizing::new(words.join(" "))
        };
        let (first, rest) = groups.split_at(groups.len().min(1));
        std::iter::once(line(first)).chain(rest.chunks(GROUPS).map(line)).collect()
    }

    fn code(&self) -> Option<QrCode> {
        QrCode::encode_text(&self.key.text(), QrCodeEcc::Medium).ok()
    }

    /// What is the same on both, a heading and its text each.
    fn says(&self) -> [(&'static str, String); 4] {
        let recipient = self.key.recipient().to_string();
        [
            ("Server", self.url.to_owned()),
            ("Made", self.at.format("%Y-%m-%d").to_string()),
            ("Public half of the key (its fingerprint)", recipient),
            ("Verification key of the backups", self.verify_key.clone()),
        ]
    }

    fn text(&self) -> Option<Zeroizing<String>> {
        let mut page = Zeroizing::new(format!("{TITLE}\n\n"));
        for (heading, said) in self.says() {
            page.push_str(&format!("{heading}:\n    {said}\n"));
        }
        page.push_str("\nThe recovery key:\n\n");
        for line in self.lines() {
            page.push_str("    ");
            page.push_str(&line);
            page.push('\n');
        }
        page.push('\n');
        page.push_str(&blocks(&self.code()?));
        page.push_str(&format!("\n{OPENS}\n\n{USE}\n\n    {}\n\n{KEEP}\n", self.command()));
        Some(page)
    }

    fn html(&self) -> Option<Zeroizing<String>> {
        let code = self.code()?;
        let size = code.size() + 2 * QUIET;
        let mut page = Zeroizing::new(format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{TITLE}</title><style>{STYLE}</style>\
             </head><body>\n<h1>{TITLE}</h1>\n<dl>\n"
        ));
        for (heading, said) in self.says() {
            page.push_str(&format!("<dt>{heading}</dt><dd><code>{}</code></dd>\n", escape(&said)));
        }
        page.push_str("</dl>\n<h2>The recovery key</h2>\n<pre class=\"key\">");
        for line in self.lines() {
            page.push_str(&line);
            page.push('\n');
        }
        page.push_str(&format!(
            "</pre>\n<svg viewBox=\"0 0 {size} {size}\" width=\"220\" height=\"220\" role=\"img\" aria-label=\"The recovery \
             key as a code\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{}\"/></svg>\n",
            *modules(&code)
        ));
        page.push_str(&format!(
            "<p>{}</p>\n<p>{}</p>\n<pre>{}</pre>\n<p>{}</p>\n</body></html>\n",
            escape(OPENS),
            escape(USE),
            escape(&self.command()),
            escape(KEEP)
        ));
        Some(page)
    }

    fn command(&self) -> String {
        format!("vcconnect restore PLACE --recovery-key-file FILE --verify-key {}", self.verify_key)
    }
}

const TITLE: &str = "VCConnect recovery sheet";
const OPENS: &str = "This key opens every backup of this server, and the keystore on it when all other keys are lost. Nobody \
                     else has it, and nobody can make it again.";
const USE: &str = "On a machine with VCConnect installed, put the key into a file that only you may read, one line without \
                   spaces, and name the place of the backups:";
const KEEP: &str = "Keep this sheet away from the server and from its backups, where paper survives fire and water. Whoever \
                    holds it together with a backup can read everything. Try it now and then: vcconnect keys prove";
const STYLE: &str = "body{font:12pt/1.4 serif;max-width:44em;margin:2em auto;padding:0 1em;color:#000;background:#fff}\
                     dt{font-weight:bold}dd{margin:0 0 .5em}code,pre{font-family:monospace;overflow-wrap:anywhere}\
                     pre{white-space:pre-wrap}.key{font-size:15pt;line-height:1.5}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The dark modules as one path of an SVG.
fn modules(code: &QrCode) -> Zeroizing<String> {
    let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let mut path = Zeroizing::new(String::new());
    for (x, y) in dark.filter(|(x, y)| code.get_module(*x, *y)) {
        path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
    }
    path
}

/// The code in half blocks, two rows a line; dark on paper.
fn blocks(code: &QrCode) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for y in (-QUIET..code.size() + QUIET).step_by(2) {
        for x in -QUIET..code.size() + QUIET {
            text.push(match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_have_everything_that_a_restore_needs() {
        let key = RecoveryKey::generate();
        let sheet = Sheet {
            key: &key,
            url: "https://atlas.fund.example",
            verify_key: "v".repeat(43),
            at: "2026-11-23T09:00:00Z".parse().unwrap(),
        };
        for page in [sheet.text().unwrap(), sheet.html().unwrap()] {
            for part in ["https://atlas.fund.example", "2026-11-23", "age1", "vcconnect restore PLACE"] {
                assert!(page.contains(part), "{part} in {}", *page);
            }
            assert!(page.contains(&"v".repeat(43)));
            let typed: Vec<&str> = page.lines().skip_while(|line| !line.contains("AGE-SECRET-KEY-1")).take(5).collect();
            let typed = typed.join("\n").replace("<pre class=\"key\">", "");
            assert_eq!(RecoveryKey::parse(&typed).unwrap().text(), key.text(), "{typed}");
        }
        assert_eq!(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
