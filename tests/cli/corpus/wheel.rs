//! A good wheel, and the doors by which exactly one thing in it is broken.
//!
//! Takes tags and gives a file name and bytes. RECORD, WHEEL and the headers of the archive follow
//! from what is in the wheel, unless an edit says otherwise: first the files, then RECORD, then the
//! archive, then its bytes.

use super::elf::Elf;
use super::good;
use super::macho::{self, Macho};
use super::pe::Pe;
use super::tables::{Fields, Record, Row};
use super::wasm::Wasm;
use super::zip::{Entry, Zip};

/// The folder of the wheel's own files.
pub(super) const DIST: &str = "hello-1.0.dist-info";
/// A file that every wheel here has.
pub(super) const INIT: &str = "hello/__init__.py";
pub(super) const RECORD: &str = "hello-1.0.dist-info/RECORD";

/// The native code of a wheel.
#[derive(Debug, Clone)]
pub(super) enum Native {
    Elf(Elf),
    /// One slice, or several in one file.
    Macho(Vec<Macho>),
    Pe(Pe),
    Wasm(Wasm),
    Bytes(Vec<u8>),
}

impl Native {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Elf(elf) => elf.bytes(),
            Self::Macho(slices) => match &slices[..] {
                [slice] => slice.bytes(),
                slices => macho::universal(slices),
            },
            Self::Pe(pe) => pe.bytes(),
            Self::Wasm(wasm) => wasm.bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

#[derive(Debug)]
struct File {
    path: String,
    bytes: Vec<u8>,
    /// Whether RECORD lists it, and whether the archive has it.
    listed: bool,
    packed: bool,
}

impl File {
    fn new(path: String, bytes: Vec<u8>) -> Self {
        Self {
            path,
            bytes,
            listed: true,
            packed: true,
        }
    }
}

type Edits<T> = Vec<Box<dyn FnOnce(&mut T)>>;

/// A wheel.
pub(crate) struct Wheel {
    /// What its own folders begin with, in its file name and in itself.
    stem: [String; 2],
    build: Option<String>,
    tags: String,
    filename: Option<String>,
    pub(super) module: Option<(String, Native)>,
    files: Vec<File>,
    metadata: Fields,
    description: String,
    about: Fields,
    /// Of all files, and of the rows, entries and bytes that are made of them.
    edit_files: Edits<Vec<File>>,
    edit_record: Edits<Record>,
    edit_record_text: Option<Box<dyn FnOnce(String) -> Vec<u8>>>,
    edit_zip: Edits<Zip>,
    edit_bytes: Edits<Vec<u8>>,
}

impl Wheel {
    /// A good wheel for these tags, of which the first of each kind says what native code is in it.
    pub(super) fn of(tags: &str) -> Self {
        let module = good::module(tags);
        let purelib = module.is_none();
        let about = Fields::new(&["Wheel-Version: 1.0", "Generator: by hand 1.0"])
            .add(&format!("Root-Is-Purelib: {purelib}"));
        Self {
            stem: ["hello-1.0".to_owned(), "hello-1.0".to_owned()],
            build: None,
            tags: String::new(),
            filename: None,
            module,
            files: Vec::new(),
            metadata: Fields::new(&[
                "Metadata-Version: 2.4",
                "Name: hello",
                "Version: 1.0",
                "Summary: A wheel for tests",
                "License-Expression: MIT",
                "License-File: LICENSE",
                "Classifier: Programming Language :: Python :: 3",
                "Requires-Python: >=3.9",
                "Description-Content-Type: text/markdown",
            ]),
            description: "# hello\n".to_owned(),
            about,
            edit_files: Vec::new(),
            edit_record: Vec::new(),
            edit_record_text: None,
            edit_zip: Vec::new(),
            edit_bytes: Vec::new(),
        }
        .tagged(tags)
        .file(INIT, "\"\"\"A package for tests.\"\"\"\n")
        .file(&format!("{DIST}/licenses/LICENSE"), "MIT License\n")
    }

    /// Has these tags in its name and in WHEEL, whatever is in it.
    pub(super) fn tagged(mut self, tags: &str) -> Self {
        tags.clone_into(&mut self.tags);
        self.about = self.about.drop("Tag");
        let sets: Vec<Vec<_>> = tags
            .split('-')
            .map(|set| set.split('.').collect())
            .collect();
        for python in &sets[0] {
            for abi in &sets[1] {
                for platform in &sets[2] {
                    let line = format!("Tag: {python}-{abi}-{platform}");
                    self.about = self.about.add(&line);
                }
            }
        }
        self
    }

    /// Has this name and version in its file name and its folders; METADATA says what it did.
    pub(super) fn stem(mut self, stem: &str) -> Self {
        let old = std::mem::replace(&mut self.stem, [stem.to_owned(), stem.to_owned()]);
        for file in &mut self.files {
            file.path = file.path.replace(&old[1], stem);
        }
        self
    }

    /// Has this name and version in its file name only.
    pub(super) fn stem_of_name(mut self, stem: &str) -> Self {
        stem.clone_into(&mut self.stem[0]);
        self
    }

