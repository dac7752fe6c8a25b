//! Dynamic libraries and bundles for macOS, made byte by byte.
//!
//! Takes what a test wants to be said in one. `macho_bytes` makes the file of it, `macho_signature`
//! signs it. Source: Apple's `mach-o/loader.h`, `mach-o/fat.h` and `mach/machine.h`.

use super::bytes::Bytes;
use super::code::{ARM64_NULL, X86_NULL};
use super::macho_signature;

/// Processor and variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cpu {
    pub(super) kind: u32,
    pub(super) variant: u32,
    /// How pages are aligned, as a power of two.
    pub(super) page: u32,
}

pub(super) const X86_64: Cpu = Cpu {
    kind: 0x0100_0007,
    variant: 3,
    page: 12,
};
pub(super) const ARM64: Cpu = Cpu {
    kind: 0x0100_000c,
    variant: 0,
    page: 14,
};
/// For Apple's own programs.
pub(super) const ARM64E: Cpu = Cpu {
    kind: 0x0100_000c,
    variant: 0x8000_0002,
    page: 14,
};

pub(super) const PROGRAM: u32 = 2;
pub(super) const DYLIB: u32 = 6;
pub(super) const BUNDLE: u32 = 8;

pub(super) const MACOS: u32 = 1;
pub(super) const IOS: u32 = 2;
pub(super) const IOS_SIMULATOR: u32 = 7;

/// What is said of the system that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Floor {
    /// LC_BUILD_VERSION: system and release.
    Build(u32, u32),
    /// LC_VERSION_MIN_MACOSX.
    Least(u32),
    /// Nothing.
    None,
}

/// How the file is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    None,
    Right,
    /// The hash of the first page is off by one bit.
    WrongHash,
    /// A byte of the code was changed afterwards.
    Edited,
}

/// A thin file.
#[derive(Debug, Clone)]
pub(super) struct Macho {
    pub(super) cpu: Cpu,
    pub(super) kind: u32,
    pub(super) floor: Floor,
    pub(super) id: Option<String>,
    pub(super) libraries: Vec<String>,
    pub(super) rpaths: Vec<String>,
    pub(super) exports: Vec<String>,
    /// The exports that are variables.
    pub(super) variables: Vec<String>,
    /// Names, each with the library that it is bound to; from whichever has it if there is none.
    pub(super) undefined: Vec<(String, Option<String>)>,
    /// Whether what is exported is in a trie and not only among the symbols.
    pub(super) trie: bool,
    pub(super) code: Vec<u8>,
    pub(super) data: Vec<u8>,
    pub(super) signature: Signature,
}

impl Macho {
    pub(super) fn new(cpu: Cpu) -> Self {
        Self {
            cpu,
            kind: BUNDLE,
            floor: Floor::Build(MACOS, release(11, 0, 0)),
            id: None,
            libraries: vec!["/usr/lib/libSystem.B.dylib".to_owned()],
            rpaths: Vec::new(),
            exports: Vec::new(),
            variables: Vec::new(),
            undefined: Vec::new(),
            trie: true,
            code: if cpu == X86_64 {
                X86_NULL.to_vec()
            } else {
                ARM64_NULL.to_vec()
            },
            data: Vec::new(),
            signature: if cpu == X86_64 {
                Signature::None
            } else {
                Signature::Right
            },
        }
    }

    pub(super) fn kind(mut self, kind: u32) -> Self {
        self.kind = kind;
        self
    }

    /// Exports a variable.
    pub(super) fn gives_variable(mut self, name: &str) -> Self {
        self.variables.push(name.to_owned());
        self.gives(name)
    }

    /// The lowest macOS that it runs on.
    pub(super) fn minos(self, major: u32, minor: u32, patch: u32) -> Self {
        self.floor(Floor::Build(MACOS, release(major, minor, patch)))
    }

    pub(super) fn floor(mut self, floor: Floor) -> Self {
        self.floor = floor;
        self
    }

    /// A library that others can link against under this name.
    pub(super) fn dylib(mut self, name: &str) -> Self {
        self.id = Some(name.to_owned());
        self.kind(DYLIB)
    }

    pub(super) fn loads(mut self, library: &str) -> Self {
        self.libraries.push(library.to_owned());
        self
    }

    pub(super) fn rpath(mut self, path: &str) -> Self {
        self.rpaths.push(path.to_owned());
        self
    }

    /// Exports a function.
    pub(super) fn gives(mut self, name: &str) -> Self {
        self.exports.push(name.to_owned());
        self
    }

    /// Exports nothing of this name any more.
    #[track_caller]
    pub(super) fn without(mut self, name: &str) -> Self {
        let before = self.exports.len();
        self.exports.retain(|export| export != name);
        assert_ne!(self.exports.len(), before, "{name}");
        self
    }

    /// Takes a function from whoever has it.
    pub(super) fn takes(mut self, name: &str) -> Self {
        self.undefined.push((name.to_owned(), None));
        self
    }

    /// Takes a function from a library that it loads, and from no other.
    pub(super) fn takes_from(mut self, library: &str, name: &str) -> Self {
        let bound = (name.to_owned(), Some(library.to_owned()));
        self.undefined.push(bound);
        self.loads(library)
    }

    /// Tells of its exports as linkers did before there were tries.
    pub(super) fn without_trie(mut self) -> Self {
        self.trie = false;
        self
    }

    pub(super) fn code(mut self, code: &[u8]) -> Self {
        self.code = code.to_vec();
        self
    }

    pub(super) fn data(mut self, data: impl AsRef<[u8]>) -> Self {
        self.data = data.as_ref().to_vec();
        self
    }

    pub(super) fn signed(mut self, signature: Signature) -> Self {
        self.signature = signature;
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let unsigned = self.unsigned();
        match self.signature {
            Signature::None => unsigned,
            Signature::Right => macho_signature::sign(&unsigned),
            Signature::WrongHash => {
                let mut bytes = macho_signature::sign(&unsigned);
                let first = unsigned.len() + macho_signature::FIRST_HASH;
                bytes[first] ^= 1;
                bytes
            }
            Signature::Edited => {
                let mut bytes = macho_signature::sign(&unsigned);
                let code = bytes
                    .windows(self.code.len())
                    .position(|at| at == self.code);
                bytes[code.unwrap()] ^= 1;
                bytes
            }
        }
    }
}

/// A release as it is written: `xxxx.yy.zz`.
pub(super) fn release(major: u32, minor: u32, patch: u32) -> u32 {
    major << 16 | minor << 8 | patch
}

/// Several slices in one file.
pub(super) fn universal(slices: &[Macho]) -> Vec<u8> {
    const ALIGNMENT: u32 = 14;
    let mut head = Bytes::big();
    let mut body = Bytes::big();
    body.to(1 << ALIGNMENT);
    head.raw(b"\xca\xfe\xba\xbe").u32(slices.len());
    for slice in slices {
        let bytes = slice.bytes();
        body.align(1 << ALIGNMENT);
        head.u32(slice.cpu.kind)
            .u32(slice.cpu.variant)
            .u32(body.len())
            .u32(bytes.len())
            .u32(ALIGNMENT);
        body.raw(&bytes);
    }
    let mut file = body.done();
    let head = head.done();
    file[..head.len()].copy_from_slice(&head);
    file
}
