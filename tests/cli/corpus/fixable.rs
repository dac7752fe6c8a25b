//! Broken wheels of which `check --fix` makes good ones, and wheels that need another build.

use super::case::{INTEL, LINUX, LINUX_ABI3, LINUX_NONE, MACOS, MUSL, PURE, UNIVERSAL, WINDOWS};
use super::elf::Elf;
use super::tables::sha256;
use super::wheel::{DIST, INIT, RECORD, Wheel};

/// A broken wheel, the tags that the new wheel has, and what is changed.
pub(super) type Fixed = (&'static str, Wheel, &'static str, &'static [&'static str]);

/// Every wheel that can be fixed.
pub(super) fn all() -> Vec<Fixed> {
    let mut all = linux_platforms();
    all.extend(other_platforms());
    all.extend(pythons());
    all.extend(own_files());
    all
}

fn retagged(tags: &'static str) -> Wheel {
    Wheel::of(tags)
}

fn newer(e: Elf) -> Elf {
    e.needs("libc.so.6", "GLIBC_2.28", "fcntl64")
}

fn linux_platforms() -> Vec<Fixed> {
    vec![
        (
            "glibc is newer than the tag",
            retagged(LINUX).elf(newer),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "glibc is newer than both names of a release",
            retagged("cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64").elf(newer),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "libstdc++ is newer than the tag",
            retagged(LINUX)
                .elf(|e| e.needs("libstdc++.so.6", "GLIBCXX_3.4.22", "_ZNSt6thread4joinEv")),
            "cp312-cp312-manylinux_2_24_x86_64",
            &["tags"],
        ),
        (
            "the new release has an older name",
            retagged(LINUX)
                .tagged("cp312-cp312-manylinux1_x86_64")
                .elf(|e| e.needs("libc.so.6", "GLIBC_2.17", "secure_getenv")),
            "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64",
            &["tags"],
        ),
        (
            "linux promises nothing, and the binary needs the first policy",
            retagged(LINUX).tagged("cp312-cp312-linux_x86_64"),
            "cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags"],
        ),
        (
            "linux promises nothing, and the binary needs glibc 2.28",
            retagged(LINUX)
                .tagged("cp312-cp312-linux_x86_64")
                .elf(newer),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "linux promises nothing, and the binary is for musl",
            retagged(MUSL).tagged("cp312-cp312-linux_x86_64"),
            MUSL,
            &["tags"],
        ),
        (
            "musl under a tag of glibc",
            retagged(MUSL).tagged(LINUX),
            MUSL,
            &["tags"],
        ),
        (
            "Linux under a tag of Windows",
            retagged(LINUX).tagged(WINDOWS),
            "cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags"],
        ),
        (
            "aarch64 under a tag of x86_64",
            retagged("cp312-cp312-manylinux_2_17_aarch64").tagged(LINUX),
            "cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64",
            &["tags"],
        ),
    ]
}

fn other_platforms() -> Vec<Fixed> {
    vec![
        (
            "macOS is newer than the tag",
            retagged(MACOS).macho(|m| m.minos(13, 0, 0)),
            "cp312-cp312-macosx_13_0_arm64",
            &["tags"],
        ),
        (
            "macOS is a minor release, which no tag has",
            retagged(MACOS).macho(|m| m.minos(14, 4, 0)),
            "cp312-cp312-macosx_15_0_arm64",
            &["tags"],
        ),
        (
            "Intel under a tag of Apple silicon",
            retagged(INTEL).tagged(MACOS),
            INTEL,
            &["tags"],
        ),
        (
            "both machines under a tag of Windows",
            retagged(UNIVERSAL).tagged(WINDOWS),
            UNIVERSAL,
            &["tags"],
        ),
        (
            "one machine under a tag of both",
            retagged(INTEL).tagged(UNIVERSAL),
            INTEL,
            &["tags"],
        ),
        (
            "Windows under a tag of Linux",
            retagged(WINDOWS).tagged(LINUX),
            WINDOWS,
            &["tags"],
        ),
        (
            "64 bits under a tag of 32",
            retagged(WINDOWS).tagged("cp312-cp312-win32"),
            WINDOWS,
            &["tags"],
        ),
    ]
}

fn pythons() -> Vec<Fixed> {
    let eleven = "hello/_native.cpython-311-x86_64-linux-gnu.so";
    vec![
        (
            "abi3 for 3.9 uses what 3.11 brought",
            retagged(LINUX_ABI3).elf(|e| e.takes("PyType_GetName")),
            "cp311-abi3-manylinux_2_17_x86_64",
            &["tags"],
        ),
        (
            "abi3 uses what 3.10 brought, and newer glibc",
            retagged(LINUX_ABI3).elf(|e| newer(e.takes("PyModule_AddObjectRef"))),
            "cp310-abi3-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "the module is named for another Python",
            retagged(LINUX).module(eleven),
            "cp311-cp311-manylinux_2_17_x86_64",
            &["tags"],
        ),
        (
            "native code in a wheel for every platform",
            retagged(LINUX)
                .tagged(PURE)
                .wheel_file(|w| w.set("Root-Is-Purelib: true")),
            "cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags", "root-is-purelib"],
        ),
        (
            "a library for ctypes in a wheel for every platform",
            retagged(LINUX_NONE).tagged(PURE),
            "py3-none-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags"],
        ),
    ]
}

