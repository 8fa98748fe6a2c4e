//! Passwords of secret keys: from a file, from the environment, or from whoever
//! sits at the terminal.

use super::privacy::is_open_to_others;
use crate::failure::Failure;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The environment variable for the password.
const VARIABLE: &str = "RULESTONE_PASSWORD";

/// Longest password in bytes, as minisign has it.
const MAX_LENGTH: usize = 1024;

/// Where the password of a key comes from; if from nowhere else, from the terminal.
#[derive(Debug, Clone, clap::Args)]
pub struct PasswordSource {
    /// Read the password of the secret key from the first line of FILE; otherwise it is in the
    /// environment variable RULESTONE_PASSWORD, or asked for
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// Where the password of a new key comes from.
#[derive(Debug, Clone, clap::Args)]
pub struct NewPassword {
    #[command(flatten)]
    source: PasswordSource,
    /// Protect the secret key by no password, as for machines that nobody sits at
    #[arg(long, conflicts_with = "password_file")]
    no_password: bool,
}

impl PasswordSource {
    /// The password of a key that there is.
    pub fn password(&self) -> Result<Zeroizing<String>, Failure> {
        match self.given()? {
            Some(password) => Ok(password),
            None => prompt("Password of the secret key: "),
        }
    }

    fn given(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        if let Some(path) = &self.password_file {
            return from_file(path).map(Some);
        }
        match std::env::var(VARIABLE).map(Zeroizing::new) {
            Ok(password) if password.is_empty() => Ok(None),
            Ok(password) => check(password, VARIABLE).map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            // What it holds is not to be shown.
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(Failure::given(format!("{VARIABLE} is not UTF-8")))
            }
        }
    }
}

impl NewPassword {
    /// The password of a key in the making, or none.
    pub fn password(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        if self.no_password {
            return Ok(None);
        }
        if let Some(password) = self.source.given()? {
            return Ok(Some(password));
        }
        let password = prompt("Password for the secret key: ")?;
        if *password != *prompt("The same once more: ")? {
            return Err(Failure::given("these are two different passwords; nothing was made"));
        }
        Ok(Some(password))
    }
}

/// Where a process finds the pipes that it was handed, as by a shell for
/// `<(pass show key)`.
const HANDED: [&str; 3] = ["/dev/fd", "/dev/stdin", "/proc"];

fn from_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let name = path.display();
    let failed = |error| Failure::file("read", &name, &error);
    let is_handed = HANDED.iter().any(|place| path.starts_with(place));
    // Opening any other pipe would wait for whoever writes to it.
    if !is_handed && !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Failure::given(format!("cannot read the password from {name}: it is no file")));
    }
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_file() && is_open_to_others(&metadata) {
        return Err(Failure::given(format!(
            "others may read the password in {name}; run `chmod 600` on it"
        )));
    }
    // Room for all, so that no part of it is left behind when it grows.
    let mut text = Zeroizing::new(String::with_capacity(2 * MAX_LENGTH));
    file.take(2 * MAX_LENGTH as u64).read_to_string(&mut text).map_err(failed)?;
    let line = text.lines().next().unwrap_or_default();
    check(Zeroizing::new(line.to_owned()), &name.to_string())
}

fn prompt(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let password = rpassword::prompt_password(prompt).map_err(|error| {
        Failure::given(format!(
            "cannot ask for the password on a terminal ({error}); give it by `--password-file` or \
             {VARIABLE}"
        ))
    })?;
    check(Zeroizing::new(password), "the terminal")
}

fn check(password: Zeroizing<String>, from: &str) -> Result<Zeroizing<String>, Failure> {
    match password.len() {
        0 => Err(Failure::given(format!("the password from {from} is empty"))),
        1..=MAX_LENGTH => Ok(password),
        _ => Err(Failure::given(format!(
            "the password from {from} is longer than {MAX_LENGTH} bytes"
        ))),
    }
}
