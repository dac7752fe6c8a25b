//! A good source distribution, and the doors by which exactly one thing in it is broken.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// The folder of all files.
const TOP: &str = "hello-1.0";

/// A member of the archive.
pub(super) struct Member {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) kind: EntryType,
    pub(super) mode: u32,
    pub(super) target: String,
    /// Records of a pax header before the member.
    pub(super) pax: Vec<(&'static str, Vec<u8>)>,
}

/// A source distribution.
pub(super) struct Sdist {
    pub(super) filename: String,
    pub(super) members: Vec<Member>,
    pub(super) edit_tar: Option<fn(&mut Vec<u8>)>,
    pub(super) edit_bytes: Option<fn(&mut Vec<u8>)>,
}

impl Sdist {
    pub(super) fn good() -> Self {
        let sdist = Self {
            filename: format!("{TOP}.tar.gz"),
            members: Vec::new(),
            edit_tar: None,
            edit_bytes: None,
        };
        sdist
            .file(
                "PKG-INFO",
                "Metadata-Version: 2.4\nName: hello\nVersion: 1.0\nSummary: An sdist for tests\n\
                 License-Expression: MIT\nLicense-File: LICENSE\nDescription-Content-Type: text/markdown\n\n# hello\n",
            )
            .file("LICENSE", "MIT License\n")
            .file(
                "pyproject.toml",
                "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                 [project]\nname = \"Hello\"\nversion = \"1.0.0\"\n",
            )
            .file("src/hello/__init__.py", "")
    }

    /// Has a file with these contents, in place of the one with this path.
    pub(super) fn file(mut self, path: &str, text: &str) -> Self {
        let path = format!("{TOP}/{path}");
        self.members.retain(|member| member.path != path);
        self.member(&path, EntryType::Regular, |member| {
            member.bytes = text.as_bytes().to_vec();
        })
    }

    /// Has a member with exactly this path.
    pub(super) fn member(
        mut self,
        path: &str,
        kind: EntryType,
        edit: impl FnOnce(&mut Member),
    ) -> Self {
        let mut member = Member {
            path: path.to_owned(),
            bytes: Vec::new(),
            kind,
            mode: 0o644,
            target: String::new(),
            pax: Vec::new(),
        };
        edit(&mut member);
        self.members.push(member);
        self
    }

    pub(super) fn without(mut self, path: &str) -> Self {
        let path = format!("{TOP}/{path}");
        self.members.retain(|member| member.path != path);
        self
    }

    /// Has this name, and everything in a folder of that name.
    pub(super) fn renamed(mut self, stem: &str) -> Self {
        self.filename = format!("{stem}.tar.gz");
        self.in_folder(stem)
    }

    pub(super) fn in_folder(mut self, folder: &str) -> Self {
        for member in &mut self.members {
            member.path = member.path.replacen(TOP, folder, 1);
        }
        self
    }

    pub(super) fn link(self, path: &str, kind: EntryType, target: &str) -> Self {
        self.member(&format!("{TOP}/{path}"), kind, |member| {
            target.clone_into(&mut member.target);
        })
    }

    pub(super) fn edit_tar(mut self, edit: fn(&mut Vec<u8>)) -> Self {
        self.edit_tar = Some(edit);
        self
    }

    pub(super) fn edit_bytes(mut self, edit: fn(&mut Vec<u8>)) -> Self {
        self.edit_bytes = Some(edit);
        self
    }

    /// Its file name and its bytes.
    pub(super) fn pack(self) -> (String, Vec<u8>) {
        let mut bytes = compress(&self.tar());
        if let Some(edit) = self.edit_bytes {
            edit(&mut bytes);
        }
        (self.filename, bytes)
    }

    /// Its bytes before they are compressed.
    pub(super) fn tar(&self) -> Vec<u8> {
        let mut tar = Builder::new(Vec::new());
        for member in &self.members {
            let pax = member.pax.iter();
            let pax = pax.map(|(key, value)| (*key, value.as_slice()));
            tar.append_pax_extensions(pax).unwrap();
            let mut header = Header::new_ustar();
            header.set_entry_type(member.kind);
            header.set_mode(member.mode);
            header.set_size(member.bytes.len() as u64);
            // `set_path` and `set_link_name` refuse what is tested here.
            let fields = header.as_mut_bytes();
            fields[..member.path.len()].copy_from_slice(member.path.as_bytes());
            fields[157..157 + member.target.len()].copy_from_slice(member.target.as_bytes());
            header.set_cksum();
            tar.append(&header, member.bytes.as_slice()).unwrap();
        }
        let mut bytes = tar.into_inner().unwrap();
        if let Some(edit) = self.edit_tar {
            edit(&mut bytes);
        }
        bytes
    }
}

/// Writes the mode of the first member.
pub(super) fn with_mode(tar: &mut [u8], mode: [u8; 8]) {
    let mut header = Header::new_old();
    header.as_mut_bytes().copy_from_slice(&tar[..512]);
    header.as_old_mut().mode = mode;
    header.set_cksum();
    tar[..512].copy_from_slice(header.as_bytes());
}

pub(crate) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}
