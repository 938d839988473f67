//! Opens Office Open XML packages (ISO/IEC 29500-2: a zip file of parts that name each other by relationships).
//!
//! Invariants: nothing is unpacked beyond [`Limits`], counted while unpacking since a directory may lie; no entry is
//! ever written or used as a path; packages within the package stay closed; no document type is read, so no entity
//! expands.

pub(crate) mod chart;
pub(crate) mod number;
mod relations;
mod tree;
mod xml;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;

pub(crate) use relations::Relations;
pub(crate) use tree::{Element, parse};
pub(crate) use xml::{Events, Tag, Token, text_of};

use crate::{Limits, ReadError, Source};

/// The first bytes of an OLE2 file: an old Office file, or a locked one.
const OLE2: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// A part that shrank to less than this share of its size was made to fill memory.
const MOST_RATIO: u64 = 400;

/// Parts smaller than this may shrink as much as they like.
const RATIO_FREE_BYTES: u64 = 4 * 1024 * 1024;

/// An open package.
pub(crate) struct Package<'a> {
    archive: ZipArchive<BufReader<&'a File>>,
    entries: HashMap<String, usize>,
    left: u64,
    most: u64,
}

impl<'a> Package<'a> {
    /// Opens a package after a look at its directory.
    pub(crate) fn open(source: &Source<'a>, limits: &Limits) -> Result<Self, ReadError> {
        refuse_what_is_no_zip(source.file)?;
        let mut archive = ZipArchive::new(BufReader::new(source.file)).map_err(damaged_zip)?;
        if archive.len() > limits.entries {
            return Err(ReadError::TooBig(format!("it holds more than {} entries", limits.entries)));
        }
        let mut entries = HashMap::with_capacity(archive.len());
        let mut declared = 0u64;
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(damaged_zip)?;
            if entry.encrypted() {
                return Err(ReadError::Unsupported(
                    "its entries are encrypted; save a copy without password and drop that".to_owned(),
                ));
            }
            declared = declared.saturating_add(entry.size());
            entries.insert(part_key(entry.name()), index);
        }
        if declared > limits.unpacked_bytes {
            return Err(too_big(limits.unpacked_bytes));
        }
        Ok(Self { archive, entries, left: limits.unpacked_bytes, most: limits.unpacked_bytes })
    }

    /// The bytes of a part; `None` if the package has no such part.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(index) = self.entries.get(&part_key(name)).copied() else { return Ok(None) };
        let mut entry = self.archive.by_index(index).map_err(damaged_zip)?;
        let (declared, packed) = (entry.size(), entry.compressed_size());
        let fair = packed.saturating_mul(MOST_RATIO).max(RATIO_FREE_BYTES);
        let most = declared.min(self.left).min(fair);
        let mut bytes = Vec::new();
        entry
            .by_ref()
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|_| ReadError::Damaged("one of its parts does not unpack".to_owned()))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > self.left {
            return Err(too_big(self.most));
        }
        if size > fair {
            return Err(ReadError::TooBig("it is packed so that it fills the memory when opened".to_owned()));
        }
        if size > declared {
            return Err(ReadError::Damaged("its directory gives wrong sizes".to_owned()));
        }
        self.left -= size;
        Ok(Some(bytes))
    }

    /// The text of an XML part; `None` if the package has no such part.
    pub(crate) fn xml(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        Ok(self.part(name)?.map(xml::decode))
    }

    /// What a part points to; nothing if it has no relationships.
    pub(crate) fn relations(&mut self, part: &str) -> Result<Relations, ReadError> {
        match self.xml(&relations::part_of(part))? {
            Some(xml) => Relations::parse(part, &xml),
            None => Ok(Relations::default()),
        }
    }

    /// The name of the part that everything starts from. `program` is what people call the kind of file.
    pub(crate) fn main_part(&mut self, program: &str) -> Result<String, ReadError> {
        let main = self.relations("")?.first("officeDocument").map(|relation| relation.target.clone());
        let main = main
            .filter(|name| self.entries.contains_key(&part_key(name)))
            .ok_or_else(|| ReadError::Damaged(format!("it is a zip file, but not one that holds a {program}")))?;
        self.refuse_binary(&main)?;
        Ok(main)
    }

    /// Macros are no hindrance: nothing of them is read, let alone run.
    fn refuse_binary(&mut self, main: &str) -> Result<(), ReadError> {
        let Some(types) = self.xml("[Content_Types].xml")? else { return Ok(()) };
        let mut events = Events::new(&types);
        while let Some(token) = events.next()? {
            let Token::Open(tag) = token else { continue };
            let about_main = tag.attribute("PartName").is_some_and(|name| part_key(&name) == part_key(main));
            let content = tag.attribute("ContentType").unwrap_or_default().to_ascii_lowercase();
            if about_main && content.contains(".binary.") {
                return Err(ReadError::Unsupported(
                    "it is in binary form; save it as .xlsx, .docx or .pptx".to_owned(),
                ));
            }
        }
        Ok(())
    }
}

/// Zip files start with a local header; Office files that do not are locked, old or something else.
fn refuse_what_is_no_zip(mut file: &File) -> Result<(), ReadError> {
    let failed = |_| ReadError::Internal("the file does not let itself be read".to_owned());
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut head = Vec::with_capacity(OLE2.len());
    file.take(8).read_to_end(&mut head).map_err(failed)?;
    if head.is_empty() {
        return Err(ReadError::Empty);
    }
    if head == OLE2 {
        return Err(ReadError::Unsupported(if holds_encrypted_package(file).map_err(failed)? {
            "it is locked by an Office password; save a copy without password and drop that".to_owned()
        } else {
            "it is an old Office file; save it as .xlsx, .docx or .pptx and drop that".to_owned()
        }));
    }
    if !head.starts_with(b"PK") {
        return Err(ReadError::Damaged("it does not begin as an Office file does".to_owned()));
    }
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(())
}

/// Looks for the name of the stream in which MS-OFFCRYPTO puts a locked package.
fn holds_encrypted_package(file: &File) -> std::io::Result<bool> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut input = BufReader::new(file);
    let mut window = Vec::new();
    loop {
        let kept = window.len().min(name.len());
        window.drain(..window.len() - kept);
        if input.by_ref().take(256 * 1024).read_to_end(&mut window)? == 0 {
            return Ok(false);
        }
        if window.windows(name.len()).any(|found| found == name.as_slice()) {
            return Ok(true);
        }
    }
}

/// Part names are equal without regard to case; some writers use backslashes or a leading slash.
fn part_key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn damaged_zip(_: zip::result::ZipError) -> ReadError {
    ReadError::Damaged("its zip directory cannot be read".to_owned())
}

fn too_big(most: u64) -> ReadError {
    ReadError::TooBig(format!("it unpacks to more than {} MiB", most / (1024 * 1024)))
}
