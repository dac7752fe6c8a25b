//! The bytes of a shared object.
//!
//! Two LOAD segments (all that is read, and the dynamic section, which the loader writes to),
//! symbols with versions and a hash table, and headers of sections. No relocations, so that nothing
//! undefined is ever looked up. Source for the versions: Linux Standard Base, "Symbol versioning".

use super::bytes::{Bytes, Strings};
use super::elf::{EXECUTE, Elf, Machine, READ, Symbol, WRITE};
use super::elf_sections::{Places, Section, Segment, section_headers};

const LOAD: u32 = 1;
const DYNAMIC: u32 = 2;
const NOTE: u32 = 4;
const GNU_STACK: u32 = 0x6474_e551;
const GNU_PROPERTY: u32 = 0x6474_e553;
/// Pages are of this size at most, and what is written to has some of its own.
const LARGEST_PAGE: u64 = 64 << 10;

impl Elf {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let wide = self.machine.wide;
        let has_note = !self.properties.is_empty();
        let notes = 2 * u16::from(has_note) + u16::from(self.android.is_some());
        let count = 3 + u16::from(self.stack.is_some()) + notes;
        let begin = if wide {
            64 + count * 56
        } else {
            52 + count * 32
        };
        let shift = self.alignment.max(LARGEST_PAGE);

        // Places do not change sizes: once to learn the places, once to write them down.
        let mut sections = self.sections(&Places::default());
        let places = Places::of(&sections, begin.into(), shift);
        sections = self.sections(&places);

        let (from, to) = sections
            .iter()
            .find(|section| section.name == ".dynamic")
            .map(|section| (section.place(&places), section.end(&places)))
            .unwrap();
        let segment = |kind, flags, from, to, address, alignment| Segment {
            kind,
            flags,
            from,
            size: to - from,
            address,
            alignment,
        };
        let written = from as u64 + shift;
        let mut segments = vec![
            segment(LOAD, READ | EXECUTE, 0, from, 0, self.alignment),
            segment(LOAD, READ | WRITE, from, to, written, self.alignment),
            segment(DYNAMIC, READ | WRITE, from, to, written, 8),
        ];
        segments.extend(
            self.stack
                .map(|flags| segment(GNU_STACK, flags, 0, 0, 0, 16)),
        );

        let note = sections
            .iter()
            .find(|section| section.name == ".note.gnu.property");
        segments.extend(note.into_iter().flat_map(|note| {
            let (from, to) = (note.place(&places), note.end(&places));
            let align = word_size(wide) as u64;
            [NOTE, GNU_PROPERTY].map(|kind| segment(kind, READ, from, to, from as u64, align))
        }));

        let note = sections
            .iter()
            .find(|section| section.name == ".note.android.ident");
        segments.extend(note.map(|note| {
            let (from, to) = (note.place(&places), note.end(&places));
            segment(NOTE, READ, from, to, from as u64, 4)
        }));

