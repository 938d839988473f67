//! Filters, sorts and pages over decrypted headers. The database cannot: it holds ciphertext.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Deal, DealFilter, DealSort, Stage};
use crate::base::DealId;

/// The deals that fit, in order, and how many there are in each stage.
pub(super) struct Selection {
    pub(super) deals: Vec<Arc<Deal>>,
    pub(super) stages: BTreeMap<Stage, usize>,
}

pub(super) fn select(visible: Vec<Arc<Deal>>, filter: &DealFilter) -> Selection {
    let needle = filter.name.as_deref().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
    let mut deals = visible;
    deals.retain(|deal| {
        filter.industry.is_none_or(|industry| deal.industry == industry)
            && needle.as_deref().is_none_or(|needle| deal.name.to_lowercase().contains(needle))
    });
    let mut stages: BTreeMap<Stage, usize> = Stage::ALL.iter().map(|stage| (*stage, 0)).collect();
    for deal in &deals {
        *stages.entry(deal.stage).or_default() += 1;
    }
    if let Some(stage) = filter.stage {
        deals.retain(|deal| deal.stage == stage);
    }
    sort(&mut deals, filter.sort);
    Selection { deals, stages }
}

fn sort(deals: &mut [Arc<Deal>], by: DealSort) {
    match by {
        DealSort::Name => deals.sort_by_cached_key(|deal| (deal.name.to_lowercase(), deal.id)),
        DealSort::NameBackwards => {
            deals.sort_by_cached_key(|deal| std::cmp::Reverse((deal.name.to_lowercase(), deal.id)));
        }
        DealSort::Oldest => deals.sort_by(|a, b| by_change(a, b)),
        DealSort::Newest => deals.sort_by(|a, b| by_change(b, a)),
    }
}

fn by_change(a: &Deal, b: &Deal) -> Ordering {
    (a.updated_at, a.id).cmp(&(b.updated_at, b.id))
}

/// The rows after one; from the start if that one is no longer in the list.
pub(super) fn after(deals: &[Arc<Deal>], last: Option<DealId>, limit: usize) -> Vec<Arc<Deal>> {
    let start = last.and_then(|id| deals.iter().position(|deal| deal.id == id)).map_or(0, |place| place + 1);
    deals.iter().skip(start).take(limit).cloned().collect()
}
