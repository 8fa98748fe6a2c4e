//! On loopback, as a client sees it: every answer is that of one ruleset, while archives,
//! good ones and bad ones, take the place of one another.

use rulestone::{Live, Ruleset, Watch};
use rulestone_compiler::source::Input;
use rulestone_compiler::{Options, compile};
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An archive whose one rule names this price.
fn archive(price: &str) -> Vec<u8> {
    let source = format!(
        "rulestone: v1
ruleset: flash-sale
facts:
  now: timestamp
  customer:
    region: {{type: string, max_length: 8}}
    orders: int
    coupon: {{type: string, max_length: 16, optional: true}}
  basket:
    total: double
    items: {{list: string, max_items: 32}}
outputs:
  label: {{type: string}}
rules:
  - id: sale
    condition: customer.orders > 1 && 'rope' in basket.items
    output: {{label: {price}}}
"
    );
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), source.into_bytes())]);
    compile(&input, Options::default()).archive.expect("the source is good")
}

/// Status, the header `rules`, and the body.
fn ask(address: SocketAddr, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let length = body.len();
    write!(
        stream,
        "POST /price HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("the server reads");
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    let (mut status, mut rules) = (0, String::new());
    while reader.read_line(&mut head).expect("the server answers") > 2 {
        let line = head.trim();
        if let Some(code) = line.strip_prefix("HTTP/1.1 ") {
            status = code[..3].parse().expect("a status");
        } else if let Some(hash) = line.strip_prefix("rules: ") {
            rules = hash.to_owned();
        }
        head.clear();
    }
    let mut body = String::new();
    reader.read_to_string(&mut body).expect("a body of text");
    (status, rules, body)
}

fn publish(folder: &Path, bytes: &[u8]) {
    fs::write(folder.join("next"), bytes).expect("a file");
    fs::rename(folder.join("next"), folder.join("sale.stone")).expect("the same folder");
}

const CUSTOMER: &str =
    r#"{"customer":{"region":"us","orders":4},"basket":{"total":100,"items":["rope","torch"]}}"#;

#[test]
fn answers_are_those_of_one_ruleset_while_archives_come_and_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let archives = ["one", "two", "three"].map(archive);
    publish(folder.path(), &archives[0]);
    let path = folder.path().join("sale.stone");
    let live = Live::new(Ruleset::open(&path).expect("a good archive"));
    let labels: HashMap<String, &str> = archives
        .iter()
        .zip(["one", "two", "three"])
        .map(|(archive, label)| {
            let ruleset = Ruleset::from_bytes(archive).expect("a good archive");
            let hash = ruleset.hash()[..8].iter().map(|byte| format!("{byte:02x}"));
            (hash.collect(), label)
        })
        .collect();
    let watch = Watch::new(&path).every(Duration::from_millis(5));
    let watcher = live.watch(watch, |_| ()).expect("a thread");

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = rulestone_example_axum::router(live.clone()).expect("the facts fit");
    runtime.spawn(async move { axum::serve(listener, router).await });

    let stopped = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = HashMap::new();
                    while !stopped.load(Ordering::Relaxed) {
                        let (status, rules, body) = ask(address, CUSTOMER);
                        let label = labels[&rules];
                        let expected =
                            format!(r#"{{"matched":["sale"],"outputs":{{"label":"{label}"}}}}"#);
                        assert_eq!((status, body), (200, expected));
                        *seen.entry(label).or_insert(0) += 1;
                    }
                    seen
                })
            })
            .collect();
        for turn in 0..30 {
            std::thread::sleep(Duration::from_millis(40));
            match turn % 4 {
                3 => publish(folder.path(), b"no archive"),
                good => publish(folder.path(), &archives[good]),
            }
        }
        stopped.store(true, Ordering::Relaxed);
        clients.into_iter().flat_map(|client| client.join().expect("all was well")).fold(
            HashMap::new(),
            |mut all, (label, count)| {
                *all.entry(label).or_insert(0) += count;
                all
            },
        )
    });
    assert_eq!(seen.len(), 3, "each of them decided: {seen:?}");

    // What doesn't fit is said to the client, and costs no worker.
    let long = CUSTOMER.replace("\"us\"", "\"far too long\"");
    let (status, _, text) = ask(address, &long);
    assert_eq!((status, text.as_str()), (422, "customer.region: 12 bytes, at most 8"));
    assert_eq!(ask(address, CUSTOMER).0, 200);
    drop(watcher);
}