        let mut out = self.out();
        self.header(&mut out, count, &sections, &places);
        for segment in &segments {
            segment.write(&mut out, wide);
        }
        for section in &sections {
            out.to(section.place(&places)).raw(&section.bytes);
        }
        if self.sections {
            out.align(8);
            section_headers(&sections, &places, &mut out);
        }
        out.done()
    }

    fn out(&self) -> Bytes {
        Bytes::new(self.machine.big, self.machine.wide)
    }

    fn header(&self, out: &mut Bytes, segments: u16, sections: &[Section], places: &Places) {
        let Machine {
            number,
            wide,
            big,
            flags,
            ..
        } = self.machine;
        let (header, segment, section) = if wide { (64, 56, 64) } else { (52, 32, 40) };
        let end = sections.last().map_or(0, |last| last.end(places));
        let (table, section, count) = if self.sections {
            (end.next_multiple_of(8), section, sections.len() + 1)
        } else {
            (0, 0, 0)
        };
        out.raw(b"\x7fELF")
            .raw([1 + u8::from(wide), 1 + u8::from(big), 1, self.os_abi])
            .raw([0; 8])
            .u16(self.kind)
            .u16(number)
            .u32(1)
            .word(0)
            .word(header)
            .word(table)
            .u32(flags)
            .u16(header)
            .u16(segment)
            .u16(segments)
            .u16(section)
            .u16(count)
            .u16(count.saturating_sub(1));
    }

    /// Every section that has something in it.
    fn sections(&self, places: &Places) -> Vec<Section> {
        let mut strings = Strings::new();
        let (undefined, defined): (Vec<_>, Vec<_>) =
            self.symbols.iter().partition(|symbol| !symbol.defined);
        let first = 1 + undefined.len();
        let symbols: Vec<_> = undefined.into_iter().chain(defined).collect();
        let mut sections = vec![
            Section::new(
                ".gnu.hash",
                0x6fff_fff6,
                2,
                self.hash_table(&symbols, first),
            )
            .linked(".dynsym", 0),
            Section::new(
                ".dynsym",
                11,
                2,
                self.symbol_table(&symbols, places, &mut strings),
            )
            .linked(".dynstr", 1),
            Section::new(".gnu.version", 0x6fff_ffff, 2, self.version_table(&symbols))
                .linked(".dynsym", 0),
            Section::new(
                ".gnu.version_r",
                0x6fff_fffe,
                2,
                self.version_needs(&mut strings),
            )
            .linked(".dynstr", self.versions.len()),
            Section::new(
                ".gnu.version_d",
                0x6fff_fffd,
                2,
                self.version_definitions(&mut strings),
            )
            .linked(".dynstr", self.definitions.len()),
            Section::new(".note.gnu.property", 7, 2, self.note()),
            Section::new(".note.android.ident", 7, 2, self.android_note()),
            Section::new(".rodata", 1, 2, self.data.clone()),
            Section::new(".text", 1, 6, self.code.clone()),
            Section::new(".dynamic", 6, 3, self.dynamic_section(places, &mut strings))
                .linked(".dynstr", 0),
        ];
        let strings = strings.bytes().to_vec();
        sections.insert(2, Section::new(".dynstr", 3, 2, strings));
        sections.retain(|section| !section.bytes.is_empty());
        let names: Vec<_> = sections.iter().map(|section| section.name).collect();
        let names = format!("\0{}\0.shstrtab\0", names.join("\0")).into_bytes();
        sections.push(Section::new(".shstrtab", 3, 0, names));
        let wide = self.machine.wide;
        for section in &mut sections {
            section.entry = match section.name {
                ".dynsym" => symbol_size(wide),
                ".dynamic" => 2 * word_size(wide),
                ".gnu.version" => 2,
                _ => 0,
            };
        }
        sections
    }

    fn symbol_table(&self, symbols: &[&Symbol], places: &Places, strings: &mut Strings) -> Vec<u8> {
        let wide = self.machine.wide;
        let mut out = self.out();
        out.to(symbol_size(wide));
        for symbol in symbols {
            let name = strings.add(&symbol.name);
            let (section, value) = if symbol.defined {
                (places.index(".text"), places.address(".text"))
            } else {
                (0, 0)
            };
            out.u32(name);
            if wide {
                out.raw([symbol.info, 0]).u16(section).u64(value).u64(0);
            } else {
                out.u32(value).u32(0).raw([symbol.info, 0]).u16(section);
            }
        }
        out.done()
    }

    fn version_table(&self, symbols: &[&Symbol]) -> Vec<u8> {
        let mut out = self.out();
        out.u16(0);
        for symbol in symbols {
            out.u16(symbol.version);
        }
        out.done()
    }

    fn version_needs(&self, strings: &mut Strings) -> Vec<u8> {
        let mut out = self.out();
        for (index, (library, versions)) in self.versions.iter().enumerate() {
            let last = index + 1 == self.versions.len();
            out.u16(1)
                .u16(versions.len())
                .u32(strings.add(library))
                .u32(16)
                .u32(if last { 0 } else { 16 + 16 * versions.len() });
            for (index, version) in versions.iter().enumerate() {
                let last = index + 1 == versions.len();
                out.u32(hash(&version.name))
                    .u16(if version.weak { 2 } else { 0 })
                    .u16(version.index)
                    .u32(strings.add(&version.name))
                    .u32(if last { 0 } else { 16 });
            }
        }
        out.done()
    }

    fn version_definitions(&self, strings: &mut Strings) -> Vec<u8> {
        let mut out = self.out();
        for (index, (version, number)) in self.definitions.iter().enumerate() {
            let last = index + 1 == self.definitions.len();
            out.u16(1)
                .u16(0)
                .u16(*number)
                .u16(1)
                .u32(hash(version))
                .u32(20)
                .u32(if last { 0 } else { 28 })
                .u32(strings.add(version))
                .u32(0);
        }
        out.done()
    }

    /// A note with all properties.
    fn note(&self) -> Vec<u8> {
        let mut out = self.out();
        if self.properties.is_empty() {
            return out.done();
        }
        let size = (12_usize).next_multiple_of(word_size(self.machine.wide));
        out.u32(4)
            .u32(size * self.properties.len())
            .u32(5)
            .raw(b"GNU\0");
        for (kind, value) in &self.properties {
            out.u32(*kind).u32(4).u32(*value).raw(&[0; 4][..size - 12]);
        }
        out.done()
    }

    /// The note that the NDK links into every library.
    fn android_note(&self) -> Vec<u8> {
        let mut out = self.out();
        if let Some(api) = self.android {
            out.u32(8).u32(4).u32(1).raw(b"Android\0").u32(api);
        }
        out.done()
    }

    /// The table by which a loader finds what is exported, with a single bucket.
    fn hash_table(&self, symbols: &[&Symbol], first: usize) -> Vec<u8> {
        let exported = &symbols[first - 1..];
        let mut out = self.out();
        out.u32(1).u32(first).u32(1).u32(0);
        // A filter that lets every name pass.
        out.raw(&[0xff; 8][..word_size(self.machine.wide)]);
        out.u32(if exported.is_empty() { 0 } else { first });
        for (index, symbol) in exported.iter().enumerate() {
            let last = u32::from(index + 1 == exported.len());
            out.u32(gnu_hash(&symbol.name) & !1 | last);
        }
        out.done()
    }

    fn dynamic_section(&self, places: &Places, strings: &mut Strings) -> Vec<u8> {
        let texts = self
            .texts
            .iter()
            .map(|(tag, text)| (*tag, strings.add(text) as u64));
        let mut entries: Vec<_> = texts.chain(self.numbers.iter().copied()).collect();
        entries.extend([
            (0x6fff_fef5, places.address(".gnu.hash")),
            (5, places.address(".dynstr")),
            (6, places.address(".dynsym")),
            (10, strings.bytes().len() as u64),
            (11, symbol_size(self.machine.wide) as u64),
            (0x6fff_fff0, places.address(".gnu.version")),
        ]);
        if !self.versions.is_empty() {
            entries.extend([
                (0x6fff_fffe, places.address(".gnu.version_r")),
                (0x6fff_ffff, self.versions.len() as u64),
            ]);
        }
        if !self.definitions.is_empty() {
            entries.extend([
                (0x6fff_fffc, places.address(".gnu.version_d")),
                (0x6fff_fffd, self.definitions.len() as u64),
            ]);
        }
        entries.push((0, 0));
        let mut out = self.out();
        for (tag, value) in entries {
            out.word(tag).word(value);
        }
        out.done()
    }
}

fn word_size(wide: bool) -> usize {
    if wide { 8 } else { 4 }
}

fn symbol_size(wide: bool) -> usize {
    if wide { 24 } else { 16 }
}

/// The hash of System V, by which versions are compared.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0_u32, |hash, byte| {
        let hash = (hash << 4).wrapping_add(byte.into());
        let high = hash & 0xf000_0000;
        (hash ^ (high >> 24)) & !high
    })
}

fn gnu_hash(text: &str) -> u32 {
    let add = |hash: u32, byte: u8| hash.wrapping_mul(33).wrapping_add(byte.into());
    text.bytes().fold(5381, add)
}
