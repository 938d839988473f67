//! Merged cells: the first holds the value; what lies under the others is not to be seen.

use std::collections::BTreeMap;

use model::CellRef;

use super::FilledCell;

/// An area of cells that are merged into its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    first: CellRef,
    last: CellRef,
}

impl Merge {
    /// An area such as `B2:D4`.
    pub(super) fn parse(area: &str) -> Option<Self> {
        let (first, last) = area.split_once(':')?;
        let (first, last): (CellRef, CellRef) = (first.parse().ok()?, last.parse().ok()?);
        (first.row <= last.row && first.column <= last.column).then_some(Self { first, last })
    }

    fn covers(&self, at: CellRef) -> bool {
        let inside = self.first.row <= at.row
            && at.row <= self.last.row
            && self.first.column <= at.column
            && at.column <= self.last.column;
        inside && at != self.first
    }
}

/// Drops the cells that lie under a merge. The cells are sorted by row, then column. Areas do not overlap in a sound
/// file, so on each row one area at most begins left of a cell and still covers it.
pub(super) fn drop_covered(cells: &mut Vec<FilledCell>, mut merges: Vec<Merge>) {
    if merges.is_empty() {
        return;
    }
    merges.sort_by_key(|merge| (merge.first.row, merge.first.column));
    let mut coming = merges.into_iter().peekable();
    let mut begun: BTreeMap<u32, Merge> = BTreeMap::new();
    cells.retain(|cell| {
        while let Some(merge) = coming.next_if(|merge| merge.first.row <= cell.at.row) {
            begun.insert(merge.first.column, merge);
        }
        let nearest = begun.range(..=cell.at.column).next_back();
        !nearest.is_some_and(|(_, merge)| merge.covers(cell.at))
    });
}
