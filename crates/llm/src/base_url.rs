//! The URL of an endpoint, as a person writes it.
//!
//! Invariants: http or https, a host, no user, query or fragment; plain http leaves this machine only for a local endpoint;
//! an address that is written out is one that may be connected to. Names are looked at when they are connected to.

use std::net::IpAddr;

use url::{Host, Url};

use crate::Reach;
use crate::guard::Guard;

const COMPLETIONS: &str = "/chat/completions";
const MOST_CHARACTERS: usize = 2_000;

/// The URL before `/chat/completions`, e.g. `http://127.0.0.1:8080/v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// Without a slash at its end.
    text: String,
    completions: Url,
}

impl BaseUrl {
    /// Reads a URL; a sentence for people if it cannot be one of an endpoint of this reach. A pasted
    /// `/chat/completions` and slashes at the end are left out.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, String> {
        let text = text.trim();
        if text.chars().count() > MOST_CHARACTERS {
            return Err(format!("This is too long. Write a URL of at most {MOST_CHARACTERS} characters."));
        }
        let mut url = Url::parse(text).map_err(|error| unreadable(text, error))?;
        check_scheme(&url)?;
        check_parts(&url)?;
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix(COMPLETIONS).unwrap_or(path).trim_end_matches('/').to_owned();
        url.set_path(&path);
        let text = url.as_str().trim_end_matches('/').to_owned();
        let completions = Url::parse(&format!("{text}{COMPLETIONS}")).map_err(|error| unreadable(&text, error))?;
        let url = Self { text, completions };
        url.check_way(reach)?;
        Ok(url)
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host, with the port if it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.completions.host_str().unwrap_or_default();
        self.completions.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Where completions are asked for.
    pub(crate) fn completions(&self) -> &Url {
        &self.completions
    }

    /// Whether what is sent there is encrypted on its way.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.completions.scheme() == "https"
    }

    /// The address, if one is written out instead of a name. No resolver is asked about it.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self.completions.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    fn check_way(&self, reach: Reach) -> Result<(), String> {
        if !self.is_encrypted() && reach == Reach::External && !self.names_this_machine() {
            return Err("Write https:// in front: what is sent to an external endpoint must be encrypted.".to_owned());
        }
        let guard = Guard::of(reach, self.is_encrypted());
        self.address().map_or(Ok(()), |address| guard.check(address).map_err(|refusal| refusal.to_string()))
    }

    fn names_this_machine(&self) -> bool {
        match self.address() {
            Some(address) => address.to_canonical().is_loopback(),
            None => self.completions.host_str().is_some_and(|name| name == "localhost"),
        }
    }
}

fn check_scheme(url: &Url) -> Result<(), String> {
    match url.scheme() {
        "http" | "https" => Ok(()),
        _ => Err("Write a URL that begins with https:// or http://, e.g. https://host/v1.".to_owned()),
    }
}

fn check_parts(url: &Url) -> Result<(), String> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err("A host is lacking. Write the whole URL, e.g. https://host/v1.".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Leave out what stands before the @. A key has a field of its own.".to_owned());
    }
    if url.query().is_some() {
        return Err("Leave out the question mark and all that follows it.".to_owned());
    }
    if url.fragment().is_some() {
        return Err("Leave out the # and all that follows it.".to_owned());
    }
    Ok(())
}

fn unreadable(text: &str, error: url::ParseError) -> String {
    match error {
        url::ParseError::EmptyHost => "A host is lacking. Write the whole URL, e.g. https://host/v1.".to_owned(),
        url::ParseError::InvalidPort => "The port is not one. Write a number up to 65535, or none.".to_owned(),
        _ if !text.contains("://") => {
            "Write the whole URL with https:// or http:// in front, e.g. https://host/v1.".to_owned()
        }
        _ => "This is not a URL. Write one like https://host/v1.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, reach: Reach) -> Result<String, String> {
        BaseUrl::parse(text, reach).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn what_people_paste_becomes_the_base() {
        for text in [
            "http://127.0.0.1:8080/v1",
            " http://127.0.0.1:8080/v1/ ",
            "http://127.0.0.1:8080/v1/chat/completions",
            "http://127.0.0.1:8080/v1/chat/completions/",
            "HTTP://127.0.0.1:8080/v1//",
        ] {
            assert_eq!(read(text, Reach::Local).as_deref(), Ok("http://127.0.0.1:8080/v1"), "{text}");
        }
        assert_eq!(read("https://models.test", Reach::External).as_deref(), Ok("https://models.test"));
        assert_eq!(read("https://models.test/chat/completions", Reach::External).as_deref(), Ok("https://models.test"));
    }

    #[test]
    fn host_names_the_port_unless_it_is_the_usual_one() {
        let host = |text| BaseUrl::parse(text, Reach::External).map(|url| url.host());
        assert_eq!(host("https://models.test/v1").as_deref(), Ok("models.test"));
        assert_eq!(host("https://models.test:443/v1").as_deref(), Ok("models.test"));
        assert_eq!(host("https://models.test:8443/v1").as_deref(), Ok("models.test:8443"));
    }

    #[test]
    fn what_does_not_belong_is_said() {
        for (text, word) in [
            ("", "whole URL"),
            ("models.test/v1", "whole URL"),
            ("localhost:8080/v1", "begins with https://"),
            ("ftp://models.test/v1", "begins with https://"),
            ("https://", "host"),
            ("https://models.test:99999", "port"),
            ("https://user:word@models.test/v1", "@"),
            ("https://user@models.test/v1", "@"),
            ("https://models.test/v1?key=1", "question mark"),
            ("https://models.test/v1#top", "#"),
            ("https://exa mple", "not a URL"),
        ] {
            let sentence = read(text, Reach::External).unwrap_err();
            assert!(sentence.contains(word), "{text}: {sentence}");
        }
        assert!(read(&format!("https://models.test/{}", "a".repeat(2_000)), Reach::External).is_err());
    }

    #[test]
    fn plain_http_leaves_this_machine_only_for_local_endpoints() {
        assert!(read("http://models.test/v1", Reach::External).unwrap_err().contains("https://"));
        assert!(read("http://10.0.0.4/v1", Reach::External).unwrap_err().contains("https://"));
        assert!(read("http://models.test/v1", Reach::Local).is_ok());
        assert!(read("http://127.0.0.1:9000/v1", Reach::External).is_ok());
        assert!(read("http://[::1]:9000/v1", Reach::External).is_ok());
        assert!(read("http://localhost:9000/v1", Reach::External).is_ok());
        assert!(read("http://localhost.models.test/v1", Reach::External).is_err());
    }

    #[test]
    fn addresses_that_are_written_out_are_looked_at() {
        for text in ["https://169.254.169.254/v1", "https://0xA9FEA9FE/v1", "https://[::ffff:169.254.169.254]/v1"] {
            assert!(read(text, Reach::Local).is_err(), "{text}");
            assert!(read(text, Reach::External).is_err(), "{text}");
        }
        assert!(read("http://8.8.8.8/v1", Reach::Local).unwrap_err().contains("add it as external"));
        assert!(read("https://8.8.8.8/v1", Reach::External).is_ok());
        assert!(read("http://192.168.1.7:8000/v1", Reach::Local).is_ok());
    }
}
