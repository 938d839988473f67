//! Use cases of deals: authorise, validate, one transaction, view.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::json;
use vault::Vault;

use super::catalogue::{self, Selection};
use super::import::{self, ImportMode, ImportReport};
use super::model::{
    Deal, DealChange, DealFilter, DealList, DealName, DealSummary, DealView, Member, MemberRole, Membership, NewDeal,
    Stage,
};
use super::store;
use crate::base::{Ctx, DealId, Error, ErrorCode, FieldError, Page, PageRequest, Permission, Result, UserId};
use crate::domain::accounts::{Directory, Person};
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::infra::cache::Catalogue;
use crate::infra::db::{Channel, Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};

/// Deals and their members.
#[derive(Clone)]
pub struct Deals {
    db: Db,
    vault: Arc<Vault>,
    entropy: Arc<dyn Entropy>,
    audit: Audit,
    people: Directory,
    catalogue: Arc<Catalogue<Deal>>,
}

impl Deals {
    /// The deals in this database.
    pub fn new(db: Db, vault: Arc<Vault>, entropy: Arc<dyn Entropy>, audit: Audit, people: Directory) -> Self {
        Self { db, vault, entropy, audit, people, catalogue: Arc::default() }
    }

    /// A page of the deals that the actor is a member of.
    pub async fn list(&self, cx: &Ctx, filter: &DealFilter, page: &PageRequest) -> Result<DealList> {
        let user = cx.user()?;
        let (limit, last) = (page.limit()?, page.after::<DealId>()?);
        let mut conn = self.db.read().await?;
        let roles = roles_by_deal(store::memberships_of(&mut conn, user).await?);
        let Selection { deals, stages } = catalogue::select(self.catalogue.pick(roles.keys().copied()), filter);
        let page = Page::cut(catalogue::after(&deals, last, limit + 1), limit, |deal| deal.id);
        let mut owners = self.owners(&mut conn, page.items.iter().map(|deal| deal.id)).await?;
        let page = page.map(|deal| DealSummary {
            my_role: roles.get(&deal.id).copied().unwrap_or(MemberRole::Reader),
            owners: owners.remove(&deal.id).unwrap_or_default(),
            deal: Deal::clone(&deal),
        });
        Ok(DealList { page, total: deals.len(), stages })
    }

    async fn owners(
        &self,
        conn: &mut Connection,
        deals: impl Iterator<Item = DealId>,
    ) -> Result<HashMap<DealId, Vec<Person>>> {
        let deals: Vec<DealId> = deals.collect();
        let mut owners: HashMap<DealId, Vec<Person>> = HashMap::new();
        for (deal, user) in store::owners_of(conn, &deals).await? {
            owners.entry(deal).or_default().push(self.people.person(user));
        }
        Ok(owners)
    }

    /// The names of those deals that the actor is a member of.
    pub async fn names(&self, cx: &Ctx, wanted: impl Iterator<Item = DealId>) -> Result<HashMap<DealId, String>> {
        let mut conn = self.db.read().await?;
        let mine = roles_by_deal(store::memberships_of(&mut conn, cx.user()?).await?);
        let deals = self.catalogue.pick(wanted.filter(|id| mine.contains_key(id)));
        Ok(deals.iter().map(|deal| (deal.id, deal.name.clone())).collect())
    }

    /// The names of all deals that the actor is a member of.
    pub async fn mine(&self, cx: &Ctx) -> Result<HashMap<DealId, String>> {
        let mut conn = self.db.read().await?;
        let mine = roles_by_deal(store::memberships_of(&mut conn, cx.user()?).await?);
        let deals = self.catalogue.pick(mine.into_keys());
        Ok(deals.iter().map(|deal| (deal.id, deal.name.clone())).collect())
    }

