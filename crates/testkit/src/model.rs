//! A model that is not one: an HTTP server on loopback that answers chat completions as a test says.
//!
//! Invariants: it listens on 127.0.0.1 only; each connection carries one request; when it is dropped, every connection is
//! closed and every thread of it has ended.

mod asked;
mod gate;
mod reply;
mod wire;

pub use asked::Asked;
pub use gate::Gate;
pub use reply::Reply;

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A server that plays a model.
pub struct FakeModel {
    address: SocketAddr,
    stage: Arc<Stage>,
    listener: Option<JoinHandle<()>>,
}

/// What the threads of one server share.
struct Stage {
    answer: Box<dyn Fn(&Asked) -> Reply + Send + Sync>,
    stopping: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    heard: Mutex<Heard>,
    changed: Condvar,
}

#[derive(Default)]
struct Heard {
    asked: Vec<Asked>,
    left: usize,
}

impl FakeModel {
    /// Starts a server on a free port. `answer` is called once for each request, from a thread of its own.
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stage = Arc::new(Stage {
            answer: Box::new(answer),
            stopping: AtomicBool::new(false),
            open: Mutex::default(),
            heard: Mutex::default(),
            changed: Condvar::new(),
        });
        let shared = Arc::clone(&stage);
        let thread =
            std::thread::Builder::new().name("fake-model".to_owned()).spawn(move || listen(&listener, &shared))?;
        Ok(Self { address, stage, listener: Some(thread) })
    }

    /// The URL before `/chat/completions`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far, in the order in which they came.
    pub fn asked(&self) -> Vec<Asked> {
        self.stage.heard().asked.clone()
    }

    /// Waits until at least `count` requests have come; false if they have not after `longest`. It blocks its thread, so an
    /// async test needs others (`flavor = "multi_thread"`).
    pub fn wait_until_asked(&self, count: usize, longest: Duration) -> bool {
        self.wait(longest, |heard| heard.asked.len() >= count)
    }

    /// Waits until at least `count` callers hung up on a reply that was silent or held; false if they have not after
    /// `longest`. It blocks its thread too.
    pub fn wait_until_left(&self, count: usize, longest: Duration) -> bool {
        self.wait(longest, |heard| heard.left >= count)
    }

    fn wait(&self, longest: Duration, done: impl Fn(&Heard) -> bool) -> bool {
        let heard = self.stage.heard();
        let (heard, _) = self
            .stage
            .changed
            .wait_timeout_while(heard, longest, |heard| !done(heard))
            .unwrap_or_else(PoisonError::into_inner);
        done(&heard)
    }
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        self.stage.stopping.store(true, Ordering::SeqCst);
        for stream in self.stage.open.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The listener looks at the flag after each connection, so it gets one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.listener.take() {
            let _ = thread.join();
        }
    }
}

impl Stage {
    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    fn note(&self, change: impl FnOnce(&mut Heard)) {
        change(&mut self.heard());
        self.changed.notify_all();
    }

    fn keep(&self, stream: &TcpStream) -> io::Result<()> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).push(stream.try_clone()?);
        if self.stopping() {
            stream.shutdown(Shutdown::Both)?;
        }
        Ok(())
    }
}

fn listen(listener: &TcpListener, stage: &Arc<Stage>) {
    let mut talks = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        if stage.stopping() {
            break;
        }
        let shared = Arc::clone(stage);
        talks.push(std::thread::spawn(move || {
            // A caller that hangs up is what some tests are about.
            let _ = talk(&stream, &shared);
            let _ = stream.shutdown(Shutdown::Both);
        }));
    }
    for talk in talks {
        let _ = talk.join();
    }
}

fn talk(stream: &TcpStream, stage: &Stage) -> io::Result<()> {
    stage.keep(stream)?;
    stream.set_nodelay(true)?;
    let asked = wire::read(stream)?;
    stage.note(|heard| heard.asked.push(asked.clone()));
    let reply = (stage.answer)(&asked);
    if reply::send(&reply, &asked, stream, || stage.stopping())? == reply::Outcome::Left {
        stage.note(|heard| heard.left += 1);
    }
    Ok(())
}