fn own_files() -> Vec<Fixed> {
    vec![
        (
            "WHEEL has other tags, and the name is true",
            retagged(LINUX).wheel_file(|w| w.set("Tag: cp312-cp312-win_amd64")),
            LINUX,
            &["wheel"],
        ),
        (
            "the name has other tags, and WHEEL is true",
            retagged(LINUX).filename("hello-1.0-cp312-cp312-win_amd64.whl"),
            LINUX,
            &["tags"],
        ),
        (
            "WHEEL has no tags",
            retagged(PURE).wheel_file(|w| w.drop("Tag")),
            PURE,
            &["wheel"],
        ),
        (
            "WHEEL says that native code is pure",
            retagged(LINUX).wheel_file(|w| w.set("Root-Is-Purelib: true")),
            LINUX,
            &["root-is-purelib"],
        ),
        (
            "WHEEL says that native code is pure, and glibc is newer",
            retagged(LINUX)
                .elf(newer)
                .wheel_file(|w| w.set("Root-Is-Purelib: true")),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags", "root-is-purelib"],
        ),
        (
            "WHEEL says that Python code is native",
            retagged(PURE).wheel_file(|w| w.set("Root-Is-Purelib: false")),
            PURE,
            &["root-is-purelib"],
        ),
        (
            "there is no RECORD",
            retagged(PURE).zip(|z| z.entries.retain(|e| e.central.name != RECORD.as_bytes())),
            PURE,
            &["record"],
        ),
        (
            "RECORD lacks a file",
            retagged(PURE).unlisted(INIT),
            PURE,
            &["record"],
        ),
        (
            "RECORD has a wrong hash and a wrong size",
            retagged(PURE).record(|r| {
                r.row(INIT).hash = sha256(b"another");
                "7".clone_into(&mut r.row(INIT).size);
            }),
            PURE,
            &["record"],
        ),
        (
            "RECORD lists a file twice",
            retagged(PURE).record(|r| r.0.insert(0, r.0[0].clone())),
            PURE,
            &["record"],
        ),
        (
            "RECORD is not CSV",
            retagged(PURE).record_text(|text| text.replace(",,", ",").into_bytes()),
            PURE,
            &["record"],
        ),
        (
            "a signature is of another RECORD",
            retagged(PURE)
                .file(&format!("{DIST}/RECORD.jws"), "{}")
                .unlisted(&format!("{DIST}/RECORD.jws"))
                .unlisted(INIT),
            PURE,
            &["record", "signature"],
        ),
        (
            "sizes are after the data",
            retagged(PURE).entry(INIT, |e| e.described(true)),
            PURE,
            &["archive"],
        ),
        (
            "a script is not executable",
            retagged(PURE).file("hello-1.0.data/scripts/hello", "#!python\n"),
            PURE,
            &["mode"],
        ),
    ]
}

/// A wheel that cannot be fixed, and the code of the finding that says why.
type Unfixable = (&'static str, &'static str, Wheel);

pub(super) fn unfixable() -> Vec<Unfixable> {
    vec![
        (
            "a library is nowhere",
            "foreign-library",
            retagged(LINUX).elf(|e| e.needed("libfoo.so.1")),
        ),
        (
            "a library is nowhere, and glibc is newer",
            "foreign-library",
            retagged(LINUX).elf(|e| newer(e.needed("libfoo.so.1"))),
        ),
        (
            "abi3 uses an inner function",
            "not-stable-abi",
            retagged(LINUX_ABI3).elf(|e| e.takes("_PyLong_AsByteArray")),
        ),
        (
            "the module is named for a Python that never was",
            "wrong-suffix",
            retagged(LINUX).module("hello/_native.cpython-312t-x86_64-linux-gnu.so"),
        ),
        (
            "a library is in purelib, and the name is not normalized",
            "native-in-pure",
            Wheel::of(LINUX)
                .stem("Hello-1.0")
                .module("Hello-1.0.data/purelib/hello/_native.cpython-312-x86_64-linux-gnu.so"),
        ),
        (
            "binaries are for two systems",
            "wrong-system",
            retagged(LINUX).tagged(MACOS).file(
                "hello/_more.abi3.so",
                Wheel::of(WINDOWS).module.unwrap().1.bytes(),
            ),
        ),
        (
            "RECORD lists a file that is lost",
            "record-absent",
            retagged(PURE).file("hello/a.py", "").lost("hello/a.py"),
        ),
        (
            "a path leads out",
            "path-traversal",
            retagged(PURE).file("../evil.py", "").unlisted(INIT),
        ),
        (
            "bytes belong to no entry",
            "zip-hidden",
            retagged(PURE)
                .entry(RECORD, |e| e.before = b"hidden".to_vec())
                .unlisted(INIT),
        ),
        (
            "two entries have one name",
            "zip-duplicate",
            retagged(PURE)
                .zip(|z| z.entries.insert(0, z.entries[0].clone()))
                .unlisted(INIT),
        ),
        (
            "the file is not an archive",
            "not-a-zip",
            retagged(PURE).bytes(|bytes| *bytes = b"text".to_vec()),
        ),
        (
            "METADATA names another project",
            "metadata-name",
            retagged(PURE)
                .metadata(|m| m.set("Name: other"))
                .unlisted(INIT),
        ),
    ]
}
