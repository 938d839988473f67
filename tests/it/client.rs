//! A browser as far as the API sees one: keeps the session cookie and names its origin.

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::app::ORIGIN;
use crate::authenticator::Authenticator;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    pub cookie: Option<String>,
    /// The app of who is signed in, if they have a second factor.
    pub authenticator: Option<Authenticator>,
}

/// An answer, read to the end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// `Null` if the body is not JSON.
    pub json: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

impl Client {
    pub fn new(address: String) -> Self {
        Self { http: reqwest::Client::new(), address, cookie: None, authenticator: None }
    }

    /// The same person at another address of the server.
    pub fn at(&self, address: String) -> Self {
        Self { cookie: self.cookie.clone(), authenticator: self.authenticator.clone(), ..Self::new(address) }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address)).header("origin", ORIGIN);
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Sends a request and keeps the session that it gives.
    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if let Some(cookie) = headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let text = response.text().await.expect("a body");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, json }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&mut self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn patch(&mut self, path: &str, version: i64, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).header("if-match", format!("\"{version}\"")).json(body)).await
    }

    pub async fn upload_csv(&mut self, mode: &str, file: &[u8]) -> Answer {
        let request = self.request(Method::POST, &format!("/api/v1/deals/import?mode={mode}"));
        self.send(request.header("content-type", "text/csv").body(file.to_vec())).await
    }

    /// Adds a file to a deal, as a browser's form does.
    pub async fn upload(&mut self, deal: &str, path: &str, content: &[u8]) -> Answer {
        let (kind, body) = form(path, content);
        let request = self.request(Method::POST, &format!("/api/v1/deals/{deal}/documents"));
        self.send(request.header("content-type", kind).body(body)).await
    }

    /// Makes a deal and gives its id.
    pub async fn new_deal(&mut self, name: &str) -> String {
        let answer = self.post("/api/v1/deals", &serde_json::json!({ "name": name, "industry": "saas" })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json["id"].as_str().expect("an id").to_owned()
    }

    /// The id of the person who is signed in.
    pub async fn my_id(&mut self) -> String {
        self.get("/api/v1/session").await.json["user"]["id"].as_str().expect("an id").to_owned()
    }
}

/// A form with one file: its content type and its body.
pub fn form(path: &str, content: &[u8]) -> (&'static str, Vec<u8>) {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{path}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    ("multipart/form-data; boundary=edge", body)
}
