//! What confinement costs: whole lives of children, with and without it.

use std::time::{Duration, Instant};

use confine::{Ended, Limits};

use crate::parent::launcher;

const ROUNDS: usize = 50;

/// Prints the middle and the slowest of [`ROUNDS`] lives: start, first frame, end.
pub fn measure() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for act in ["unconfined", "nothing", "unconfined", "nothing"] {
        let launcher = launcher(act, "", Limits::default());
        let mut lives: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                let ended = runtime.block_on(async { launcher.start().await.unwrap().end().await });
                assert_eq!(ended, Ended::Finished);
                start.elapsed()
            })
            .collect();
        lives.sort();
        let (middle, last) = (lives.get(ROUNDS / 2).unwrap(), lives.last().unwrap());
        println!("{act}: middle {middle:.2?}, slowest {last:.2?}");
    }
}
