//! File names, tags and WHEELs that contradict each other or that nobody takes.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, INTEL, LINUX, LINUX_ABI3, MACOS, PURE, WINDOWS, case};
use super::elf;
use super::wheel::DIST;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = names();
    cases.extend(pythons());
    cases.extend(unix());
    cases.extend(macos_and_windows());
    cases.extend(phones_and_browsers());
    cases.extend(unjudged());
    cases.extend(folders());
    cases
}

fn names() -> Vec<Case> {
    let invalid = |what, name: &'static str| {
        case(what, Code::FilenameInvalid, PURE, |w| w.filename(name)).also(&[Code::DistInfoMissing])
    };
    vec![
        invalid("the name has no tags", "hello-1.0.whl"),
        invalid("the name has two tags", "hello-1.0-py3-any.whl"),
        invalid(
            "the name has a part too many",
            "hello-1.0-1-2-py3-none-any.whl",
        ),
        invalid(
            "the build tag begins with a letter",
            "hello-1.0-x1-py3-none-any.whl",
        ),
        invalid("the platform tag is empty", "hello-1.0-py3-none-.whl"),
        invalid("the version is not valid", "hello-one-py3-none-any.whl"),
        invalid(
            "the name ends as another archive's",
            "hello-1.0-py3-none-any.zip",
        ),
        invalid("the name has a space", "hel lo-1.0-py3-none-any.whl"),
        case(
            "the project is spelt with a capital",
            Code::FilenameSpelling,
            PURE,
            |w| w.stem("Hello-1.0"),
        )
        .weighing(Severity::Error),
        case(
            "the project is spelt with a dot",
            Code::FilenameSpelling,
            PURE,
            |w| w.stem("hel.lo-1.0").metadata(|m| m.set("Name: hel.lo")),
        )
        .weighing(Severity::Error),
        case(
            "the project is spelt with two underscores",
            Code::FilenameSpelling,
            PURE,
            |w| w.stem("hel__lo-1.0").metadata(|m| m.set("Name: hel-lo")),
        )
        .weighing(Severity::Error),
        case(
            "the version is not normal",
            Code::FilenameSpelling,
            PURE,
            |w| {
                w.stem("hello-1.0.RC1")
                    .metadata(|m| m.set("Version: 1.0rc1"))
            },
        ),
        case(
            "the tags are not sorted",
            Code::FilenameSpelling,
            LINUX,
            |w| w.tagged("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"),
        )
        .weighing(Severity::Note),
        case("the version is local", Code::LocalVersion, PURE, |w| {
            w.stem("hello-1.0+cu12")
                .metadata(|m| m.set("Version: 1.0+cu12"))
        }),
    ]
}

fn pythons() -> Vec<Case> {
    let contradicts = |what, tags: &'static str| {
        case(what, Code::InterpreterTag, LINUX, |w| {
            w.tagged(tags).module("hello/_native.so")
        })
    };
    vec![
        contradicts(
            "a Python tag has the ABI of another",
            "cp312-cp311-manylinux_2_17_x86_64",
        ),
        contradicts(
            "a Python tag has the free-threaded ABI of another",
            "cp312-cp313t-manylinux_2_17_x86_64",
        )
        .also(&[Code::EnablesGil]),
        contradicts(
            "the Python tag is misspelt",
            "p39-none-manylinux_2_17_x86_64",
        )
        .also(&[Code::PythonWithoutAbi]),
        contradicts(
            "no Python has the Python tag",
            "foo312-cp312-manylinux_2_17_x86_64",
        ),
        contradicts(
            "the Python tag has no minor version",
            "cp3-cp312-manylinux_2_17_x86_64",
        ),
        case(
            "one of two Python tags is misspelt",
            Code::InterpreterTag,
            PURE,
            |w| w.tagged("p3.py3-none-any"),
        )
        .weighing(Severity::Warning),
        case("abi3 has no floor", Code::InterpreterTag, LINUX_ABI3, |w| {
            w.tagged("py3-abi3-manylinux_2_17_x86_64")
        }),
        case(
            "abi3 is promised for Python 2",
            Code::InterpreterTag,
            LINUX_ABI3,
            |w| w.tagged("cp27-abi3-manylinux_2_17_x86_64"),
        )
        .also(&[Code::NotStableAbi, Code::RequiresPython]),
    ]
}

/// A wheel with these tags has another platform tag.
fn unknown(what: &str, tags: &str, platform: &str) -> Case {
    case(what, Code::UnknownTag, tags, |w| {
        w.tagged(&format!("cp312-cp312-{platform}"))
            .module("hello/_native.so")
    })
}