    /// Has this build tag in its file name.
    pub(super) fn build(mut self, tag: &str) -> Self {
        self.build = Some(tag.to_owned());
        self
    }

    /// Has another file name.
    pub(super) fn filename(mut self, name: &str) -> Self {
        self.filename = Some(name.to_owned());
        self
    }

    /// Has this file, in place of an older one of that path.
    pub(super) fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.retain(|other| other.path != path);
        let bytes = bytes.as_ref().to_vec();
        self.files.push(File::new(path.to_owned(), bytes));
        self
    }

    /// Has a file of the same byte over and over, which exists only while the wheel is packed.
    pub(super) fn fill(mut self, path: &str, byte: u8, length: usize) -> Self {
        let path = path.to_owned();
        self.edit_files.push(Box::new(move |files| {
            files.push(File::new(path, vec![byte; length]));
        }));
        self
    }

    fn edit_file(mut self, path: &str, edit: impl FnOnce(&mut File) + 'static) -> Self {
        let path = path.to_owned();
        self.edit_files.push(Box::new(move |files| {
            let file = files.iter_mut().find(|file| file.path == path);
            edit(file.unwrap_or_else(|| panic!("there is no {path}")));
        }));
        self
    }

    /// Has nothing of this file any more.
    pub(super) fn without(self, path: &str) -> Self {
        self.unlisted(path).lost(path)
    }

    /// Lacks a file that RECORD lists.
    pub(super) fn lost(self, path: &str) -> Self {
        self.edit_file(path, |file| file.packed = false)
    }

    /// Has a file that RECORD does not list.
    pub(super) fn unlisted(self, path: &str) -> Self {
        self.edit_file(path, |file| file.listed = false)
    }

    /// Has other bytes in a file; RECORD knows them.
    pub(super) fn contents(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref().to_vec();
        self.edit_file(path, |file| file.bytes = bytes)
    }

    pub(super) fn metadata(mut self, edit: impl FnOnce(Fields) -> Fields) -> Self {
        self.metadata = edit(self.metadata);
        self
    }

    pub(super) fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// Changes what WHEEL says.
    pub(super) fn wheel_file(mut self, edit: impl FnOnce(Fields) -> Fields) -> Self {
        self.about = edit(self.about);
        self
    }

    pub(super) fn record(mut self, edit: impl FnOnce(&mut Record) + 'static) -> Self {
        self.edit_record.push(Box::new(edit));
        self
    }

    /// Has other bytes in RECORD.
    pub(super) fn record_text(mut self, edit: impl FnOnce(String) -> Vec<u8> + 'static) -> Self {
        self.edit_record_text = Some(Box::new(edit));
        self
    }

    pub(super) fn zip(mut self, edit: impl FnOnce(&mut Zip) + 'static) -> Self {
        self.edit_zip.push(Box::new(edit));
        self
    }

    /// Changes the headers or data of one entry of the archive.
    pub(super) fn entry(self, path: &str, edit: impl FnOnce(&mut Entry) + 'static) -> Self {
        let path = path.to_owned();
        self.zip(move |zip| edit(zip.entry(&path)))
    }

    pub(super) fn bytes(mut self, edit: impl FnOnce(&mut Vec<u8>) + 'static) -> Self {
        self.edit_bytes.push(Box::new(edit));
        self
    }

    /// File name and bytes.
    pub(crate) fn pack(self) -> (String, Vec<u8>) {
        let dist = format!("{}.dist-info", self.stem[1]);
        let build = self.build.map_or(String::new(), |tag| format!("-{tag}"));
        let filename = format!("{}{build}-{}.whl", self.stem[0], self.tags);
        let mut files = self.files;
        let mut add = |path, bytes| files.push(File::new(path, bytes));
        if let Some((path, native)) = &self.module {
            add(path.clone(), native.bytes());
        }
        let metadata = format!("{}\n{}", self.metadata.text(), self.description);
        add(format!("{dist}/METADATA"), metadata.into_bytes());
        add(format!("{dist}/WHEEL"), self.about.text().into_bytes());
        for edit in self.edit_files {
            edit(&mut files);
        }

        let listed = files.iter().filter(|file| file.listed);
        let mut record = Record(
            listed
                .map(|file| Row::of(&file.path, &file.bytes))
                .collect(),
        );
        let own = format!("{dist}/RECORD");
        record.0.push(Row::new(&own, "", ""));
        for edit in self.edit_record {
            edit(&mut record);
        }

        let mut record = record.text().into_bytes();
        if let Some(edit) = self.edit_record_text {
            record = edit(String::from_utf8(record).unwrap());
        }

        let packed = files.iter().filter(|file| file.packed);
        let mut zip = Zip::default();
        zip.entries = packed
            .map(|file| Entry::new(&file.path, &file.bytes))
            .collect();
        zip.entries.push(Entry::new(&own, &record));
        for edit in self.edit_zip {
            edit(&mut zip);
        }
        let mut bytes = zip.bytes();
        for edit in self.edit_bytes {
            edit(&mut bytes);
        }
        (self.filename.unwrap_or(filename), bytes)
    }
}
