//! The demo data room: a made-up company with planted contradictions, taken in file by file like any other upload.

use rust_embed::{Embed, RustEmbed};

use super::Documents;
use crate::base::{Ctx, Error, Result};
use crate::domain::deals::{DealView, Industry, NewDeal, Stage};

const NAME: &str = "Northwind Analytics (demo)";

/// The files that the simulator made; `cargo xtask demo` makes them anew.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/demo/room"]
struct Room;

impl Documents {
    /// Makes a deal of the demo company and has its documents read.
    pub async fn load_demo(&self, cx: &Ctx) -> Result<DealView> {
        let new = NewDeal { name: NAME.to_owned(), industry: Industry::Saas, stage: Some(Stage::Diligence) };
        let view = self.deals.create(cx, new).await?;
        for path in <Room as Embed>::iter() {
            let file = <Room as Embed>::get(&path).ok_or_else(|| Error::internal("a file of the demo is missing"))?;
            let mut intake = self.begin(cx, view.summary.deal.id, &path).await?;
            intake.push(&file.data).await?;
            self.add(cx, intake).await?;
        }
        Ok(view)
    }
}
