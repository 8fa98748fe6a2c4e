//! A server of a game's shop: what it costs today is decided by rules, which may be
//! replaced while it runs.
//!
//! In: `POST /price` with the facts of a customer as JSON. Out: the decision as JSON, with
//! the hash of the rules that decided as the header `rules`. The archive is compiled from
//! `rules/flash-sale`, and watched: a new one is in place within a second, and one that is
//! no good leaves the old one there.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use rulestone::{Encoder, Facts, FactsError, Live, LiveSession, Timestamp};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// The facts of a request: the fields have the names that the ruleset has.
#[derive(Debug, Facts)]
struct Request {
    now: Timestamp,
    customer: Customer,
    basket: Basket,
}

/// What the client sends of them.
#[derive(Debug, Deserialize)]
struct Body {
    customer: Customer,
    basket: Basket,
}

#[derive(Debug, Deserialize, Facts)]
struct Customer {
    region: String,
    orders: u32,
    coupon: Option<String>,
}

#[derive(Debug, Deserialize, Facts)]
struct Basket {
    total: f64,
    items: Vec<String>,
}

/// What one request needs besides its facts. It allocates while it warms up, then no more.
struct Worker {
    session: LiveSession,
    encoder: Encoder<Request>,
}

/// Workers that no request has at the moment: as many as there were requests at once.
#[derive(Clone)]
struct Shop {
    live: Live,
    idle: Arc<Mutex<Vec<Worker>>>,
}

/// The server for the ruleset that is in place.
///
/// # Errors
/// The ruleset has other facts than this server gives: which, and why.
pub fn router(live: Live) -> Result<Router, FactsError> {
    let shop = Shop { live, idle: Arc::default() };
    let first = shop.worker()?;
    shop.give_back(first);
    Ok(Router::new().route("/price", post(price)).with_state(shop))
}

async fn price(State(shop): State<Shop>, Json(body): Json<Body>) -> Response {
    match shop.decide(body) {
        Ok((headers, line)) => (headers, line).into_response(),
        // A text beyond its bound, or a moment that no rule can know.
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

type Failure = Box<dyn std::error::Error>;

impl Shop {
    /// Decides without waiting for anything: microseconds, so no task of its own is needed.
    fn decide(&self, Body { customer, basket }: Body) -> Result<(HeaderMap, Vec<u8>), Failure> {
        let mut worker = self.worker()?;
        let now = SystemTime::now().try_into()?;
        let decided = worker.decide(&Request { now, customer, basket });
        self.give_back(worker);
        decided
    }

    fn worker(&self) -> Result<Worker, FactsError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| Worker::new(&self.live), Ok)
    }

    fn give_back(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }
}

impl Worker {
    fn new(live: &Live) -> Result<Worker, FactsError> {
        let session = live.session();
        let encoder = session.ruleset().encoder()?;
        Ok(Worker { session, encoder })
    }

    fn decide(&mut self, request: &Request) -> Result<(HeaderMap, Vec<u8>), Failure> {
        // One relaxed load unless the rules have changed.
        self.session.refresh();
        let mut headers = HeaderMap::new();
        let hash = self.session.ruleset().hash()[..8].iter().map(|byte| format!("{byte:02x}"));
        headers.insert(HeaderName::from_static("rules"), hash.collect::<String>().parse()?);
        headers.insert(header::CONTENT_TYPE, "application/json".parse()?);
        // A ruleset that is reloaded takes the frames that were made for the one before.
        let frame = self.encoder.encode(request)?;
        let mut line = Vec::with_capacity(256);
        self.session.decide_checked(frame)?.write_json(&mut line);
        Ok((headers, line))
    }
}
