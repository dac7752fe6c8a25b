//! Reads a file in larger steps than asked for: the headers of an archive are many, small and close together.

use std::cell::RefCell;
use std::fs::File;
use std::io;

use rawzip::{FileReader, ReaderAt};

/// The length of a step, in bytes.
const STEP: usize = 4 << 10;

/// A file of which the bytes of the last step are kept.
#[derive(Debug)]
pub(in crate::audit) struct Window {
    file: FileReader,
    kept: RefCell<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    begin: u64,
    bytes: Vec<u8>,
}

impl Kept {
    /// The bytes from this offset on.
    fn after(&self, offset: u64) -> &[u8] {
        let skipped = offset.checked_sub(self.begin);
        let skipped = skipped.and_then(|count| usize::try_from(count).ok());
        skipped
            .and_then(|count| self.bytes.get(count..))
            .unwrap_or_default()
    }
}

impl From<File> for Window {
    fn from(file: File) -> Self {
        Self {
            file: file.into(),
            kept: RefCell::default(),
        }
    }
}

impl ReaderAt for Window {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if buffer.len() >= STEP {
            return self.file.read_at(buffer, offset);
        }
        let mut kept = self.kept.borrow_mut();
        if kept.after(offset).len() < buffer.len() {
            kept.bytes.resize(STEP, 0);
            let count = self.file.read_at(&mut kept.bytes, offset);
            kept.bytes.truncate(*count.as_ref().unwrap_or(&0));
            kept.begin = offset;
            count?;
        }
        let bytes = kept.after(offset);
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn every_read_gives_the_bytes_of_the_file() {
        let bytes: Vec<_> = (0..3 * STEP + 100)
            .map(|at| u8::try_from(at % 251).unwrap())
            .collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let window = Window::from(file);
        let places = [0, 30, STEP - 1, STEP, 10, 3 * STEP, bytes.len() - 1];
        for place in places {
            for length in [0, 1, 30, STEP - 1, STEP, 2 * STEP] {
                let mut buffer = vec![0; length];
                let end = bytes.len().min(place + length);
                let read = window.read_exact_at(&mut buffer[..end - place], place as u64);
                assert!(read.is_ok(), "{length} bytes at {place}");
                assert_eq!(buffer[..end - place], bytes[place..end]);
            }
        }
        assert_eq!(window.read_at(&mut [0], bytes.len() as u64).unwrap(), 0);
    }
}
