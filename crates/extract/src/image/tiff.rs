//! The pages of a TIFF file (TIFF 6.0, section 2): a chain of directories, each an image.
//!
//! The decoder reads the directory that the header names, so a page is chosen by writing its directory into the header.

/// More pages than a scan has.
const PAGES: usize = 1000;

/// A page, by the four bytes in the header that name its directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page([u8; 4]);

impl Page {
    /// Makes this page the one that is read.
    pub(super) fn turn_to(self, file: &mut [u8]) {
        if let Some(place) = file.get_mut(4..8) {
            place.copy_from_slice(&self.0);
        }
    }
}

/// The pages in order; one `None` if the chain cannot be followed, as in a big TIFF, which then has its first page only.
pub(super) fn pages(file: &[u8]) -> Vec<Option<Page>> {
    let order = match file.get(..4) {
        Some(b"II*\0") => Order { number: u32::from_le_bytes, short: u16::from_le_bytes },
        Some(b"MM\0*") => Order { number: u32::from_be_bytes, short: u16::from_be_bytes },
        _ => return vec![None],
    };
    let mut found: Vec<Option<Page>> = Vec::new();
    let mut link = four(file, 4);
    while let Some(bytes) = link.filter(|bytes| (order.number)(*bytes) != 0) {
        let page = Some(Page(bytes));
        if found.len() >= PAGES || found.contains(&page) {
            break;
        }
        found.push(page);
        link = order.next(file, (order.number)(bytes));
    }
    if found.is_empty() { vec![None] } else { found }
}

struct Order {
    number: fn([u8; 4]) -> u32,
    short: fn([u8; 2]) -> u16,
}

impl Order {
    /// The link behind a directory's entries, each of twelve bytes.
    fn next(&self, file: &[u8], directory: u32) -> Option<[u8; 4]> {
        let start = usize::try_from(directory).ok()?;
        let count = file.get(start..start.checked_add(2)?)?.try_into().ok().map(self.short)?;
        four(file, start.checked_add(2 + 12 * usize::from(count))?)
    }
}

fn four(file: &[u8], at: usize) -> Option<[u8; 4]> {
    file.get(at..at.checked_add(4)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of empty directories, each at the given place and linking to the next.
    fn chain(links: &[u32]) -> Vec<u8> {
        let mut file = vec![0; 64];
        file[..4].copy_from_slice(b"II*\0");
        let mut at = 4;
        for link in links {
            file[at..at + 4].copy_from_slice(&link.to_le_bytes());
            at = *link as usize + 2;
        }
        file
    }

    #[test]
    fn the_chain_is_followed_to_its_end() {
        assert_eq!(pages(&chain(&[8, 20, 40, 0])).len(), 3);
        assert_eq!(pages(&chain(&[8, 0])).len(), 1);
    }

    #[test]
    fn a_chain_in_a_circle_or_out_of_the_file_ends() {
        assert_eq!(pages(&chain(&[8, 20, 8])).len(), 2);
        assert_eq!(pages(&chain(&[8, 62])).len(), 2);
        assert_eq!(pages(b"II*\0"), [None]);
        assert_eq!(pages(b"II+\0\0\0\0\0"), [None]);
        assert_eq!(pages(b""), [None]);
    }
}
