//! A server on a real unix socket that says what a test wants.
#![allow(clippy::unwrap_used, dead_code, reason = "for tests; and the example uses a part")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;

use protocol::admin::{Answer, Request, Said};

/// The socket and its folder, which goes with it.
pub struct Server {
    pub folder: tempfile::TempDir,
}

impl Server {
    /// One that hands each connection to `serve`.
    pub fn start(serve: impl Fn(UnixStream) + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("admin.sock")).unwrap();
        let serve = std::sync::Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serve = serve.clone();
                thread::spawn(move || serve(stream));
            }
        });
        Self { folder }
    }

    /// One that answers each request with `says`.
    pub fn saying(says: impl Fn(&Request) -> Vec<Said> + Send + Sync + 'static) -> Self {
        Self::start(move |stream| answer(&stream, |request| says(request)))
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("admin.sock")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Answers what comes over a connection until it ends.
pub fn answer(stream: &UnixStream, says: impl Fn(&Request) -> Vec<Said>) {
    let mut out = stream;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let Ok(request) = serde_json::from_str::<Request>(&line) else { return };
        for said in says(&request) {
            let answer = serde_json::to_string(&Answer { id: request.id, said }).unwrap();
            if out.write_all(format!("{answer}\n").as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// A program of a test: a shell script.
pub fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    // Written elsewhere and renamed: a file that is open for writing anywhere cannot be started.
    let draft = folder.join(format!("{name}.draft"));
    std::fs::write(&draft, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::rename(&draft, &path).unwrap();
    path
}
