//! From dropped files to a report and a click on its citations, against the running server, as a browser asks for them.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde::Serialize;
use serde_json::{Value, json};
use testkit::{FakeModel, Reply};

use super::quantile;
use crate::http::{Client, at, text};
use crate::workshop::Workshop;

const DECK: &str = "demo/room/01 Pitch/Northwind pitch deck.pdf";
/// Between two looks at something that goes on.
const TICK: Duration = Duration::from_millis(10);
/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Pages that are looked at.
const PAGES: usize = 10;
const SEARCHES: [&str; 6] =
    ["churn", "net revenue retention", "\"annual recurring\"", "series", "customer 2026", "gro"];
const ROUNDS: usize = 20;
/// Eight sentences, which is as many as are asked for. Whether they stand makes no difference to the time.
const ANSWER: &str = r#"{"sentences":[
    {"text":"ARR is {{fact:F1}} in the deck.","quotes":[]},
    {"text":"The platform automates warehouses.","quotes":[{"passage":"P1","quote":"automates warehouses with software"}]},
    {"text":"The team has built software before.","quotes":[{"passage":"P2","quote":"has built software before"}]},
    {"text":"Customers renew their contracts.","quotes":[{"passage":"P1","quote":"customers renew their contracts"}]},
    {"text":"Cash is {{fact:F2}} in the accounts.","quotes":[]},
    {"text":"Revenue will be 99 million.","quotes":[]},
    {"text":"The market is large.","quotes":[{"passage":"P3","quote":"the market is large"}]},
    {"text":"Runway is {{calc:C1}} by the model.","quotes":[]}]}"#;

/// What a user waits for.
#[derive(Serialize)]
pub(super) struct Waits {
    /// From the button of the demo room to all documents at rest, pictures included.
    demo_read_ms: f64,
    /// From the start of its run to the version.
    demo_report_ms: f64,
    /// The same again, with nothing changed.
    unchanged_ms: f64,
    /// From the start of a run with a model that answers at once to the version, and how many questions that took.
    sentences_ms: (f64, usize),
    /// From the first byte of a 20-page deck that is dropped to its report, the run started at once.
    deck_ms: f64,
    /// A part and its picture that were drawn ahead of time, median and slowest.
    cited_ms: (f64, f64),
    /// A part and its picture that nobody has looked at.
    cold_ms: (f64, f64),
    /// A PDF of the report.
    pdf_ms: f64,
    /// A search, median and 99th percentile.
    search_ms: (f64, f64),
}

/// Measures as whoever is signed in.
pub(super) fn measure(workshop: &Workshop, client: &mut Client) -> Result<Waits> {
    let begun = Instant::now();
    let demo = text(&client.post("/api/v1/deals/demo", &Value::Null)?, "id")?;
    wait(client, &format!("/api/v1/deals/{demo}/documents"), |list| at(list, "/moving") == 0)?;
    let demo_read = begun.elapsed();
    let demo_report = run(client, &demo)?;
    let unchanged = run(client, &demo)?;
    let (written, questions) = sentences(client, &demo)?;
    let report = client.get(&format!("/api/v1/deals/{demo}/reports/1"))?;
    let cited = cited_pages(&report);
    // What is drawn ahead of time is there a moment after the report.
    for page in &cited {
        look(client, &demo, page)?;
    }
    let mut warm = looks(client, &demo, &cited)?;
    let begun = Instant::now();
    let exports = format!("/api/v1/deals/{demo}/reports/1/exports");
    client.post(&exports, &json!({ "format": "pdf" }))?;
    wait(client, &exports, |list| at(list, "/items/0/state") == "done")?;
    let pdf = begun.elapsed();

    let deal = text(&client.post("/api/v1/deals", &json!({ "name": "Deck", "industry": "saas" }))?, "id")?;
    let begun = Instant::now();
    let deck = text(&client.upload(&deal, &workshop.root.join(DECK))?, "id")?;
    run(client, &deal)?;
    let dropped = begun.elapsed();
    wait(client, &format!("/api/v1/deals/{deal}/documents"), |list| at(list, "/moving") == 0)?;
    let unseen: Vec<Page> = (1..=20).rev().take(PAGES).map(|number| (deck.clone(), number)).collect();
    let mut cold = looks(client, &deal, &unseen)?;
    let mut searches = searches(client)?;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let of = |times: &mut [Duration], share: f64| quantile(times, share) * 1e3;
    Ok(Waits {
        demo_read_ms: ms(demo_read),
        demo_report_ms: ms(demo_report),
        unchanged_ms: ms(unchanged),
        sentences_ms: (ms(written), questions),
        deck_ms: ms(dropped),
        cited_ms: (of(&mut warm, 0.5), of(&mut warm, 1.0)),
        cold_ms: (of(&mut cold, 0.5), of(&mut cold, 1.0)),
        pdf_ms: ms(pdf),
        search_ms: (of(&mut searches, 0.5), of(&mut searches, 0.99)),
    })
}

