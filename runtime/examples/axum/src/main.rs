//! Serves the archive that is named, and whatever takes its place.
//!
//! ```console
//! $ rulestone compile rules/flash-sale -o sale.stone
//! $ cargo run --release --manifest-path runtime/examples/axum/Cargo.toml -- sale.stone
//! $ curl localhost:3000/price --json '{"customer": {"region": "us", "orders": 4},
//!     "basket": {"total": 100, "items": ["rope", "torch"]}}'
//! ```

use rulestone::{Live, Ruleset, Watch};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which archive? Name a .stone file")?;
    let live = Live::new(Ruleset::open(&path)?);
    // Until it is dropped.
    let _watcher = live.watch(Watch::new(path), |outcome| match outcome {
        Ok(ruleset) => eprintln!("in place: {:?}", ruleset.identity()),
        Err(error) => eprintln!("the old rules stay: {error}"),
    })?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    let server = axum::serve(listener, rulestone_example_axum::router(live)?);
    Ok(server.with_graceful_shutdown(stop).await?)
}