    /// Makes a deal; the actor owns it.
    pub async fn create(&self, cx: &Ctx, new: NewDeal) -> Result<DealView> {
        cx.require(Permission::DealsCreate)?;
        let user = cx.user()?;
        let deal = self.build(cx, new)?;
        self.make_keys(vec![deal.id.0]).await?;
        let mut conn = self.db.write().await?;
        let view = conn
            .transaction(async |conn| {
                self.insert(conn, cx, user, std::slice::from_ref(&deal)).await?;
                self.audit.record(conn, cx, Record::done(Action::DealCreated, Object::deal(deal.id))).await?;
                self.view(conn, cx, deal.clone()).await
            })
            .await?;
        self.catalogue.put([deal]);
        Ok(view)
    }

    fn build(&self, cx: &Ctx, new: NewDeal) -> Result<Deal> {
        let name = DealName::parse(&new.name).map_err(|error| Error::invalid(vec![error]))?;
        Ok(Deal {
            id: DealId::new(cx.now, entropy::random(self.entropy.as_ref())?),
            name: name.into_string(),
            industry: new.industry,
            stage: new.stage.unwrap_or(Stage::Inbox),
            version: 1,
            created_at: cx.now,
            updated_at: cx.now,
        })
    }

    /// Writing the keystore waits for the disk and for other processes, so it gets a thread that may block.
    async fn make_keys(&self, deals: Vec<uuid::Uuid>) -> Result<()> {
        let vault = Arc::clone(&self.vault);
        Ok(tokio::task::spawn_blocking(move || vault.create_deals(&deals)).await.map_err(Error::internal)??)
    }

    async fn insert(&self, conn: &mut Connection, cx: &Ctx, owner: UserId, deals: &[Deal]) -> Result<()> {
        store::insert_deals(conn, &self.vault, deals).await?;
        let owners: Vec<Membership> = deals
            .iter()
            .map(|deal| Membership { deal: deal.id, user: owner, role: MemberRole::Owner, added_at: cx.now })
            .collect();
        store::put_members(conn, &owners).await?;
        for deal in deals {
            Channel::Deals.notify(conn, deal.id.0).await?;
        }
        Ok(())
    }

