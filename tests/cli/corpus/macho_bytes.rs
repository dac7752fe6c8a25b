//! The bytes of a thin Mach-O file: load commands, one page or more of code and data, and the
//! tables that the loader reads at the end.

use super::bytes::{Bytes, Strings};
use super::macho::{Floor, Macho, Signature};
use super::macho_signature;

const SEGMENT: u32 = 0x19;
const SYMTAB: u32 = 0x2;
const DYSYMTAB: u32 = 0xb;
const LOAD_DYLIB: u32 = 0xc;
const ID_DYLIB: u32 = 0xd;
const RPATH: u32 = 0x8000_001c;
const CODE_SIGNATURE: u32 = 0x1d;
const VERSION_MIN_MACOSX: u32 = 0x24;
const BUILD_VERSION: u32 = 0x32;
const EXPORTS_TRIE: u32 = 0x8000_0033;

/// What the file has of DYLDLINK and TWOLEVEL.
const FLAGS: u32 = 0x84;
const HEADER: usize = 32;
const TEXT: &str = "__TEXT";
const LINKEDIT: &str = "__LINKEDIT";

/// Where everything is.
#[derive(Default)]
struct Layout {
    code: usize,
    data: usize,
    linkedit: usize,
    trie: usize,
    symbols: usize,
    strings: usize,
    end: usize,
}

impl Macho {
    /// The file up to where its signature begins.
    pub(super) fn unsigned(&self) -> Vec<u8> {
        let mut layout = Layout::default();
        let commands = self.commands(&layout).concat().len();
        layout.code = (HEADER + commands).next_multiple_of(16);
        layout.data = (layout.code + self.code.len()).next_multiple_of(8);
        layout.linkedit = (layout.data + self.data.len()).next_multiple_of(1 << self.cpu.page);
        let (symbols, strings) = self.symbols(layout.code);
        let trie = self.exports_trie(layout.code);
        layout.trie = layout.linkedit;
        layout.symbols = (layout.trie + trie.len()).next_multiple_of(8);
        layout.strings = layout.symbols + symbols.len();
        layout.end = layout.strings + strings.len();
        if self.signature != Signature::None {
            layout.end = layout.end.next_multiple_of(16);
        }

        let commands = self.commands(&layout);
        let mut out = Bytes::little();
        out.raw(b"\xcf\xfa\xed\xfe")
            .u32(self.cpu.kind)
            .u32(self.cpu.variant)
            .u32(self.kind)
            .u32(commands.len())
            .u32(commands.concat().len())
            .u32(FLAGS)
            .u32(0)
            .raw(commands.concat())
            .to(layout.code)
            .raw(&self.code)
            .to(layout.data)
            .raw(&self.data)
            .to(layout.trie)
            .raw(trie)
            .to(layout.symbols)
            .raw(symbols)
            .raw(strings)
            .to(layout.end)
            .done()
    }

    fn commands(&self, layout: &Layout) -> Vec<Vec<u8>> {
        let signature = match self.signature {
            Signature::None => 0,
            _ => macho_signature::size(layout.end),
        };
        let mut commands = vec![self.text(layout), linkedit(layout, signature)];
        commands.extend(self.id.iter().map(|name| library(ID_DYLIB, name)));
        let trie = layout.symbols - layout.trie;
        if self.trie {
            commands.push(command(EXPORTS_TRIE, |out| {
                out.u32(layout.trie).u32(trie);
            }));
        }
        let (undefined, defined) = (self.undefined.len(), self.exports.len());
        commands.push(command(SYMTAB, |out| {
            out.u32(layout.symbols)
                .u32(defined + undefined)
                .u32(layout.strings)
                .u32(layout.end - layout.strings);
        }));
        commands.push(command(DYSYMTAB, |out| {
            out.u32(0).u32(0);
            out.u32(0).u32(defined).u32(defined).u32(undefined);
            out.raw([0; 48]);
        }));
        match self.floor {
            Floor::Build(system, release) => commands.push(command(BUILD_VERSION, |out| {
                out.u32(system).u32(release).u32(release).u32(0);
            })),
            Floor::Least(release) => commands.push(command(VERSION_MIN_MACOSX, |out| {
                out.u32(release).u32(release);
            })),
            Floor::None => {}
        }
        let libraries = self.libraries.iter();
        commands.extend(libraries.map(|name| library(LOAD_DYLIB, name)));
        commands.extend(self.rpaths.iter().map(|path| {
            command(RPATH, |out| {
                out.u32(12).text(path);
            })
        }));
        if signature > 0 {
            commands.push(command(CODE_SIGNATURE, |out| {
                out.u32(layout.end).u32(signature);
            }));
        }
        commands
    }

