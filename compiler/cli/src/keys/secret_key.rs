//! The secret half of a key pair, and what is signed with it.
//!
//! In: the text of a key file in minisign's form, or randomness. Out: signatures
//! in minisign's form. The same key, bytes and comment give the same signature
//! (RFC 8032), so that a build that signs can be repeated.
//!
//! A key file has two lines: a comment, and base64 of these bytes:
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 2 | `Ed` |
//! | 2 | 2 | `Sc`: enciphered by a password; zeros: plain |
//! | 4 | 2 | `B2` |
//! | 6 | 32 | salt |
//! | 38 | 8 | what working out the cipher costs at most: operations |
//! | 46 | 8 | and bytes |
//! | 54 | 8 | id of the key pair |
//! | 62 | 64 | secret key, then public key |
//! | 126 | 32 | BLAKE2b-256 of the algorithm, the id and the keys |
//!
//! From offset 54 on an enciphered key is XORed with what scrypt (RFC 7914) makes
//! of password and salt.

use crate::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blake2::digest::consts::U32;
use blake2::{Blake2b, Blake2b512, Digest};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier};
use rulestone::signature::{KeyId, trusted_comment};
use std::fmt;
use zeroize::Zeroizing;

const ALGORITHM: [u8; 2] = *b"Ed";
const PREHASHED: [u8; 2] = *b"ED";
const SCRYPT: [u8; 2] = *b"Sc";
const PLAIN: [u8; 2] = [0; 2];
const BLAKE2B: [u8; 2] = *b"B2";

const LENGTH: usize = 158;
const SALT: std::ops::Range<usize> = 6..38;
const OPERATIONS: usize = 38;
const MEMORY: usize = 46;
const ID: std::ops::Range<usize> = 54..62;
const KEYS: std::ops::Range<usize> = 62..126;
const CHECKSUM: std::ops::Range<usize> = 126..158;
/// What is enciphered.
const SECRET: std::ops::Range<usize> = 54..158;

const UNTRUSTED: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";

/// What a new key's password costs to try: N of 2^17, 128 MiB and some tenths of
/// a second, as OWASP's cheat sheet on storing passwords has it for scrypt.
/// minisign's own keys cost eight times as much, which not every machine that
/// builds has.
const NEW_COST: Cost = Cost { operations: 1 << 22, memory: 128 << 20 };

/// What minisign's own keys cost: a key file that asks for more wants something
/// else than to be opened.
const MOST_COST: Cost = Cost { operations: 1 << 25, memory: 1 << 30 };

/// The secret half of a key pair. Wiped from memory when it is let go.
pub struct SecretKey {
    key: SigningKey,
    id: [u8; 8],
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretKey").field(&self.id()).finish()
    }
}

impl SecretKey {
    /// A new one, by the operating system's randomness.
    pub fn generate() -> Result<SecretKey, Failure> {
        let mut seed = Zeroizing::new([0; 32]);
        let mut id = [0; 8];
        random(&mut *seed)?;
        random(&mut id)?;
        Ok(SecretKey { key: SigningKey::from_bytes(&seed), id })
    }

    /// Names the key pair.
    pub fn id(&self) -> KeyId {
        KeyId::new(self.id)
    }

    /// The line that stands for the public key.
    pub fn public_line(&self) -> String {
        STANDARD.encode([&ALGORITHM[..], &self.id, self.key.verifying_key().as_bytes()].concat())
    }

    /// The text of the file for the public key.
    pub fn public_text(&self) -> String {
        format!("{UNTRUSTED}minisign public key {}\n{}\n", self.id(), self.public_line())
    }

