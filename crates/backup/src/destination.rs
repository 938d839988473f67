//! Where a repository lies: a handful of operations, so that another place than a folder needs nothing else.

use std::any::Any;
use std::io::{self, Read, Write};

/// A place for objects. Names are relative, with `/` between folders.
pub trait Destination: Send + Sync {
    /// The place, for people.
    fn place(&self) -> String;
    /// Names of the objects and folders directly below a folder, without torsos; none if it is not there.
    fn names(&self, folder: &str) -> io::Result<Vec<String>>;
    /// Size of an object; `None` if it is not there.
    fn bytes(&self, name: &str) -> io::Result<Option<u64>>;
    /// Opens an object.
    fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>>;
    /// Begins an object. It has its name once it is kept.
    fn write(&self, name: &str) -> io::Result<Box<dyn NewObject>>;
    /// Gives a folder with all that is in it another name, on disk before it returns.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes an object, or a folder with all that is in it; one that is gone is fine.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Removes what writers that were cut off left below a folder. Only while nobody else writes.
    fn sweep(&self, folder: &str) -> io::Result<()>;
    /// Free bytes, where the place can tell.
    fn free_bytes(&self) -> Option<u64>;
    /// Keeps other writers out until the result is dropped; `None` if one is in.
    fn lock(&self) -> io::Result<Option<Box<dyn Any + Send>>>;
}

/// An object that is being written. Dropped before it is kept, it leaves nothing.
pub trait NewObject: Write + Send {
    /// Gives it its name, whole and on disk before this returns.
    fn keep(self: Box<Self>) -> io::Result<()>;
}
