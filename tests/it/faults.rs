//! Faults of the machine, as the user meets them: what they are told, that nothing is lost, and that the work goes on.

mod children;
mod database;
mod disk;

use serde_json::Value;

use crate::client::{Answer, Client};

/// What a person reads of a request that failed.
fn sentence(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.json["detail"].as_str().unwrap_or(&answer.text))
}

/// The documents of a deal.
async fn documents(client: &mut Client, deal: &str) -> Vec<Value> {
    let answer = client.get(&format!("/api/v1/deals/{deal}/documents?limit=100")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["items"].as_array().unwrap().clone()
}

/// A list that takes a while to read and to judge.
fn long_list(rows: u32) -> Vec<u8> {
    let rows = (0..rows).map(|row| format!("Customer {row},{}\n", 100 + row % 900));
    std::iter::once("customer,mrr\n".to_owned()).chain(rows).collect::<String>().into_bytes()
}