    /// The text of the file for this key, enciphered if there is a password.
    pub fn text(&self, password: Option<&str>) -> Result<Zeroizing<String>, Failure> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        bytes[..2].copy_from_slice(&ALGORITHM);
        bytes[2..4].copy_from_slice(&PLAIN);
        bytes[4..6].copy_from_slice(&BLAKE2B);
        bytes[ID].copy_from_slice(&self.id);
        bytes[KEYS].copy_from_slice(&*Zeroizing::new(self.key.to_keypair_bytes()));
        let checksum = checksum(&bytes);
        bytes[CHECKSUM].copy_from_slice(&*checksum);
        if let Some(password) = password {
            bytes[2..4].copy_from_slice(&SCRYPT);
            random(&mut bytes[SALT])?;
            bytes[OPERATIONS..][..8].copy_from_slice(&NEW_COST.operations.to_le_bytes());
            bytes[MEMORY..][..8].copy_from_slice(&NEW_COST.memory.to_le_bytes());
            encipher(&mut bytes, password).ok_or_else(too_costly)?;
        }
        let encoded = Zeroizing::new(STANDARD.encode(*bytes));
        Ok(Zeroizing::new(format!(
            "{UNTRUSTED}secret key {}, made by rulestone\n{}\n",
            self.id(),
            *encoded
        )))
    }

    /// Reads the text of a key file. `ask` is asked for the password if there is one.
    pub fn read(
        text: &str,
        ask: impl FnOnce() -> Result<Zeroizing<String>, Failure>,
    ) -> Result<SecretKey, Failure> {
        let mut bytes = decode(text).ok_or_else(|| malformed("it is damaged"))?;
        if bytes[..2] != ALGORITHM || bytes[4..6] != BLAKE2B {
            return Err(malformed("its algorithms are unknown"));
        }
        match [bytes[2], bytes[3]] {
            PLAIN => {
                // minisign gives no checksum to keys without a password.
                let has_checksum = bytes[CHECKSUM].iter().any(|byte| *byte != 0);
                if has_checksum && *checksum(&bytes) != bytes[CHECKSUM] {
                    return Err(malformed("it is damaged"));
                }
            }
            SCRYPT => {
                if !Cost::of(&bytes).is_within(MOST_COST) {
                    return Err(too_costly());
                }
                let password = ask()?;
                encipher(&mut bytes, &password).ok_or_else(too_costly)?;
                if *checksum(&bytes) != bytes[CHECKSUM] {
                    return Err(Failure::given("the password of the secret key is another one"));
                }
            }
            _ => return Err(malformed("its algorithms are unknown")),
        }
        let mut id = [0; 8];
        id.copy_from_slice(&bytes[ID]);
        let mut keys = Zeroizing::new([0; 64]);
        keys.copy_from_slice(&bytes[KEYS]);
        // A public key that is not the secret one's would give the secret one away.
        let key = SigningKey::from_keypair_bytes(&keys).map_err(|_| malformed("it is damaged"))?;
        Ok(SecretKey { key, id })
    }

    /// The text of a signature of these bytes. `comment` is one line.
    pub fn sign(&self, bytes: &[u8], sequence: u64, comment: &str) -> String {
        let comment = trusted_comment(sequence, comment);
        let signature = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        let whole = self.key.sign(&[&signature[..], comment.as_bytes()].concat()).to_bytes();
        let line = STANDARD.encode([&PREHASHED[..], &self.id, &signature].concat());
        format!(
            "{UNTRUSTED}signature by rulestone, key {}\n{line}\n{TRUSTED}{comment}\n{}\n",
            self.id(),
            STANDARD.encode(whole)
        )
    }

    /// The sequence number of a signature that this key made, of whatever bytes.
    pub fn sequence_of(&self, text: &str) -> Option<u64> {
        let mut lines = text.lines().skip(1);
        let line = STANDARD.decode(lines.next()?).ok()?;
        let comment = lines.next()?.strip_prefix(TRUSTED)?;
        let whole = Signature::from_slice(&STANDARD.decode(lines.next()?).ok()?).ok()?;
        let signed = [line.get(10..74)?, comment.as_bytes()].concat();
        self.key.verifying_key().verify(&signed, &whole).ok()?;
        let first = comment.split('\t').next()?;
        first.strip_prefix("sequence:")?.parse().ok()
    }
}

/// What working out the cipher of a password may cost, as libsodium counts it.
#[derive(Debug, Clone, Copy)]
struct Cost {
    operations: u64,
    memory: u64,
}

impl Cost {
    fn of(bytes: &[u8; LENGTH]) -> Cost {
        let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        Cost { operations: number(OPERATIONS), memory: number(MEMORY) }
    }

    fn is_within(self, most: Cost) -> bool {
        self.operations <= most.operations && self.memory <= most.memory
    }

    /// The parameters that libsodium chooses for this (`pickparams` of its
    /// `crypto_pwhash_scryptsalsa208sha256`).
    fn parameters(self) -> Option<scrypt::Params> {
        const R: u64 = 8;
        let operations = self.operations.max(32_768);
        let most = |n: u64| (1..63_u8).find(|log| 1 << log > n / 2);
        let (log, p) = if operations < self.memory / 32 {
            (most(operations / (R * 4))?, 1)
        } else {
            let log = most(self.memory / (R * 128))?;
            (log, (operations / 4 / (1 << log)).min(0x3fff_ffff) / R)
        };
        scrypt::Params::new(log, R as u32, u32::try_from(p).ok()?).ok()
    }
}