    /// The segment of headers, code and data.
    fn text(&self, layout: &Layout) -> Vec<u8> {
        command(SEGMENT, |out| {
            out.field(TEXT, 16)
                .u64(0)
                .u64(layout.linkedit)
                .u64(0)
                .u64(layout.linkedit)
                .u32(5)
                .u32(5)
                .u32(2)
                .u32(0);
            let sections = [
                ("__text", layout.code, self.code.len(), 0x8000_0400_u32),
                ("__const", layout.data, self.data.len(), 0),
            ];
            for (name, place, size, flags) in sections {
                out.field(name, 16)
                    .field(TEXT, 16)
                    .u64(place)
                    .u64(size)
                    .u32(place)
                    .u32(3)
                    .raw([0; 8])
                    .u32(flags)
                    .raw([0; 12]);
            }
        })
    }

    /// Symbols, what is exported first, and their names.
    fn symbols(&self, code: usize) -> (Vec<u8>, Vec<u8>) {
        const EXTERNAL: u8 = 1;
        const IN_SECTION: u8 = 0xe;
        /// From whichever library has it, instead of a certain one.
        const ANY_LIBRARY: u16 = 0xfe00;
        let mut strings = Strings::new();
        let mut out = Bytes::little();
        for name in &self.exports {
            // The second section has the data.
            let section = if self.variables.contains(name) { 2 } else { 1 };
            let name = strings.add(&format!("_{name}"));
            out.u32(name)
                .raw([IN_SECTION | EXTERNAL, section])
                .u16(0)
                .u64(code);
        }
        for (name, library) in &self.undefined {
            let name = strings.add(&format!("_{name}"));
            let number = |library: &String| {
                let place = self.libraries.iter().position(|known| known == library);
                u16::try_from(place.unwrap() + 1).unwrap() << 8
            };
            let library = library.as_ref().map_or(ANY_LIBRARY, number);
            out.u32(name).raw([EXTERNAL, 0]).u16(library).u64(0);
        }
        (out.done(), strings.bytes().to_vec())
    }

    /// A trie without a common beginning: each name hangs at the root.
    fn exports_trie(&self, code: usize) -> Vec<u8> {
        if !self.trie {
            return Vec::new();
        }
        // Flags and address, behind their size and before the number of branches.
        let leaf = [&[4, 0], &long(code)[..], &[0]].concat();
        let names: Vec<_> = self
            .exports
            .iter()
            .map(|name| format!("_{name}\0"))
            .collect();
        let root = 2 + names.iter().map(|name| name.len() + 3).sum::<usize>();
        let mut out = Bytes::little();
        out.u8(0).u8(names.len().try_into().unwrap());
        for (index, name) in names.iter().enumerate() {
            out.raw(name).raw(long(root + index * leaf.len()));
        }
        for _ in &names {
            out.raw(&leaf);
        }
        out.align(8).done()
    }
}

/// A ULEB128 of three bytes.
fn long(number: usize) -> [u8; 3] {
    let seven = |shift: usize| u8::try_from(number >> shift & 0x7f).unwrap();
    [seven(0) | 0x80, seven(7) | 0x80, seven(14)]
}

/// The segment that has the tables at the end.
fn linkedit(layout: &Layout, signature: usize) -> Vec<u8> {
    let size = layout.end - layout.linkedit + signature;
    command(SEGMENT, |out| {
        out.field(LINKEDIT, 16)
            .u64(layout.linkedit)
            .u64(size.next_multiple_of(1 << 14))
            .u64(layout.linkedit)
            .u64(size)
            .u32(1)
            .u32(1)
            .u32(0)
            .u32(0);
    })
}

fn library(kind: u32, name: &str) -> Vec<u8> {
    command(kind, |out| {
        out.u32(24).u32(2).u32(0x1_0000).u32(0x1_0000).text(name);
    })
}

/// Kind and size, and what follows.
fn command(kind: u32, write: impl FnOnce(&mut Bytes)) -> Vec<u8> {
    let mut body = Bytes::little();
    write(&mut body);
    let body = body.align(8).done();
    let mut out = Bytes::little();
    out.u32(kind).u32(body.len() + 8).raw(body).done()
}
