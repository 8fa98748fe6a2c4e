//! `keygen`: a key pair to sign archives with.

use crate::failure::{Failure, Status};
use crate::keys::{KeyFiles, NewPassword, SecretKey};
use crate::terminal::Terminal;
use serde_json::json;
use std::path::PathBuf;

/// Makes a key pair to sign archives with
///
/// NAME.key is secret: whoever has it, and its password, can sign. NAME.pub goes to the servers
/// that load archives. Both are in the form of minisign.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone keygen -o event\n  \
    rulestone keygen -o ci --no-password")]
pub struct Arguments {
    /// Where the keys go: NAME.key and NAME.pub
    #[arg(short, long, value_name = "NAME")]
    output: PathBuf,
    #[command(flatten)]
    password: NewPassword,
    /// Overwrite keys that are there; the old secret key is gone for good
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let files = KeyFiles::of(&arguments.output, arguments.force)?;
    let password = arguments.password.password()?;
    let key = SecretKey::generate()?;
    let secret = key.text(password.as_ref().map(|password| password.as_str()))?;
    files.write(&secret, &key.public_text())?;
    let (secret, public) = (files.secret.display(), files.public.display());
    terminal.note(&match terminal.is_json() {
        true => json!({
            "key": key.id().to_string(),
            "public": key.public_line(),
            "secret_file": secret.to_string(),
            "public_file": public.to_string(),
        })
        .to_string(),
        false => format!("key {}: {secret} is secret, {public} is for servers:", key.id()),
    });
    if !terminal.is_json() {
        terminal.note(&key.public_line());
    }
    Ok(Status::Done)
}