fn unix() -> Vec<Case> {
    vec![
        unknown("the tag promises no more than Linux", LINUX, "linux_x86_64"),
        unknown(
            "the tag promises no more than Linux on aarch64",
            "cp312-cp312-manylinux_2_17_aarch64",
            "linux_aarch64",
        ),
        unknown(
            "the tag promises a glibc that never was",
            LINUX,
            "manylinux_3_0_x86_64",
        ),
        unknown(
            "the tag is for LoongArch, which PyPI does not take",
            "cp312-cp312-manylinux_2_36_loongarch64",
            "manylinux_2_36_loongarch64",
        ),
        unknown(
            "the tag promises a musl that never was",
            super::case::MUSL,
            "musllinux_2_0_x86_64",
        ),
        unknown(
            "the tag is for riscv64 and older than its first policy",
            "cp312-cp312-manylinux_2_31_riscv64",
            "manylinux2014_riscv64",
        )
        .also(&[Code::FloorTooHigh]),
        unknown(
            "the tag is for aarch64 and older than its first policy",
            "cp312-cp312-manylinux_2_17_aarch64",
            "manylinux2010_aarch64",
        )
        .also(&[Code::FloorTooHigh]),
        unknown("the tag is an ARM that nobody has", LINUX, "linux_armv8l")
            .also(&[Code::WrongMachine]),
        unknown(
            "the tag has a musl for a processor that PyPI does not take",
            super::case::MUSL,
            "musllinux_1_2_ppc64",
        ),
        unknown(
            "one of two tags is for any Linux",
            LINUX,
            "linux_x86_64.manylinux_2_17_x86_64",
        ),
        case("the tag is for FreeBSD", Code::UnknownTag, LINUX, |w| {
            w.tagged("cp312-cp312-freebsd_14_amd64")
                .module("hello/_native.so")
                .elf(|e| e.os_abi(elf::FREEBSD))
        })
        .also(&[Code::NotJudged]),
    ]
}

fn macos_and_windows() -> Vec<Case> {
    vec![
        unknown(
            "the tag has a macOS without a processor",
            MACOS,
            "macosx_11_0",
        ),
        unknown(
            "the tag has a macOS 10 that never was",
            INTEL,
            "macosx_10_17_x86_64",
        ),
        unknown(
            "the tag has an old processor that PyPI does not know",
            MACOS,
            "macosx_10_9_fat32",
        ),
        unknown(
            "the tag has a release of macOS that is no number",
            MACOS,
            "macosx_ten_9_intel",
        ),
        unknown(
            "the tag has a minor release of macOS",
            MACOS,
            "macosx_14_4_arm64",
        ),
        unknown(
            "the tag has a macOS that never was",
            MACOS,
            "macosx_17_0_arm64",
        ),
        unknown("the tag has a Windows that never was", LINUX, "win_banana")
            .also(&[Code::WrongSystem]),
        case(
            "the tag has Windows misspelt",
            Code::UnknownTag,
            WINDOWS,
            |w| {
                w.tagged("cp312-cp312-win_x86_64")
                    .module("hello/_native.pyd")
            },
        ),
    ]
}

fn phones_and_browsers() -> Vec<Case> {
    vec![
        unknown(
            "the tag has an iOS that no installer knows",
            LINUX,
            "ios_banana",
        ),
        unknown(
            "the tag is for devices with Intel processors",
            LINUX,
            "ios_13_0_x86_64_iphoneos",
        ),
        unknown(
            "the tag is for iOS on MIPS",
            LINUX,
            "ios_13_0_mips_iphoneos",
        ),
        unknown("the tag is for Android on MIPS", LINUX, "android_24_mips"),
        unknown("the tag has no API level", LINUX, "android_arm64_v8a"),
        unknown(
            "the tag has Android's own spelling",
            LINUX,
            "android_24_aarch64",
        ),
        unknown(
            "the tag has no release of PyEmscripten",
            LINUX,
            "pyemscripten_x",
        ),
        unknown(
            "the tag is for 64-bit WebAssembly",
            LINUX,
            "pyemscripten_2026_0_wasm64",
        ),
        unknown(
            "the tag names Emscripten alone",
            LINUX,
            "emscripten_3_1_46_wasm32",
        ),
        unknown("the tag is for WASI", LINUX, "wasi_0_0_0_wasm32"),
        case(
            "the tag has the older name of PyEmscripten",
            Code::UnknownTag,
            super::case::PYODIDE,
            |w| w.tagged("cp314-cp314-pyodide_2026_0_wasm32"),
        ),
    ]
}

fn unjudged() -> Vec<Case> {
    let row = |what, tags: &'static str| {
        case(what, Code::NotJudged, PURE, move |w| {
            w.tagged(tags)
                .wheel_file(|f| f.set("Root-Is-Purelib: false"))
        })
    };
    vec![
        row(
            "the wheel is for large PowerPC",
            "cp312-cp312-manylinux_2_17_ppc64",
        ),
        row("the wheel is for Itanium", "py3-none-win_ia64"),
        case(
            "the tag is for macOS on PowerPC",
            Code::NotJudged,
            PURE,
            |w| {
                w.tagged("cp312-cp312-macosx_10_4_ppc")
                    .wheel_file(|f| f.set("Root-Is-Purelib: false"))
            },
        ),
    ]
}

fn folders() -> Vec<Case> {
    vec![
        case(
            ".dist-info is spelt otherwise",
            Code::DistInfoMissing,
            PURE,
            |w| w.stem("Hello-1.0").stem_of_name("hello-1.0"),
        ),
        case(
            ".dist-info has another version",
            Code::DistInfoMissing,
            PURE,
            |w| w.stem("hello-1.0.0").stem_of_name("hello-1.0"),
        ),
        case(
            ".dist-info is of another project",
            Code::DistInfoMissing,
            PURE,
            |w| w.stem("other-1.0").stem_of_name("hello-1.0"),
        ),
        case("there is no .dist-info", Code::DistInfoMissing, PURE, |w| {
            w.zip(|z| {
                z.entries
                    .retain(|e| !e.central.name.starts_with(DIST.as_bytes()));
            })
        })
        .also(&[
            Code::WheelMissing,
            Code::MetadataMissing,
            Code::RecordMissing,
        ]),
        case(
            "there are two .dist-info folders",
            Code::DistInfoMany,
            PURE,
            |w| w.file("other-2.0.dist-info/METADATA", "Metadata-Version: 2.1\n"),
        ),
    ]
}
