//! Use cases of versions and their files: authorise, validate, one transaction, view.

use std::sync::Arc;

use report::Format;
use serde_json::json;
use vault::Vault;

use super::model::{Export, Report, ReportFile, ReportHeader, ReportList, ReportView, file_name};
use super::store;
use crate::base::{Ctx, DealId, Error, ErrorCode, ExportId, JobId, Page, PageRequest, Result, WorkState};
use crate::domain::accounts::Directory;
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::domain::deals::{Deals, MemberRole};
use crate::infra::db::queue::{self, Queue};
use crate::infra::db::{Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};

/// The versions of deals' reports.
#[derive(Clone)]
pub struct Reports {
    pub(super) db: Db,
    pub(super) vault: Arc<Vault>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) audit: Audit,
    people: Directory,
    deals: Deals,
}

impl Reports {
    /// The versions in this database.
    pub fn new(
        db: Db,
        vault: Arc<Vault>,
        entropy: Arc<dyn Entropy>,
        audit: Audit,
        people: Directory,
        deals: Deals,
    ) -> Self {
        Self { db, vault, entropy, audit, people, deals }
    }

    /// A page of a deal's versions, newest first.
    pub async fn list(&self, cx: &Ctx, deal: DealId, page: &PageRequest) -> Result<ReportList> {
        let (limit, last) = (page.limit()?, page.after::<i32>()?);
        let mut conn = self.db.read().await?;
        self.deals.require(&mut conn, cx, deal, MemberRole::Reader).await?;
        let most = i64::try_from(limit + 1).map_err(Error::internal)?;
        let rows = store::reports_of(&mut conn, &self.vault, deal, last, most).await?;
        let page = Page::cut(rows, limit, |one| one.number).map(|report| self.header(report));
        Ok(ReportList { page, total: store::count_reports(&mut conn, deal).await? })
    }

    /// A version with its tree. That it was opened is recorded.
    pub async fn open(&self, cx: &Ctx, deal: DealId, number: i32) -> Result<ReportView> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let report = self.get(conn, cx, deal, number).await?;
            let tree = store::tree(conn, &self.vault, &report).await?;
            self.record(conn, cx, Action::ReportRead, &report, json!({ "version": number })).await?;
            Ok(ReportView { header: self.header(report), tree })
        })
        .await
    }

    /// The files that were made of a version, or are being made.
    pub async fn exports(&self, cx: &Ctx, deal: DealId, number: i32) -> Result<Vec<Export>> {
        let mut conn = self.db.read().await?;
        let report = self.get(&mut conn, cx, deal, number).await?;
        store::exports_of(&mut conn, &self.vault, &report).await
    }

    /// Has a version made into a file, or gives the one that was made before.
    pub async fn export(&self, cx: &Ctx, deal: DealId, number: i32, format: Format) -> Result<Export> {
        let user = cx.user()?;
        let random = || entropy::random(self.entropy.as_ref());
        let (id, job) = (ExportId::new(cx.now, random()?), JobId::new(cx.now, random()?));
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let report = self.get(conn, cx, deal, number).await?;
            let new = Export {
                id,
                report: report.id,
                deal,
                format,
                state: WorkState::Waiting,
                sentence: None,
                bytes: None,
                created_at: cx.now,
                ended_at: None,
            };
            let added = store::insert_export(conn, &new, user).await?;
            let found = store::find_export(conn, &self.vault, &report, format).await?;
            let found = found.ok_or_else(|| Error::not_found("file"))?;
            if added || found.state.may_restart() {
                queue::enqueue(conn, Queue::Exports, job, found.id.0, cx.now).await?;
                if !added && !store::set_export(conn, &self.vault, &found, WorkState::Waiting, None, cx.now).await? {
                    return Err(moved());
                }
            }
            self.record(conn, cx, Action::ReportExported, &report, about(number, format)).await?;
            let found = store::find_export(conn, &self.vault, &report, format).await?;
            found.ok_or_else(|| Error::not_found("file"))
        })
        .await
    }

    /// Gives up the making of a file.
    pub async fn cancel_export(&self, cx: &Ctx, deal: DealId, number: i32, format: Format) -> Result<Export> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let (report, export) = self.get_export(conn, cx, deal, number, format).await?;
            self.give_up_export(conn, cx, &report, &export).await?;
            Ok(self.get_export(conn, cx, deal, number, format).await?.1)
        })
        .await
    }

    pub(super) async fn give_up_export(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        report: &Report,
        export: &Export,
    ) -> Result<()> {
        // The job before its subject, as the worker locks them.
        queue::cancel(conn, Queue::Exports, export.id.0).await?;
        let under_way = export.state.is_under_way();
        if !under_way || !store::set_export(conn, &self.vault, export, WorkState::Cancelled, None, cx.now).await? {
            return Err(moved());
        }
        let about = about(report.number, export.format);
        self.record(conn, cx, Action::ReportExportCancelled, report, about).await
    }

    /// The file of a version. That a copy left the desk is recorded.
    pub async fn download(&self, cx: &Ctx, deal: DealId, number: i32, format: Format) -> Result<ReportFile> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let (report, export) = self.get_export(conn, cx, deal, number, format).await?;
            let bytes = store::file(conn, &self.vault, &export).await?;
            let bytes = bytes.ok_or_else(|| Error::not_found("file"))?;
            self.record(conn, cx, Action::ReportDownloaded, &report, about(number, format)).await?;
            Ok(ReportFile { name: file_name(&report.summary.company, number, format), format, bytes })
        })
        .await
    }

    async fn get(&self, conn: &mut Connection, cx: &Ctx, deal: DealId, number: i32) -> Result<Report> {
        self.deals.require(conn, cx, deal, MemberRole::Reader).await?;
        store::find_report(conn, &self.vault, deal, number).await?.ok_or_else(|| Error::not_found("report"))
    }

    async fn get_export(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        deal: DealId,
        number: i32,
        format: Format,
    ) -> Result<(Report, Export)> {
        let report = self.get(conn, cx, deal, number).await?;
        let export = store::find_export(conn, &self.vault, &report, format).await?;
        Ok((report, export.ok_or_else(|| Error::not_found("file"))?))
    }

    pub(super) async fn record(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        action: Action,
        report: &Report,
        about: serde_json::Value,
    ) -> Result<()> {
        let object = Object::within(report.deal, "report", report.id.0);
        self.audit.record(conn, cx, Record::done(action, object).with(about)).await
    }

    fn header(&self, report: Report) -> ReportHeader {
        let created_by = self.people.person(report.created_by);
        ReportHeader { report, created_by }
    }
}

pub(super) fn about(number: i32, format: Format) -> serde_json::Value {
    json!({ "version": number, "format": format.as_str() })
}

pub(super) fn moved() -> Error {
    Error::new(ErrorCode::WrongState, "This file is finished or was given up meanwhile. Look at the list again.")
}
