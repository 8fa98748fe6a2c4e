//! Subjects, with their cuts and dictionaries.

use super::runs::Runs;
use super::text::Texts;
use crate::archive::{ArchivedDictionaryWord, ArchivedRuleset, ArchivedSubject};
use crate::error::{Error, ErrorCode};
use crate::subject::{MAX_RANKS, MAX_SUBJECTS, Ranking};
use xxhash_rust::xxh3::xxh3_64;

/// What predicates can ask of each subject. Needs: schema, variables and units
/// are checked.
pub(super) fn check(
    archive: &ArchivedRuleset,
    texts: &mut Texts<'_>,
) -> Result<Vec<Ranking>, Error> {
    if archive.subjects.len() > MAX_SUBJECTS {
        return Err(Error::at(ErrorCode::SubjectTable, MAX_SUBJECTS as u64));
    }
    let (mut cuts, mut words) = (Runs::of(&archive.cuts), Runs::of(&archive.words));
    let mut rankings = Vec::with_capacity(archive.subjects.len());
    let mut unhashed = hashing_budget(archive);
    for (number, subject) in archive.subjects.iter().enumerate() {
        let wrong = Error::at(ErrorCode::SubjectTable, number as u64);
        let ranking = subject.ranking(archive).ok_or(wrong)?;
        cuts.take(&subject.cuts, number)?;
        words.take(&subject.words, number)?;
        let has_cuts = !subject.cuts.of(&archive.cuts).is_empty();
        let has_words = !subject.words.of(&archive.words).is_empty();
        let fits = match ranking {
            Ranking::Direct { .. } => !has_cuts && !has_words,
            Ranking::Cuts(_) => !has_words && are_cuts(archive, subject),
            Ranking::Words | Ranking::Members => !has_cuts,
        };
        if !fits || subject.cells(ranking) > MAX_RANKS {
            return Err(wrong);
        }
        dictionary(archive, subject, number, texts, &mut unhashed)?;
        rankings.push(ranking);
    }
    cuts.finish()?;
    words.finish()?;
    Ok(rankings)
}

fn are_cuts(archive: &ArchivedRuleset, subject: &ArchivedSubject) -> bool {
    let cuts = subject.cuts.of(&archive.cuts);
    cuts.iter().zip(cuts.iter().skip(1)).fold(true, |all, (a, b)| all & (a < b))
}

/// How often each byte of the data and of the table of words is paid for.
const HASHED: usize = 16;

/// A word of up to so many bytes is paid for by its own record, however many
/// subjects are compared with it.
pub const FREE_WORD: usize = HASHED * size_of::<ArchivedDictionaryWord>();

/// How many bytes of words are hashed at most: words may share text, and long ones
/// that all do would make a check more than linear in the file.
fn hashing_budget(archive: &ArchivedRuleset) -> usize {
    let bytes = archive.data.len().saturating_add(size_of_val(archive.words.as_slice()));
    bytes.saturating_mul(HASHED).saturating_add(1 << 20)
}

/// Words in order of their hashes, numbered from 0 without a gap.
fn dictionary(
    archive: &ArchivedRuleset,
    subject: &ArchivedSubject,
    number: usize,
    texts: &mut Texts<'_>,
    unhashed: &mut usize,
) -> Result<(), Error> {
    let own = subject.words.of(&archive.words);
    let mut seen = vec![false; own.len()];
    let mut hash_before = None;
    for word in own {
        let hash = word.hash.to_native();
        texts.check(&word.text, number)?;
        let length = word.text.length.to_native() as usize;
        let rest = unhashed.checked_sub(length);
        *unhashed = rest.ok_or(Error::at(ErrorCode::DictionaryTable, number as u64))?;
        let seen = seen.get_mut(word.number.to_native() as usize);
        let is_new = seen.is_some_and(|seen| !std::mem::replace(seen, true));
        let in_order = hash_before.is_none_or(|before| before < hash);
        if !is_new || !in_order || xxh3_64(archive.blob(&word.text)) != hash {
            return Err(Error::at(ErrorCode::DictionaryTable, number as u64));
        }
        hash_before = Some(hash);
    }
    Ok(())
}
