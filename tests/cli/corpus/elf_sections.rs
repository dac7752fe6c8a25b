//! Sections and segments of a shared object: where they are, and the tables that tell.

use super::bytes::Bytes;

pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) kind: u32,
    pub(super) flags: u32,
    pub(super) link: &'static str,
    pub(super) info: usize,
    pub(super) entry: usize,
    pub(super) bytes: Vec<u8>,
}

impl Section {
    pub(super) fn new(name: &'static str, kind: u32, flags: u32, bytes: Vec<u8>) -> Self {
        Self {
            name,
            kind,
            flags,
            link: "",
            info: 0,
            entry: 0,
            bytes,
        }
    }

    pub(super) fn linked(mut self, link: &'static str, info: usize) -> Self {
        (self.link, self.info) = (link, info);
        self
    }

    pub(super) fn place(&self, places: &Places) -> usize {
        places.find(self.name).map_or(0, |(_, place, _)| place)
    }

    pub(super) fn end(&self, places: &Places) -> usize {
        self.place(places) + self.bytes.len()
    }
}

/// Name, place in the file and address of each section.
#[derive(Default)]
pub(super) struct Places(Vec<(&'static str, usize, u64)>);

impl Places {
    pub(super) fn of(sections: &[Section], begin: usize, shift: u64) -> Self {
        let mut end = begin;
        let place = |section: &Section| {
            let place = end.next_multiple_of(16);
            end = place + section.bytes.len();
            let address = match section.name {
                ".dynamic" => place as u64 + shift,
                ".shstrtab" => 0,
                _ => place as u64,
            };
            (section.name, place, address)
        };
        Self(sections.iter().map(place).collect())
    }

    /// The number of a section, its place and its address.
    pub(super) fn find(&self, name: &str) -> Option<(usize, usize, u64)> {
        let at = self.0.iter().position(|(known, ..)| *known == name)?;
        Some((at + 1, self.0[at].1, self.0[at].2))
    }

    pub(super) fn index(&self, name: &str) -> usize {
        self.find(name).map_or(0, |(index, ..)| index)
    }

    pub(super) fn address(&self, name: &str) -> u64 {
        self.find(name).map_or(0, |(.., address)| address)
    }
}

pub(super) fn section_headers(sections: &[Section], places: &Places, out: &mut Bytes) {
    let null = Section::new("", 0, 0, Vec::new());
    let mut name = 0;
    for section in std::iter::once(&null).chain(sections) {
        out.u32(name)
            .u32(section.kind)
            .word(section.flags)
            .word(places.address(section.name))
            .word(section.place(places))
            .word(section.bytes.len())
            .u32(places.index(section.link))
            .u32(section.info)
            .word(if section.kind == 0 { 0 } else { 16 })
            .word(section.entry);
        name += section.name.len() + 1;
    }
}

pub(super) struct Segment {
    pub(super) kind: u32,
    pub(super) flags: u32,
    pub(super) from: usize,
    pub(super) size: usize,
    pub(super) address: u64,
    pub(super) alignment: u64,
}

impl Segment {
    pub(super) fn write(&self, out: &mut Bytes, wide: bool) {
        out.u32(self.kind);
        if wide {
            out.u32(self.flags);
        }
        out.word(self.from)
            .word(self.address)
            .word(self.address)
            .word(self.size)
            .word(self.size);
        if !wide {
            out.u32(self.flags);
        }
        out.word(self.alignment);
    }
}
