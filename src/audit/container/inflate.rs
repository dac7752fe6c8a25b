//! Unpacks entries piece by piece.
//!
//! Takes a reader of packed bytes and both sizes; passes on the unpacked bytes, never more than were declared,
//! and gives their CRC-32. One set of buffers serves all entries of a wheel.

use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// The size of the pieces that are read and passed on, in bytes. Pieces should be large, because the decoder
/// copies 32 KiB after each of them.
const INPUT: usize = 128 << 10;
const OUTPUT: usize = 256 << 10;

/// The buffers and the decoder.
pub(in crate::audit) struct Unpacker {
    inflate: Decompress,
    input: Vec<u8>,
    output: Vec<u8>,
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
    pub(in crate::audit) fn new() -> Self {
        Self {
            inflate: Decompress::new(false),
            input: vec![0; INPUT],
            output: vec![0; OUTPUT],
        }
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
