//! Pieces are inflated again, by a reader that knows nothing of how they were cut.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use super::*;

/// Bytes that deflate well, and not the same way everywhere.
fn text(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let word = std::iter::from_fn(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(format!("{} ", (state >> 22) % 97))
    });
    word.flat_map(String::into_bytes).take(length).collect()
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| byte()).collect()
}

/// The deflated files, each in one, with their digests.
fn deflated(files: &[Vec<u8>], helpers: usize) -> Vec<(Vec<u8>, Digest)> {
    let sources: Vec<_> = files.iter().map(|bytes| Bytes::Here(bytes)).collect();
    let sources: Vec<_> = sources.iter().collect();
    let mut found = Vec::new();
    let mut bytes = Vec::new();
    let helpers = Helpers::new(helpers);
    all(&sources, &helpers, &mut |piece| {
        bytes.extend(piece.bytes);
        if let Some(digest) = piece.end {
            found.push((std::mem::take(&mut bytes), digest));
        }
        Ok(())
    })
    .unwrap();
    assert!(bytes.is_empty());
    found
}

#[test]
fn every_length_comes_back_from_one_stream() {
    let mut files: Vec<_> = [
        0,
        1,
        100,
        WINDOW,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        CHUNK + WINDOW,
        2 * CHUNK,
        3 * CHUNK + 5,
    ]
    .map(text)
    .into();
    files.extend([noise(10), noise(CHUNK), noise(2 * CHUNK + 1)]);
    files.extend((0..1000).map(text));
    let alone = deflated(&files, 0);
    assert_eq!(alone.len(), files.len());
    for (file, (bytes, digest)) in files.iter().zip(&alone) {
        let mut decoder = DeflateDecoder::new(bytes.as_slice());
        let mut back = Vec::new();
        decoder.read_to_end(&mut back).unwrap();
        assert!(&back == file, "{} bytes", file.len());
        assert_eq!(decoder.total_in(), bytes.len() as u64);
        assert_eq!(digest.crc, crc32fast::hash(file));
        assert_eq!(digest.content.size, file.len() as u64);
    }
    for helpers in [1, 3] {
        assert!(deflated(&files, helpers) == alone);
    }
}

#[test]
fn cuts_cost_next_to_nothing() {
    let text = text(5 * CHUNK);
    let mut whole = flate2::write::DeflateEncoder::new(Vec::new(), Compression::new(LEVEL));
    io::Write::write_all(&mut whole, &text).unwrap();
    let whole = whole.finish().unwrap().len();
    let cut = deflated(&[text], 1)[0].0.len();
    assert!(cut < whole + whole / 1000, "{cut} instead of {whole}");
}

#[test]
fn a_failure_ends_it_and_the_helpers_come_back() {
    let file = text(10 * CHUNK);
    let bytes = Bytes::Here(&file);
    let helpers = Helpers::new(3);
    let outcome = all(&[&bytes], &helpers, &mut |_| {
        Err(Error::system(Problem::new("no")))
    });
    assert_eq!(outcome.unwrap_err().problems()[0].message, "no");
    assert_eq!(helpers.borrow().count, 3);
    assert_eq!(helpers.borrow().count, 3);
}

#[test]
fn two_packers_share_the_helpers() {
    let helpers = Helpers::new(3);
    let first = helpers.borrow();
    assert_eq!((first.count, helpers.borrow().count), (3, 0));
    drop(first);
    assert_eq!(helpers.borrow().count, 3);
    assert_eq!(Helpers::new(1000).borrow().count, MOST_HELPERS);
}