/// Enciphers a plain key, deciphers an enciphered one. `None` if no parameters
/// give the cost that the key asks for.
fn encipher(bytes: &mut [u8; LENGTH], password: &str) -> Option<()> {
    let parameters = Cost::of(bytes).parameters()?;
    let mut stream = Zeroizing::new([0; SECRET.end - SECRET.start]);
    scrypt::scrypt(password.as_bytes(), &bytes[SALT], &parameters, &mut *stream).ok()?;
    for (byte, mask) in bytes[SECRET].iter_mut().zip(stream.iter()) {
        *byte ^= mask;
    }
    Some(())
}

fn checksum(bytes: &[u8; LENGTH]) -> Zeroizing<[u8; 32]> {
    let hash = Blake2b::<U32>::new().chain_update(&bytes[..2]).chain_update(&bytes[ID]);
    Zeroizing::new(hash.chain_update(&bytes[KEYS]).finalize().into())
}

/// The bytes of a key file's second line.
fn decode(text: &str) -> Option<Zeroizing<[u8; LENGTH]>> {
    let mut lines = text.lines();
    lines.next().filter(|line| line.starts_with(UNTRUSTED))?;
    let line = lines.next()?.trim_ascii();
    // Base64 is decoded in whole groups of three bytes.
    let mut room = Zeroizing::new([0; LENGTH.next_multiple_of(3)]);
    let length = STANDARD.decode_slice(line, &mut *room).ok()?;
    let mut bytes = Zeroizing::new([0; LENGTH]);
    bytes.copy_from_slice(room.get(..length).filter(|bytes| bytes.len() == LENGTH)?);
    Some(bytes)
}

fn random(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes)
        .map_err(|error| Failure::given(format!("the system gives no random numbers: {error}")))
}

fn malformed(why: &str) -> Failure {
    Failure::given(format!("this is no secret key in minisign's form: {why}"))
}

fn too_costly() -> Failure {
    Failure::given("the secret key asks for another cost of its password than minisign's keys do")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_mean_what_they_mean_to_libsodium() {
        let parameters = |operations, memory| {
            let parameters = Cost { operations, memory }.parameters()?;
            Some((parameters.log_n(), parameters.r(), parameters.p()))
        };
        assert_eq!(parameters(NEW_COST.operations, NEW_COST.memory), Some((17, 8, 1)));
        // `SENSITIVE` and `INTERACTIVE` of libsodium's documentation.
        assert_eq!(parameters(MOST_COST.operations, MOST_COST.memory), Some((20, 8, 1)));
        assert_eq!(parameters(524_288, 16 << 20), Some((14, 8, 1)));
        // Much memory and few operations, and the other way round.
        assert_eq!(parameters(0, 1 << 30), Some((10, 8, 1)));
        assert_eq!(parameters(1 << 25, 0), Some((1, 8, 524_288)));
    }

    #[test]
    fn a_key_shows_its_id_and_nothing_else() {
        let key = SecretKey { key: SigningKey::from_bytes(&[0x5A; 32]), id: [1; 8] };
        assert_eq!(format!("{key:?}"), "SecretKey(0101010101010101)");
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let key = SecretKey { key: SigningKey::from_bytes(&[3; 32]), id: [1; 8] };
        let no_password = || panic!("there is none to ask for");
        let plain = key.text(None).expect("is written");
        let read = SecretKey::read(&plain, no_password).expect("is read");
        assert_eq!(read.sign(b"x", 1, ""), key.sign(b"x", 1, ""));
        let enciphered = key.text(Some("word")).expect("is written");
        assert_ne!(*enciphered, *key.text(Some("word")).expect("is written"), "by another salt");
        let password = |word: &str| Ok(Zeroizing::new(word.to_owned()));
        let read = SecretKey::read(&enciphered, || password("word")).expect("is read");
        assert_eq!(read.sign(b"x", 1, ""), key.sign(b"x", 1, ""));
        assert!(SecretKey::read(&enciphered, || password("Word")).is_err());
    }

    #[test]
    fn the_sequence_of_a_signature_counts_only_if_this_key_made_it() {
        let key = SecretKey { key: SigningKey::from_bytes(&[3; 32]), id: [1; 8] };
        let other = SecretKey { key: SigningKey::from_bytes(&[4; 32]), id: [1; 8] };
        let text = key.sign(b"x", 17, "about");
        assert_eq!(key.sequence_of(&text), Some(17));
        assert_eq!(other.sequence_of(&text), None);
        assert_eq!(key.sequence_of(&text.replace("sequence:17", "sequence:18")), None);
        assert_eq!(key.sequence_of(&text[..text.len() - 9]), None);
        assert_eq!(key.sequence_of(""), None);
    }
}