/// A document and the number of a page.
type Page = (String, u64);

/// Pages of PDF files that a report cites.
fn cited_pages(report: &Value) -> Vec<Page> {
    let citations = at(report, "/report/citations").as_array().into_iter().flatten();
    let drawn = citations.filter(|citation| at(citation, "/place/spot/kind") == "pdf_box");
    let pages: BTreeSet<Page> = drawn
        .filter_map(|citation| {
            Some((at(citation, "/place/document").as_str()?.to_owned(), at(citation, "/place/part").as_u64()?))
        })
        .collect();
    pages.into_iter().take(PAGES).collect()
}

/// What a click on a citation asks for.
fn look(client: &Client, deal: &str, (document, number): &Page) -> Result<Duration> {
    let part = format!("/api/v1/deals/{deal}/documents/{document}/parts/{number}");
    let begun = Instant::now();
    client.fetch(&part)?;
    client.fetch(&format!("{part}/image"))?;
    Ok(begun.elapsed())
}

fn looks(client: &Client, deal: &str, pages: &[Page]) -> Result<Vec<Duration>> {
    pages.iter().map(|page| look(client, deal, page)).collect()
}

/// Starts a run and waits for its end.
fn run(client: &mut Client, deal: &str) -> Result<Duration> {
    run_with(client, deal, &Value::Null)
}

/// The same with sentences: what our own work with a model takes, since this one takes no time.
fn sentences(client: &mut Client, deal: &str) -> Result<(Duration, usize)> {
    let fake = FakeModel::start(|_| Reply::Says(ANSWER.to_owned()))?;
    let new = json!({ "name": "Bench", "base_url": fake.base_url(), "model": "bench", "reach": "local" });
    let model = text(&client.post("/api/v1/settings/models", &new)?, "id")?;
    let took = run_with(client, deal, &json!({ "model": model }))?;
    Ok((took, fake.asked().len()))
}

fn run_with(client: &mut Client, deal: &str, how: &Value) -> Result<Duration> {
    let begun = Instant::now();
    let run = text(&client.post(&format!("/api/v1/deals/{deal}/runs"), how)?, "id")?;
    let ended = wait(client, &format!("/api/v1/deals/{deal}/runs/{run}"), |run| at(run, "/ended_at").is_string())?;
    if at(&ended, "/state") != "done" {
        bail!("a run ended otherwise than with a report: {ended}");
    }
    Ok(begun.elapsed())
}

fn searches(client: &Client) -> Result<Vec<Duration>> {
    let path = |words: &str| format!("/api/v1/search?q={}", words.replace(' ', "%20").replace('"', "%22"));
    wait(client, &path("churn"), |found| at(found, "/state") == "ready" && at(found, "/total").as_u64() > Some(0))?;
    let words = SEARCHES.iter().cycle().take(SEARCHES.len() * ROUNDS);
    words
        .map(|words| {
            let begun = Instant::now();
            client.fetch(&path(words))?;
            Ok(begun.elapsed())
        })
        .collect()
}

fn wait(client: &Client, path: &str, there: impl Fn(&Value) -> bool) -> Result<Value> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let answer = client.get(path)?;
        if there(&answer) {
            return Ok(answer);
        }
        sleep(TICK);
    }
    bail!("GET {path}: what was waited for did not come in {} s", PATIENCE.as_secs())
}

/// The table's rows.
pub(super) fn rows(waits: &Waits) -> Vec<(String, String)> {
    let seconds = |ms: f64| format!("{:.2} s", ms / 1e3);
    let two = |(median, most): (f64, f64)| format!("{median:.0} ms, {most:.0} ms");
    [
        ("demo room: from the button to all documents at rest, pictures included", seconds(waits.demo_read_ms)),
        ("demo room: from the start of the run to the report", seconds(waits.demo_report_ms)),
        ("the same again, nothing changed", seconds(waits.unchanged_ms)),
        (
            "demo room: a run with sentences by a model that answers at once; questions",
            format!("{}, {}", seconds(waits.sentences_ms.0), waits.sentences_ms.1),
        ),
        ("a 20-page deck: from dropping it to its report", seconds(waits.deck_ms)),
        ("a click on a citation: part and page picture, drawn ahead; median, slowest", two(waits.cited_ms)),
        ("the same, a page that nobody has looked at", two(waits.cold_ms)),
        ("PDF of the demo report", seconds(waits.pdf_ms)),
        ("search, six kinds of questions; median, p99", two(waits.search_ms)),
    ]
    .map(|(what, measured)| (what.to_owned(), measured))
    .to_vec()
}
