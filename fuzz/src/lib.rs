//! What the fuzz targets share: inputs that get past the outer checks.
//!
//! Hashes, lengths and fingerprints keep a mutated input from ever reaching
//! the code behind them. So the first byte of an input says whether they are
//! to be mended ([`MENDED`]) or left as they are; the rest is the bytes proper.

use rulestone::Ruleset;
use rulestone_compiler::diagnostic::render::render;
use rulestone_compiler::lower::Options;
use rulestone_compiler::source::Input;
use rulestone_format::frame::{HEADER_LENGTH, MAGIC};
use rulestone_format::header::Header;

/// First byte of an input whose outer checks are mended. Any odd byte will do.
pub const MENDED: u8 = 1;

/// The ruleset for which frames are fuzzed: facts of every type, and rules that
/// read all of them.
pub const FRAME_RULESET: &str = include_str!("../seeds/frame.yaml");

/// [`FRAME_RULESET`], compiled and loaded.
///
/// # Errors
/// It doesn't compile, or its archive is refused.
pub fn frame_ruleset() -> Result<Ruleset, String> {
    let archive = compiled(FRAME_RULESET)?;
    Ruleset::from_vec(archive).map_err(|error| error.to_string())
}

/// Compiles one file.
///
/// # Errors
/// What the compiler has to say, as it is shown.
pub fn compiled(source: &str) -> Result<Vec<u8>, String> {
    let files = vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())];
    let compiled = rulestone_compiler::compile(&Input::Memory(files), Options::default());
    compiled.archive.ok_or_else(|| {
        compiled.diagnostics.iter().map(|found| render(found, &compiled.sources, false)).collect()
    })
}

/// The bytes of an archive, its header mended if the first byte asks for it.
pub fn archive(data: &[u8]) -> Option<Vec<u8>> {
    let (first, bytes) = data.split_first()?;
    let mut file = bytes.to_vec();
    if first % 2 == 1 {
        let header = size_of_val(&Header::of(b"").to_bytes());
        let body = file.split_off(header.min(file.len()));
        file = Header::of(&body).to_bytes().to_vec();
        file.extend_from_slice(&body);
    }
    Some(file)
}

/// The bytes of a frame; magic, length and fingerprint mended if the first byte
/// asks for it.
pub fn frame(data: &[u8], ruleset: &Ruleset) -> Option<Vec<u8>> {
    let (first, bytes) = data.split_first()?;
    let mut frame = bytes.to_vec();
    if first % 2 == 1 && frame.len() >= HEADER_LENGTH {
        let fingerprints = &ruleset.archive().schema.fingerprints;
        let count = u32::from_le_bytes([frame[16], frame[17], frame[18], frame[19]]) as usize;
        let count = count % fingerprints.len().max(1);
        let length = u32::try_from(frame.len()).ok()?;
        frame[..4].copy_from_slice(&MAGIC);
        frame[4..8].copy_from_slice(&length.to_le_bytes());
        frame[8..16].copy_from_slice(&fingerprints.get(count)?.to_native().to_le_bytes());
        frame[16..20].copy_from_slice(&u32::try_from(count).ok()?.to_le_bytes());
        frame[20..24].fill(0);
    }
    Some(frame)
}

/// A frame of a sender that knows no facts: valid for every ruleset.
pub fn empty_frame(ruleset: &Ruleset) -> Vec<u8> {
    let data = [&[MENDED][..], &[0; HEADER_LENGTH]].concat();
    frame(&data, ruleset).unwrap_or_default()
}

/// A frame in which every fact has a small value of its type. `None` if a fact
/// that is not optional takes none of the values tried.
pub fn full_frame(ruleset: &Ruleset) -> Option<Vec<u8>> {
    let mut builder = ruleset.facts_builder();
    for fact in ruleset.facts() {
        let id = fact.id();
        let type_name = fact.type_name().to_string();
        let label = type_name.strip_prefix("enum(").and_then(|rest| rest.split([',', ')']).next());
        let _ = builder
            .set_int(id, 1)
            .or_else(|_| builder.set_bool(id, true))
            .or_else(|_| builder.set_str(id, label.unwrap_or("1s")))
            .or_else(|_| builder.set_point(id, 51.5, -0.12))
            .or_else(|_| builder.set_bytes(id, b"\xff"))
            .or_else(|_| builder.set(id, &[1]))
            .or_else(|_| builder.set(id, &["1s"]))
            .or_else(|_| builder.set(id, &[0; 0]));
    }
    builder.finish().ok().map(<[u8]>::to_vec)
}
