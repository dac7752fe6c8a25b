//! Unpacks entries: in one step where memory allows it, which is faster, or piece by piece.
//!
//! Takes a reader of packed bytes and both sizes; gives the unpacked bytes, never more than were declared. Each
//! thread has one set of buffers for all entries of all wheels.

use std::cell::RefCell;
use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::Decompressor;
use memchr::memmem;

/// The size of the pieces that are read and passed on, in bytes. Pieces should be large, because the decoder
/// copies 32 KiB after each of them.
const INPUT: usize = 128 << 10;
const OUTPUT: usize = 256 << 10;
/// The memory that an entry may need to be unpacked in one step without a loan, in bytes.
pub(in crate::audit) const SMALL: usize = 4 << 20;

/// The header of a gzip file, without a time and a name (RFC 1952).
const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// The buffers and the decoders.
pub(in crate::audit) struct Unpacker {
    inflate: Decompress,
    input: Vec<u8>,
    output: Vec<u8>,
    /// For entries that are unpacked in one step.
    whole: Decompressor,
    /// The data of a whole entry, packed (as a gzip file) and unpacked.
    packed: Vec<u8>,
    unpacked: Vec<u8>,
}

/// The declared sizes of an entry, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) packed: u64,
    pub(super) unpacked: u64,
}

/// Passes on pieces until there are more bytes than were declared.
struct Meter<'a, S> {
    left: u64,
    checksum: crc32fast::Hasher,
    sink: &'a mut S,
}

impl<S: FnMut(&[u8])> Meter<'_, S> {
    fn pass(&mut self, piece: &[u8]) -> io::Result<()> {
        let left = self.left.checked_sub(piece.len() as u64);
        self.left = left.ok_or_else(|| io::Error::other("it is longer than it says"))?;
        self.checksum.update(piece);
        if !piece.is_empty() {
            (self.sink)(piece);
        }
        Ok(())
    }

    fn finish(self) -> io::Result<u32> {
        match self.left {
            0 => Ok(self.checksum.finalize()),
            _ => Err(ends_early()),
        }
    }
}

fn ends_early() -> io::Error {
    io::Error::other("it ends early")
}

impl Unpacker {
    /// Calls `call` with the unpacker of this thread.
    pub(in crate::audit) fn with<T>(call: impl FnOnce(&mut Self) -> T) -> T {
        thread_local! {
            static UNPACKER: RefCell<Unpacker> = RefCell::new(Unpacker::new());
        }
        UNPACKER.with_borrow_mut(call)
    }

    fn new() -> Self {
        Self {
            inflate: Decompress::new(false),
            input: vec![0; INPUT],
            output: vec![0; OUTPUT],
            whole: Decompressor::new(),
            packed: Vec::new(),
            unpacked: Vec::new(),
        }
    }

    /// Frees the memory of an entry that was not small.
    pub(in crate::audit) fn forget(&mut self) {
        if self.packed.capacity() > SMALL || self.unpacked.len() > SMALL {
            self.packed = Vec::new();
            self.unpacked = Vec::new();
        }
    }

    /// Unpacks a deflated entry in one step; `None` if it is empty or may be damaged, so that it has to be read
    /// piece by piece.
    ///
    /// The decoder does not tell where the data ends, but checks what follows the data in a gzip file: the
    /// checksum and the size. So the data is decoded as a gzip file in which these bytes occur only at the end.
    pub(super) fn whole(
        &mut self,
        reader: &mut impl Read,
        sizes: Sizes,
        checksum: u32,
    ) -> Option<&[u8]> {
        let length = usize::try_from(sizes.unpacked).ok()?;
        let packed = usize::try_from(sizes.packed).ok()?;
        let size = u64::from(u32::try_from(length).ok()?);
        let end = (size << 32 | u64::from(checksum)).to_le_bytes();
        self.packed.clear();
        self.packed.reserve_exact(GZIP.len() + packed + end.len());
        self.packed.extend(GZIP);
        reader.read_to_end(&mut self.packed).ok()?;
        self.packed.extend(end);
        let data = &self.packed[GZIP.len()..];
        if memmem::find(data, &end) != Some(packed) {
            return None;
        }
        if self.unpacked.len() < length {
            // New memory needs no zeros to be written, and the old memory must not exist beside it.
            self.unpacked = Vec::new();
            self.unpacked = vec![0; length.max(SMALL)];
        }
        let unpacked = &mut self.unpacked[..length];
        let count = self.whole.gzip_decompress(&self.packed, unpacked).ok()?;
        (count == length).then_some(unpacked)
    }

