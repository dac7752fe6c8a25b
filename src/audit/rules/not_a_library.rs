//! Files that `import` would load as extension modules, but that are not shared libraries.
//!
//! Takes what is known of a file and its path. The file names are those that the Pythons of the tags look for.

use super::module_file::ModuleFile;
use crate::audit::claim::Claim;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::binary::magic::{Magic, is_wasm};
use crate::binary::{Binary, Format, Kind};
use crate::metadata::identifier::is_identifier;
use crate::platform::Os;

/// What a file is that is not a shared library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Contents {
    Empty,
    StaticLibrary,
    GitLfsPointer,
    WebAssembly,
    Program,
    ObjectFile,
    Unknown,
}

impl Contents {
    /// What a file is that is not a native binary, by how it begins.
    pub(in crate::audit) fn of_head(head: &[u8]) -> Self {
        if head.is_empty() {
            Self::Empty
        } else if Magic::of(head, head.len() as u64) == Some(Magic::Archive) {
            Self::StaticLibrary
        } else if head.starts_with(b"version https://git-lfs.github.com/spec/") {
            Self::GitLfsPointer
        } else if is_wasm(head) {
            Self::WebAssembly
        } else {
            Self::Unknown
        }
    }

    /// What a binary is that is not for the tags of WebAssembly; `None` for a shared library.
    pub(in crate::audit) fn of_binary(binary: &Binary) -> Option<Self> {
        if binary.format == Format::Wasm {
            return Some(Self::WebAssembly);
        }
        let kinds = binary.parts().iter().map(|part| part.kind);
        kinds.into_iter().find_map(|kind| match kind {
            Kind::SharedLibrary => None,
            Kind::Executable => Some(Self::Program),
            Kind::Other => Some(Self::ObjectFile),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Empty => "an empty file",
            Self::StaticLibrary => "a static library",
            Self::GitLfsPointer => {
                "a Git LFS pointer, which stands for a file that was not downloaded"
            }
            Self::WebAssembly => "WebAssembly",
            Self::Program => "a program",
            Self::ObjectFile => "an object file or another file that was not linked",
            Self::Unknown => "a file of another kind",
        }
    }
}

/// A file that the Pythons of the tags look for; `path` is where it is installed below site-packages.
pub(in crate::audit) fn judge(path: &str, contents: Contents, claim: &Claim) -> Option<Finding> {
    let file = ModuleFile::of(path)?;
    // Whether a library for Emscripten is one that can be loaded is judged by the rules of that platform.
    let mut tags = claim.platform_tags().into_iter();
    if tags.any(|tag| tag.os() == Some(Os::Emscripten)) {
        return None;
    }
    let mut folders: Vec<_> = path.split('/').collect();
    folders.pop();
    // Python cannot import from other folders, such as `hello.libs`.
    if !is_identifier(file.stem) || !folders.iter().all(|folder| is_identifier(folder)) {
        return None;
    }
    // The name of such a file is a module's only by chance.
    let is_for_others = file.stem.starts_with("lib")
        || contents == Contents::Program
        || folders
            .iter()
            .any(|folder| matches!(*folder, "test" | "tests" | "data"));
    let severity = if !file.is_declared() && is_for_others {
        Severity::Warning
    } else {
        Severity::Error
    };
    let tags = format!("{} and {}", claim.abis.join("."), claim.platforms.join("."));
    Some(
        Finding::new(
            Code::NotALibrary,
            format!(
                "is {} instead of a shared library, so importing it fails",
                contents.name()
            ),
        )
        .promised(format!("the tags {tags} promise that Python can import it"))
        .hint("ship the linked shared library under this name, or leave the file out of the wheel")
        .weighing(severity),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_recognized_by_how_they_begin() {
        for (head, contents) in [
            (&b""[..], Contents::Empty),
            (b"!<arch>\n", Contents::StaticLibrary),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:",
                Contents::GitLfsPointer,
            ),
            (b"\0asm\x01\0\0\0", Contents::WebAssembly),
            (b"INPUT(libz.so.1)\n", Contents::Unknown),
        ] {
            assert_eq!(Contents::of_head(head), contents, "{head:?}");
        }
    }

    #[test]
    fn a_plain_name_may_be_that_of_another_file() {
        let claim = Claim::parse("a-1-cp312-cp312-manylinux_2_17_x86_64.whl").unwrap();
        let severity = |path| Some(judge(path, Contents::Unknown, &claim)?.severity);
        assert_eq!(severity("a/_n.abi3.so"), Some(Severity::Error));
        assert_eq!(severity("a/tests/_n.abi3.so"), Some(Severity::Error));
        assert_eq!(severity("a/_n.so"), Some(Severity::Error));
        for other in ["a/libn.so", "a/tests/_n.so", "a/data/n.so"] {
            assert_eq!(severity(other), Some(Severity::Warning), "{other}");
        }
        for elsewhere in [
            "a.libs/_n.so",
            "a/test-data/_n.abi3.so",
            "a/lib-n.so",
            "a/n.so.1",
        ] {
            assert_eq!(severity(elsewhere), None, "{elsewhere}");
        }
    }
}