    /// One deal. That it was opened is recorded.
    pub async fn open(&self, cx: &Ctx, id: DealId) -> Result<DealView> {
        let user = cx.user()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let deal = self.get(conn, user, id, MemberRole::Reader).await?;
            self.audit.record(conn, cx, Record::done(Action::DealRead, Object::deal(id))).await?;
            self.view(conn, cx, deal).await
        })
        .await
    }

    /// Changes name, industry or stage of the version that the actor has seen.
    pub async fn change(&self, cx: &Ctx, id: DealId, from_version: i64, change: DealChange) -> Result<DealView> {
        let user = cx.user()?;
        let name =
            change.name.as_deref().map(DealName::parse).transpose().map_err(|error| Error::invalid(vec![error]))?;
        let mut conn = self.db.write().await?;
        let (deal, view) = conn
            .transaction(async |conn| {
                let known = self.get(conn, user, id, MemberRole::Editor).await?;
                if known.version != from_version {
                    return Err(Error::changed_meanwhile("deal"));
                }
                let stage = next_stage(known.stage, change.stage)?;
                let about = json!({ "renamed": name.is_some(), "industry": change.industry, "stage": change.stage });
                let deal = Deal {
                    name: name.map_or_else(|| known.name.clone(), DealName::into_string),
                    industry: change.industry.unwrap_or(known.industry),
                    stage,
                    version: from_version + 1,
                    updated_at: cx.now,
                    ..known
                };
                if !store::update_deal(conn, &self.vault, &deal, from_version).await? {
                    return Err(Error::changed_meanwhile("deal"));
                }
                Channel::Deals.notify(conn, id.0).await?;
                self.audit.record(conn, cx, Record::done(Action::DealChanged, Object::deal(id)).with(about)).await?;
                Ok::<_, Error>((deal.clone(), self.view(conn, cx, deal).await?))
            })
            .await?;
        self.catalogue.put([deal]);
        Ok(view)
    }

    /// Gives somebody access, or changes what they may do.
    pub async fn set_member(&self, cx: &Ctx, id: DealId, member: UserId, role: MemberRole) -> Result<DealView> {
        let user = cx.user()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            store::lock_deal(conn, id).await?;
            let deal = self.get(conn, user, id, MemberRole::Owner).await?;
            if self.people.user(member).is_none() {
                return Err(Error::not_found("person"));
            }
            if role != MemberRole::Owner {
                keep_an_owner(&store::members_of(conn, id).await?, member)?;
            }
            store::put_members(conn, &[Membership { deal: id, user: member, role, added_at: cx.now }]).await?;
            let about = json!({ "user": member, "role": role });
            self.audit.record(conn, cx, Record::done(Action::MemberSet, Object::deal(id)).with(about)).await?;
            self.view(conn, cx, deal).await
        })
        .await
    }

    /// Takes somebody's access.
    pub async fn remove_member(&self, cx: &Ctx, id: DealId, member: UserId) -> Result<()> {
        let user = cx.user()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            store::lock_deal(conn, id).await?;
            self.get(conn, user, id, MemberRole::Owner).await?;
            keep_an_owner(&store::members_of(conn, id).await?, member)?;
            if !store::delete_member(conn, id, member).await? {
                return Err(Error::not_found("member"));
            }
            let record = Record::done(Action::MemberRemoved, Object::deal(id)).with(json!({ "user": member }));
            self.audit.record(conn, cx, record).await
        })
        .await
    }

    /// Reads a CSV file and, if asked to, makes the deals of its good rows.
    pub async fn import(&self, cx: &Ctx, file: &[u8], mode: ImportMode) -> Result<ImportReport> {
        cx.require(Permission::DealsCreate)?;
        let user = cx.user()?;
        let mut conn = self.db.write().await?;
        let mine = store::memberships_of(&mut conn, user).await?;
        let taken: HashSet<String> =
            self.catalogue.pick(mine.iter().map(|one| one.deal)).iter().map(|deal| deal.name.to_lowercase()).collect();
        let import::Parsed { mut report, deals } = import::parse(file, &taken)?;
        if mode == ImportMode::Check || deals.is_empty() {
            return Ok(report);
        }
        let deals = deals.into_iter().map(|new| self.build(cx, new)).collect::<Result<Vec<_>>>()?;
        self.make_keys(deals.iter().map(|deal| deal.id.0).collect()).await?;
        conn.transaction(async |conn| {
            self.insert(conn, cx, user, &deals).await?;
            let about = json!({ "created": deals.len(), "refused": report.refused });
            self.audit.record(conn, cx, Record::done(Action::DealsImported, Object::all("deal")).with(about)).await?;
            for deal in &deals {
                self.audit.record(conn, cx, Record::done(Action::DealCreated, Object::deal(deal.id))).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
        report.created = deals.len();
        self.catalogue.put(deals);
        Ok(report)
    }

    /// Fails unless the actor's membership allows what they want: for what belongs to a deal and is kept by others.
    pub async fn require(&self, conn: &mut Connection, cx: &Ctx, id: DealId, wanted: MemberRole) -> Result<()> {
        membership_allows(conn, cx.user()?, id, wanted).await
    }

    /// The same for somebody else, in whose name the console has something done.
    pub async fn require_of(&self, conn: &mut Connection, user: UserId, id: DealId, wanted: MemberRole) -> Result<()> {
        membership_allows(conn, user, id, wanted).await
    }

    /// The deal, if the person's membership allows what they want.
    async fn get(&self, conn: &mut Connection, user: UserId, id: DealId, wanted: MemberRole) -> Result<Deal> {
        membership_allows(conn, user, id, wanted).await?;
        store::find_deal(conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("deal"))
    }

    /// The deal as its reader may see it: who sees no colleagues sees the owners, whom they can turn to, and themselves.
    async fn view(&self, conn: &mut Connection, cx: &Ctx, deal: Deal) -> Result<DealView> {
        let reader = cx.user()?;
        let mut members = store::members_of(conn, deal.id).await?;
        let my_role = members.iter().find(|one| one.user == reader).map_or(MemberRole::Reader, |one| one.role);
        if !cx.allows(Permission::UsersRead) {
            members.retain(|one| one.user == reader || one.role == MemberRole::Owner);
        }
        let owners = members.iter().filter(|one| one.role == MemberRole::Owner);
        let owners = owners.map(|one| self.people.person(one.user)).collect();
        let members = members
            .iter()
            .map(|one| Member { person: self.people.person(one.user), role: one.role, added_at: one.added_at })
            .collect();
        Ok(DealView { summary: DealSummary { deal, my_role, owners }, members })
    }

    /// What a deal is called: for workers, which act for nobody.
    pub async fn name(&self, id: DealId) -> Result<String> {
        let mut conn = self.db.read().await?;
        let deal = store::find_deal(&mut conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("deal"))?;
        Ok(deal.name)
    }

    /// Whether the deal's text may go to external models; a new deal's may not. Asked on behalf of others, who have
    /// authorised it.
    pub async fn external_models(&self, conn: &mut Connection, id: DealId) -> Result<bool> {
        store::external_models(conn, id).await?.ok_or_else(|| Error::not_found("deal"))
    }

    /// Keeps a deal as it is until the transaction ends.
    pub async fn hold(&self, conn: &mut Connection, id: DealId) -> Result<()> {
        store::hold_deal(conn, id).await
    }

    /// Says whether the deal's text may go to external models: for its owners.
    pub async fn allow_external_models(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        id: DealId,
        allowed: bool,
    ) -> Result<()> {
        membership_allows(conn, cx.user()?, id, MemberRole::Owner).await?;
        store::set_external_models(conn, id, allowed).await?;
        let about = json!({ "allowed": allowed });
        self.audit.record(conn, cx, Record::done(Action::ExternalModelsSet, Object::deal(id)).with(about)).await
    }

    /// Reads all headers again.
    pub async fn load_catalogue(&self) -> Result<()> {
        let mut conn = self.db.read().await?;
        self.catalogue.put(store::all_deals(&mut conn, &self.vault).await?);
        Ok(())
    }

    /// Reads one header again.
    pub async fn refresh_catalogue(&self, id: DealId) -> Result<()> {
        let mut conn = self.db.read().await?;
        self.catalogue.put(store::find_deal(&mut conn, &self.vault, id).await?);
        Ok(())
    }
}

/// A stranger learns nothing; a member whose role is too low learns that.
async fn membership_allows(conn: &mut Connection, user: UserId, id: DealId, wanted: MemberRole) -> Result<()> {
    let role = store::find_role(conn, id, user).await?.ok_or_else(|| Error::not_found("deal"))?;
    if role < wanted {
        let detail = format!("This needs a membership as {}. An owner of the deal can change yours.", wanted.as_str());
        return Err(Error::new(ErrorCode::Forbidden, detail));
    }
    Ok(())
}

fn roles_by_deal(memberships: Vec<Membership>) -> HashMap<DealId, MemberRole> {
    memberships.into_iter().map(|one| (one.deal, one.role)).collect()
}

fn next_stage(known: Stage, wanted: Option<Stage>) -> Result<Stage> {
    match wanted {
        None => Ok(known),
        Some(wanted) if wanted == known || known.moves().contains(&wanted) => Ok(wanted),
        Some(_) => Err(Error::invalid(vec![FieldError {
            field: "stage".to_owned(),
            message: "This deal is decided. Move it back to an open stage first.".to_owned(),
        }])),
    }
}

/// Fails if the deal would have no owner without this one.
fn keep_an_owner(members: &[Membership], leaving: UserId) -> Result<()> {
    let mut owners = members.iter().filter(|one| one.role == MemberRole::Owner).map(|one| one.user).peekable();
    let only = owners.next() == Some(leaving) && owners.peek().is_none();
    if only {
        return Err(Error::new(
            ErrorCode::LastOwner,
            "This is the deal's last owner. Make somebody else an owner first.",
        ));
    }
    Ok(())
}