    /// Reads an entry that is stored without compression.
    pub(super) fn stored(
        &mut self,
        reader: &mut impl Read,
        sizes: Sizes,
        sink: &mut impl FnMut(&[u8]),
    ) -> io::Result<u32> {
        let mut meter = meter(sizes, sink);
        loop {
            match reader.read(&mut self.output)? {
                0 => return meter.finish(),
                count => meter.pass(&self.output[..count])?,
            }
        }
    }

    /// Reads a deflated entry to its last packed byte.
    pub(super) fn deflated(
        &mut self,
        reader: &mut impl Read,
        sizes: Sizes,
        sink: &mut impl FnMut(&[u8]),
    ) -> io::Result<u32> {
        let mut meter = meter(sizes, sink);
        self.inflate.reset(false);
        let mut waiting = 0..0;
        loop {
            if waiting.is_empty() {
                waiting = 0..reader.read(&mut self.input)?;
            }
            let (taken, made) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(
                &self.input[waiting.clone()],
                &mut self.output,
                FlushDecompress::None,
            );
            let status = status.map_err(io::Error::other)?;
            // Both are no more than the buffers hold.
            let step =
                |after: u64, before: u64| usize::try_from(after - before).unwrap_or(usize::MAX);
            let taken = step(self.inflate.total_in(), taken);
            let made = step(self.inflate.total_out(), made);
            waiting.start += taken;
            meter.pass(&self.output[..made])?;
            match status {
                Status::StreamEnd if self.inflate.total_in() == sizes.packed => {
                    return meter.finish();
                }
                Status::StreamEnd => {
                    return Err(io::Error::other("bytes are left behind its data"));
                }
                _ if taken == 0 && made == 0 => return Err(ends_early()),
                _ => {}
            }
        }
    }
}

fn meter<S: FnMut(&[u8])>(sizes: Sizes, sink: &mut S) -> Meter<'_, S> {
    Meter {
        left: sizes.unpacked,
        checksum: crc32fast::Hasher::new(),
        sink,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// The bytes deflated, and their checksum.
    fn deflated(bytes: &[u8]) -> (Vec<u8>, u32) {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        (encoder.finish().unwrap(), crc32fast::hash(bytes))
    }

    fn at_once(packed: &[u8], unpacked: usize, checksum: u32) -> Option<Vec<u8>> {
        let sizes = Sizes {
            packed: packed.len() as u64,
            unpacked: unpacked as u64,
        };
        let mut buffers = Unpacker::new();
        let whole = buffers.whole(&mut &*packed, sizes, checksum);
        whole.map(<[u8]>::to_vec)
    }

    #[test]
    fn only_entries_that_are_exactly_as_declared_are_unpacked_in_one_step() {
        let text = b"one step, ".repeat(1000);
        let (packed, checksum) = deflated(&text);
        let size = text.len();
        assert_eq!(at_once(&packed, size, checksum), Some(text));
        assert_eq!(at_once(&packed, size - 1, checksum), None);
        assert_eq!(at_once(&packed, size + 1, checksum), None);
        assert_eq!(at_once(&packed, size, checksum ^ 1), None);
        assert_eq!(at_once(&packed[..packed.len() - 1], size, checksum), None);
        assert_eq!(at_once(&[&packed[..], b"x"].concat(), size, checksum), None);
        // What a gzip file has behind its data, whole and in part.
        let end = [
            checksum.to_le_bytes(),
            u32::try_from(size).unwrap().to_le_bytes(),
        ]
        .concat();
        for count in 1..=end.len() {
            let longer = [&packed[..], &end[..count]].concat();
            assert_eq!(at_once(&longer, size, checksum), None, "{count}");
        }
        // The checksum and the size of an empty entry are zeros, as the end of its data is.
        let (packed, checksum) = deflated(b"");
        assert_eq!(at_once(&packed, 0, checksum), None);
    }

    #[test]
    fn a_large_entry_leaves_no_memory_behind() {
        let text = vec![7; SMALL + 1];
        let (deflated, checksum) = deflated(&text);
        let sizes = Sizes {
            packed: deflated.len() as u64,
            unpacked: text.len() as u64,
        };
        let mut buffers = Unpacker::new();
        let whole = buffers.whole(&mut &*deflated, sizes, checksum);
        assert_eq!(whole, Some(&text[..]));
        buffers.forget();
        assert_eq!(buffers.packed.capacity() + buffers.unpacked.capacity(), 0);
    }
}
