//! `sign`: who made an archive, and how new it is.

use crate::failure::{Failure, Status};
use crate::keys::{PasswordSource, SecretKey, read_secret_key};
use crate::publish::Destination;
use crate::target::{self, is_standard};
use crate::terminal::Terminal;
use rulestone::signature::path_beside;
use serde_json::json;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Longest comment in bytes, as minisign has it.
const MAX_COMMENT: usize = 1024;

/// Longest signature that is looked at.
const MAX_SIGNATURE: u64 = 16 << 10;

/// Signs an archive: writes ARCHIVE.minisig beside it
///
/// Servers that ask for signatures load an archive only with one, and none that is older than what
/// they had. `minisign -Vm ARCHIVE -p NAME.pub` checks it as well. The same key, archive, sequence
/// number and comment give the same signature.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone sign black-mesa.stone --key event.key\n  \
    rulestone sign black-mesa.stone --key ci.key --sequence 42 --comment 'build 42'")]
pub struct Arguments {
    /// The archive
    archive: PathBuf,
    /// The secret key, as `keygen` or minisign makes it
    #[arg(short, long, value_name = "FILE")]
    key: PathBuf,
    /// How new it is: the higher, the newer. Unless given, the Unix time in seconds, or one more
    /// than in this key's signature that is there, if that is more
    #[arg(long, value_name = "N")]
    sequence: Option<u64>,
    /// A line about the archive, signed with it
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    /// Say nothing where all goes well
    #[arg(short, long)]
    quiet: bool,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let path = &arguments.archive;
    if is_standard(path) {
        let message = "a signature lies beside its archive: name a file";
        return Err(Failure::Usage(message.to_owned()));
    }
    let comment = arguments.comment.as_deref().unwrap_or_default();
    if comment.len() > MAX_COMMENT || comment.contains(char::is_control) {
        let message = format!("a comment is one line of at most {MAX_COMMENT} bytes");
        return Err(Failure::Usage(message));
    }
    // What is verified here are the bytes that are signed.
    let ruleset = target::archive(path, &target::any_cost())?;
    let beside = path_beside(path);
    let destination = Destination::of(&beside)?;
    let key = read_secret_key(&arguments.key, &arguments.password)?;

    let before = sequence_before(&beside, &key);
    let sequence = match arguments.sequence {
        Some(sequence) => sequence,
        None => next_sequence(before)?,
    };
    let name = ruleset.identity().name;
    let about = match name.contains(char::is_control) {
        true => comment.to_owned(),
        false => format!("ruleset:{name}{}{comment}", if comment.is_empty() { "" } else { "\t" }),
    };
    destination.publish(key.sign(ruleset.bytes(), sequence, &about).as_bytes())?;
    if let Some(before) = before.filter(|before| *before > sequence) {
        terminal.warning(&format!(
            "the signature that was there had sequence {before}: servers that have seen it will \
             refuse this one, which has {sequence}"
        ));
    }
    if !arguments.quiet {
        let (file, id) = (beside.display().to_string(), key.id().to_string());
        terminal.note(&match terminal.is_json() {
            true => json!({"signature": file, "key": id, "sequence": sequence}).to_string(),
            false => format!("{file}: sequence {sequence}, key {id}"),
        });
    }
    Ok(Status::Done)
}

/// Grows from one signature to the next on all machines whose clocks are right,
/// and on one machine whatever its clock says.
fn next_sequence(before: Option<u64>) -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_secs());
    let Some(before) = before else { return Ok(now) };
    let next = before.checked_add(1).ok_or_else(|| {
        Failure::given("the signature that is there has the highest sequence number of all")
    })?;
    Ok(next.max(now))
}

/// The sequence number of the signature that lies there, if this key made it.
fn sequence_before(path: &Path, key: &SecretKey) -> Option<u64> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    File::open(path).ok()?.take(MAX_SIGNATURE).read_to_string(&mut text).ok()?;
    key.sequence_of(&text)
}
