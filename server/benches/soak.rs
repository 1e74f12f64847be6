//! A session of half an hour with a client that does everything: `cargo bench -p spp-analyzer --bench soak [-- MINUTES]`.
//! Prints the figures of `docs/performance.md` and fails when the server failed anywhere.

#[path = "../../tests/lsp/client.rs"]
mod client;
#[path = "../../tests/lsp/endurance.rs"]
mod endurance;
#[path = "../../tests/lsp/record.rs"]
mod record;

use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    // `cargo bench` passes `--bench`.
    let minutes: u64 = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(30);
    let mut seen = 0;
    let mut figures =
        endurance::run(Duration::from_secs(60 * minutes), 40, Duration::from_millis(5), |figures| {
            let (minute, kilobytes) = figures.resident.last().copied().unwrap_or_default();
            println!("{minute:4.0} min  {:4} MB  {figures}", kilobytes / 1024);
            for failure in &figures.failures[seen..] {
                println!("          {failure}");
            }
            seen = figures.failures.len();
        });
    let (median, late) = figures.latency();
    println!("\n{figures}\nlatency {median:.2} ms median, {late:.2} ms at the 99th percentile");
    for (minute, kilobytes) in &figures.resident {
        println!("{minute:6.1} min {:6} MB", kilobytes / 1024);
    }
    for failure in &figures.failures {
        println!("{failure}");
    }
    if figures.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
