//! What runs, the search and the drawing of pages use of versions. They act for nobody, so nothing is authorised here.

use std::collections::BTreeSet;

use model::Spot;

use super::model::{NewVersion, Report};
use super::{Reports, store};
use crate::base::{DealId, DocumentId, Error, JobId, ReportId, Result};
use crate::infra::clock::Clock;
use crate::infra::db::Connection;
use crate::infra::db::queue::{self, Queue};
use crate::infra::entropy;

/// More pages than this are not drawn ahead of time for one report.
const MOST_PAGES: usize = 200;

/// The newest version of a deal's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// Its number.
    pub number: i32,
    /// Keyed tag of everything that it follows from.
    pub inputs: Vec<u8>,
}

/// Pages that a version cites, by document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedPages {
    /// The deal.
    pub deal: DealId,
    /// Documents with numbers of their parts.
    pub pages: Vec<(DocumentId, i32)>,
}

impl Reports {
    /// Writes a version in the transaction of its run, and has it made findable and its pages drawn.
    pub async fn publish(&self, conn: &mut Connection, new: &NewVersion, clock: &dyn Clock) -> Result<Report> {
        let now = clock.now();
        let report = store::insert_report(conn, &self.vault, new, now).await?;
        for queue in [Queue::Indexing, Queue::Pictures] {
            let job = JobId::new(now, entropy::random(self.entropy.as_ref())?);
            queue::enqueue(conn, queue, job, report.id.0, now).await?;
        }
        Ok(report)
    }

    /// The newest version of a deal's report.
    pub async fn latest(&self, conn: &mut Connection, deal: DealId) -> Result<Option<Latest>> {
        let found = store::latest_inputs(conn, deal).await?;
        Ok(found.map(|(number, inputs)| Latest { number, inputs }))
    }

    /// A version with its tree.
    pub async fn stored(&self, id: ReportId) -> Result<Option<(Report, model::Report)>> {
        let mut conn = self.db.read().await?;
        let Some(report) = store::find_for_worker(&mut conn, &self.vault, id).await? else { return Ok(None) };
        let tree = store::tree(&mut conn, &self.vault, &report).await?;
        drop(conn);
        let tree = serde_json::from_slice(&tree)
            .map_err(|error| Error::internal(format!("report {id} does not parse: {:?}", error.classify())))?;
        Ok(Some((report, tree)))
    }

    /// Ids of versions after an id, in order: for who goes through all of them.
    pub async fn ids_after(&self, last: Option<ReportId>, most: i64) -> Result<Vec<ReportId>> {
        store::ids_after(&mut *self.db.read().await?, last, most).await
    }

    /// Pages of PDF files and images that a version cites.
    pub async fn cited_pages(&self, id: ReportId) -> Result<Option<CitedPages>> {
        let Some((report, tree)) = self.stored(id).await? else { return Ok(None) };
        let drawn = |spot: &Spot| matches!(spot, Spot::PdfBox { .. } | Spot::ImageBox { .. });
        let cited = tree.citations.iter().filter(|entry| drawn(&entry.place.spot));
        let pages: BTreeSet<(DocumentId, i32)> = cited
            .filter_map(|entry| Some((DocumentId(entry.place.document.0), i32::try_from(entry.place.part).ok()?)))
            .collect();
        Ok(Some(CitedPages { deal: report.deal, pages: pages.into_iter().take(MOST_PAGES).collect() }))
    }
}
