//! Caches the answers of other programs until one of the files that they depend on changes.
//!
//! Takes a question and the files that it is about; gives the answer. An answer that cannot be read or written
//! costs only time, so that is never an error.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use crate::sys::stamp::PathStamp;
use crate::sys::{files, fingerprint, owned};

#[derive(Serialize, Deserialize)]
struct Remembered<A> {
    question: String,
    stamps: Vec<PathStamp>,
    answer: A,
}

/// The answer to `question`, if it is in the cache and none of its files has changed.
pub(crate) fn recall<A: DeserializeOwned>(cache: &Cache, question: &str) -> Option<A> {
    let text = owned::read_file(&file(cache, question), LIMIT)?;
    let remembered: Remembered<A> = serde_json::from_slice(&text).ok()?;
    let valid =
        remembered.question == question && remembered.stamps.iter().all(PathStamp::is_current);
    valid.then_some(remembered.answer)
}

/// Caches an answer that is valid as long as the files of `stamps` do not change.
///
/// The stamps must have been taken before the question was asked.
pub(crate) fn remember<A: Serialize>(
    cache: &Cache,
    question: &str,
    stamps: Vec<PathStamp>,
    answer: &A,
) {
    let file = file(cache, question);
    let write = || -> std::io::Result<()> {
        let remembered = Remembered {
            question: question.to_owned(),
            stamps,
            answer,
        };
        cache.make_dir(FOLDER).map_err(std::io::Error::other)?;
        files::replace(&file, &serde_json::to_vec(&remembered)?)
    };
    // A failure to cache the answer is not an error: the next run asks again.
    drop(write());
}

/// Larger than any answer, in bytes.
const LIMIT: u64 = 16 << 20;

const FOLDER: &str = "answers";

fn file(cache: &Cache, question: &str) -> PathBuf {
    cache.path(FOLDER, &format!("{}.json", fingerprint::short(question)))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn an_answer_holds_until_its_file_changes() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(Some(dir.path())).unwrap();
        let tool = dir.path().join("tool");
        fs::write(&tool, "1").unwrap();
        assert_eq!(recall::<String>(&cache, "version of tool"), None);
        let stamps = || vec![PathStamp::of(&tool)];
        remember(&cache, "version of tool", stamps(), &"one");
        assert_eq!(
            recall::<String>(&cache, "version of tool"),
            Some("one".to_owned())
        );
        assert_eq!(recall::<String>(&cache, "another question"), None);
        fs::write(&tool, "22").unwrap();
        assert_eq!(recall::<String>(&cache, "version of tool"), None);
        remember(&cache, "version of tool", stamps(), &"two");
        assert_eq!(
            recall::<String>(&cache, "version of tool"),
            Some("two".to_owned())
        );
        fs::remove_file(&tool).unwrap();
        assert_eq!(recall::<String>(&cache, "version of tool"), None);
    }

    #[test]
    fn rubbish_in_the_file_is_no_answer() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(Some(dir.path())).unwrap();
        remember(&cache, "question", vec![], &1);
        fs::write(file(&cache, "question"), "{").unwrap();
        assert_eq!(recall::<u8>(&cache, "question"), None);
        remember(&cache, "question", vec![], &"text");
        assert_eq!(recall::<u8>(&cache, "question"), None);
    }
}
