//! Codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds) and recovery codes. No IO.

use chrono::{DateTime, Utc};
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::base::{Error, Result};

/// The secret of an authenticator, 160 bits as RFC 4226 recommends.
pub(super) const SECRET_BYTES: usize = 20;
/// Recovery codes that are given at a time.
pub(super) const RECOVERY_CODES: usize = 10;
/// 80 bits: no ladder is needed to keep them from being guessed.
pub(super) const RECOVERY_BYTES: usize = 10;
/// Characters of a recovery code, without the dashes.
const RECOVERY_LENGTH: usize = 16;
const GROUP: usize = 4;
const DIGITS: usize = 6;
/// Clear modules around a QR code that scanners want (ISO/IEC 18004).
const QUIET: i32 = 4;
const ISSUER: &str = "VCConnect";

/// An app that knows the secret.
pub(super) struct Authenticator(Totp);

impl Authenticator {
    /// With this secret, in base32, for this account. One time step of drift is allowed each way.
    pub(super) fn new(secret: &str, account: &str) -> Result<Self> {
        let secret = Secret::try_from_base32(secret).map_err(|error| Error::internal(error.to_string()))?;
        // The label of an otpauth URI separates issuer and account by a colon.
        let account = account.replace(':', " ");
        let totp = Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(account).build();
        Ok(Self(totp.map_err(|error| Error::internal(error.to_string()))?))
    }

    /// The time step that a code belongs to, if it is of now. The comparison takes the same time for every code.
    pub(super) fn step(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let seconds = u64::try_from(now.timestamp()).ok()?;
        self.0.check(code, seconds).and_then(|step| i64::try_from(step).ok())
    }

    /// What an app takes, as a URI.
    pub(super) fn uri(&self) -> Result<Zeroizing<String>> {
        Ok(Zeroizing::new(self.0.to_url().map_err(|error| Error::internal(error.to_string()))?))
    }
}

/// A new secret, in base32.
pub(super) fn base32(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(Secret::from(bytes).to_base32())
}

/// A square picture of a text, drawn by one path.
#[derive(Clone)]
pub struct QrPicture {
    /// Width and height, with the clear edge.
    pub size: i32,
    /// The dark modules as an SVG path in units of one module.
    pub path: String,
}

impl QrPicture {
    /// The picture of a text that is short enough.
    pub(super) fn of(text: &str) -> Result<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|error| Error::internal(error.to_string()))?;
        let path = (0..code.size()).map(|y| row(&code, y)).collect();
        Ok(Self { size: code.size() + 2 * QUIET, path })
    }
}

/// The dark stretches of a row, each as a box of height one.
fn row(code: &QrCode, y: i32) -> String {
    let mut path = String::new();
    let mut x = 0;
    while x < code.size() {
        let length = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
        let length = i32::try_from(length).unwrap_or_default();
        if length > 0 {
            path.push_str(&format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET));
        }
        x += length.max(1);
    }
    path
}

/// What somebody types where a code is asked for.
pub(super) enum Given {
    /// Six digits of an app.
    Code(Zeroizing<String>),
    /// A recovery code, in capitals and without dashes.
    Recovery(Zeroizing<String>),
    /// Neither can look like this.
    Nonsense,
}

impl Given {
    /// Spaces, dashes and small letters are forgiven.
    pub(super) fn parse(text: &str) -> Self {
        let told: Zeroizing<String> = Zeroizing::new(
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(RECOVERY_LENGTH + 1).collect(),
        );
        let told = Zeroizing::new(told.to_ascii_uppercase());
        match told.chars().count() {
            DIGITS if told.chars().all(|c| c.is_ascii_digit()) => Self::Code(told),
            RECOVERY_LENGTH => Self::Recovery(told),
            _ => Self::Nonsense,
        }
    }
}

/// A recovery code as it is shown: four groups of four.
pub(super) fn recovery_code(bytes: &[u8]) -> Zeroizing<String> {
    let plain = base32(bytes);
    let groups: Vec<&str> = (0..plain.len()).step_by(GROUP).filter_map(|at| plain.get(at..at + GROUP)).collect();
    Zeroizing::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: "12345678901234567890".
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// The last six of the eight digits in the SHA-1 rows of RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let app = Authenticator::new(RFC, "ada@fund.example").unwrap();
        let golden = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in golden {
            assert_eq!(app.step(code, at(seconds)), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn one_step_of_drift_is_allowed_and_no_more() {
        let app = Authenticator::new(RFC, "ada@fund.example").unwrap();
        for (seconds, fits) in [(0, true), (29, true), (30, true), (60, true), (89, true), (90, false), (1_000, false)]
        {
            assert_eq!(app.step("287082", at(seconds)).is_some(), fits, "a code of step 1 at {seconds}");
        }
        for wrong in ["287083", "28708", "2870822", "", "+87082", "28708２"] {
            assert_eq!(app.step(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_is_told_all_it_needs() {
        let uri = Authenticator::new(RFC, "ada:x@fund.example").unwrap().uri().unwrap();
        assert!(uri.starts_with("otpauth://totp/VCConnect:ada%20x%40fund"), "{}", *uri);
        assert!(uri.contains(&format!("secret={RFC}")) && uri.contains("issuer=VCConnect"), "{}", *uri);
    }

    #[test]
    fn what_is_typed_is_told_apart() {
        assert!(matches!(Given::parse(" 123 456 "), Given::Code(code) if *code == "123456"));
        let typed = "abcd-efgh ijkl-mn23";
        assert!(matches!(Given::parse(typed), Given::Recovery(code) if *code == "ABCDEFGHIJKLMN23"));
        for nonsense in ["", "12345", "12345a", "1234567", &"7".repeat(17), &"x".repeat(10_000)] {
            assert!(matches!(Given::parse(nonsense), Given::Nonsense), "{nonsense}");
        }
    }

    #[test]
    fn a_recovery_code_is_80_bits_in_groups_and_is_parsed_back() {
        let code = recovery_code(&[0xff; RECOVERY_BYTES]);
        assert_eq!(*code, "7777-7777-7777-7777");
        assert!(matches!(Given::parse(&code), Given::Recovery(plain) if *plain == code.replace('-', "")));
    }

    /// Drawn by the path, each module is as the encoder has it.
    #[test]
    fn the_path_draws_the_modules_of_the_code() {
        let text = "otpauth://totp/VCConnect:ada?secret=GEZDGNBVGY3TQOJQ&issuer=VCConnect";
        let picture = QrPicture::of(text).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        assert_eq!(picture.size, code.size() + 8);
        let mut dark = std::collections::BTreeSet::new();
        for stretch in picture.path.split('M').skip(1) {
            let numbers: Vec<i32> =
                stretch.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
            let [x, y, length, 1, back] = numbers[..] else { panic!("{stretch}") };
            assert_eq!(length, back);
            dark.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        for y in 0..code.size() {
            for x in 0..code.size() {
                assert_eq!(dark.contains(&(x, y)), code.get_module(x, y), "{x} {y}");
            }
        }
    }
}
