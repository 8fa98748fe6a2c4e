//! The ruleset that a server decides by right now, replaced while it runs.
//!
//! In come rulesets that are already verified, or paths of archives that
//! become so here; out come snapshots that stay what they are for as long as
//! they are held, and sessions that move on. Signed archives never go back to an
//! older one.

mod session;
mod swap;
#[cfg(test)]
mod tests;
mod watch;

pub use session::LiveSession;
pub use swap::Live;
pub use watch::{Watch, Watcher};
