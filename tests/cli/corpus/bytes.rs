//! Numbers and text as bytes, in the order and width of a format.

use std::fmt::Debug;

/// Bytes that grow at their end.
#[derive(Debug, Clone)]
pub(super) struct Bytes {
    big: bool,
    wide: bool,
    out: Vec<u8>,
}

impl Bytes {
    /// In the given order; `wide` is whether a [`word`](Self::word) has 64 bits.
    pub(super) fn new(big: bool, wide: bool) -> Self {
        Self {
            big,
            wide,
            out: Vec::new(),
        }
    }

    /// The low end first, with words of 64 bits.
    pub(super) fn little() -> Self {
        Self::new(false, true)
    }

    /// The high end first, with words of 64 bits.
    pub(super) fn big() -> Self {
        Self::new(true, true)
    }

    pub(super) fn u8(&mut self, number: u8) -> &mut Self {
        self.raw([number])
    }

    pub(super) fn u16(&mut self, number: impl TryInto<u16, Error: Debug>) -> &mut Self {
        let number = number.try_into().unwrap();
        self.raw(if self.big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        })
    }

    pub(super) fn u32(&mut self, number: impl TryInto<u32, Error: Debug>) -> &mut Self {
        let number = number.try_into().unwrap();
        self.raw(if self.big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        })
    }

    pub(super) fn u64(&mut self, number: impl TryInto<u64, Error: Debug>) -> &mut Self {
        let number = number.try_into().unwrap();
        self.raw(if self.big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        })
    }

    /// 64 or 32 bits.
    pub(super) fn word(&mut self, number: impl TryInto<u64, Error: Debug>) -> &mut Self {
        let number = number.try_into().unwrap();
        if self.wide {
            self.u64(number)
        } else {
            self.u32(number)
        }
    }

    /// Text and the zero behind it.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.raw(text.as_bytes()).u8(0)
    }

    /// Text in a field of a fixed size.
    pub(super) fn field(&mut self, text: &str, size: usize) -> &mut Self {
        let end = self.len() + size;
        self.raw(text.as_bytes()).to(end)
    }

    pub(super) fn raw(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.out.extend_from_slice(bytes.as_ref());
        self
    }

    /// Zeros up to this length.
    pub(super) fn to(&mut self, length: usize) -> &mut Self {
        assert!(self.len() <= length, "{} bytes, not {length}", self.len());
        self.out.resize(length, 0);
        self
    }

    /// Zeros up to a multiple.
    pub(super) fn align(&mut self, multiple: usize) -> &mut Self {
        self.to(self.len().next_multiple_of(multiple))
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    pub(super) fn done(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

/// Texts that end in zero, one behind the other, and where each of them begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Strings {
    bytes: Vec<u8>,
}

impl Strings {
    /// With an empty text at its beginning.
    pub(super) fn new() -> Self {
        Self { bytes: vec![0] }
    }

    pub(super) fn add(&mut self, text: &str) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
        at
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
