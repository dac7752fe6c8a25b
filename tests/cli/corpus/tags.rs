//! File names, tags and WHEELs that contradict each other or that nobody takes.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, LINUX_ABI3, MACOS, PURE, WINDOWS, case};
use super::elf;
use super::wheel::{DIST, Wheel};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = names();
    cases.extend(platforms());
    cases.extend(folders());
    cases.extend(wheel_files());
    cases
}

fn names() -> Vec<Case> {
    let invalid = |what, name: &'static str| {
        case(what, Code::FilenameInvalid, PURE, |w| w.filename(name)).also(&[Code::DistInfoMissing])
    };
    let contradicts = |what, tags: &'static str| {
        case(what, Code::InterpreterTag, LINUX, |w| {
            w.tagged(tags).module("hello/_native.so")
        })
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
        ),
        case(
            "the project is spelt with a dot",
            Code::FilenameSpelling,
            PURE,
            |w| w.stem("hel.lo-1.0").metadata(|m| m.set("Name: hel.lo")),
        ),
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
        contradicts(
            "a Python tag has the ABI of another",
            "cp312-cp311-manylinux_2_17_x86_64",
        ),
        contradicts(
            "a Python tag has the free-threaded ABI of another",
            "cp312-cp313t-manylinux_2_17_x86_64",
        )
        .also(&[Code::EnablesGil]),
        case("abi3 has no floor", Code::InterpreterTag, LINUX_ABI3, |w| {
            w.tagged("py3-abi3-manylinux_2_17_x86_64")
        }),
        case(
            "abi3 is promised for Python 2",
            Code::InterpreterTag,
            LINUX_ABI3,
            |w| w.tagged("cp27-abi3-manylinux_2_17_x86_64"),
        )
        .also(&[Code::NotStableAbi]),
    ]
}

fn platforms() -> Vec<Case> {
    let unknown = |what: &str, tags, platform: &str| {
        let platform = format!("cp312-cp312-{platform}");
        case(what, Code::UnknownTag, tags, move |w| {
            w.tagged(&platform).module("hello/_native.so")
        })
    };
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
            "the tag has a minor release of macOS",
            MACOS,
            "macosx_14_4_arm64",
        ),
        unknown(
            "the tag has a macOS that never was",
            MACOS,
            "macosx_17_0_arm64",
        ),
        unknown(
            "one of two tags is for any Linux",
            LINUX,
            "linux_x86_64.manylinux_2_17_x86_64",
        ),
        case(
            "the tag has Windows misspelt",
            Code::UnknownTag,
            WINDOWS,
            |w| {
                w.tagged("cp312-cp312-win_x86_64")
                    .module("hello/_native.pyd")
            },
        ),
        case("the tag is for FreeBSD", Code::UnknownTag, LINUX, |w| {
            w.tagged("cp312-cp312-freebsd_14_amd64")
                .module("hello/_native.so")
                .elf(|e| e.os_abi(elf::FREEBSD))
        })
        .also(&[Code::NotJudged]),
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

fn wheel_files() -> Vec<Case> {
    let invalid = |what, edit: fn(Wheel) -> Wheel| case(what, Code::WheelInvalid, PURE, edit);
    let two = "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64";
    vec![
        case("there is no WHEEL", Code::WheelMissing, PURE, |w| {
            w.without(&format!("{DIST}/WHEEL"))
        }),
        invalid("WHEEL is of version 2", |w| {
            w.wheel_file(|f| f.set("Wheel-Version: 2.0"))
        }),
        invalid("WHEEL has no version", |w| {
            w.wheel_file(|f| f.drop("Wheel-Version"))
        }),
        invalid("WHEEL does not say where it belongs", |w| {
            w.wheel_file(|f| f.drop("Root-Is-Purelib"))
        }),
        invalid("WHEEL is undecided where it belongs", |w| {
            w.wheel_file(|f| f.set("Root-Is-Purelib: maybe"))
        }),
        invalid("WHEEL has no tag", |w| w.wheel_file(|f| f.drop("Tag"))),
        invalid("WHEEL is not UTF-8", |w| {
            w.contents(
                &format!("{DIST}/WHEEL"),
                b"Wheel-Version: 1.0\nGenerator: \xe9\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            )
        }),
        case(
            "WHEEL has another tag than the name",
            Code::WheelTags,
            LINUX,
            |w| w.wheel_file(|f| f.set("Tag: cp312-cp312-linux_x86_64")),
        ),
        case("WHEEL lacks one of two tags", Code::WheelTags, two, |w| {
            w.wheel_file(|f| f.drop("Tag").add("Tag: cp312-cp312-manylinux_2_17_x86_64"))
        }),
        case("WHEEL has a tag too many", Code::WheelTags, PURE, |w| {
            w.wheel_file(|f| f.add("Tag: py2-none-any"))
        }),
        case(
            "WHEEL was left behind when the wheel was renamed",
            Code::WheelTags,
            LINUX,
            |w| w.filename("hello-1.0-cp312-cp312-manylinux_2_28_x86_64.whl"),
        ),
        case(
            "only the name has a build tag",
            Code::WheelBuild,
            PURE,
            |w| w.build("1"),
        ),
        case("only WHEEL has a build tag", Code::WheelBuild, PURE, |w| {
            w.wheel_file(|f| f.add("Build: 1"))
        }),
        case(
            "name and WHEEL have two build tags",
            Code::WheelBuild,
            PURE,
            |w| w.build("2").wheel_file(|f| f.add("Build: 1")),
        ),
        case(
            "a pure wheel says that it is not",
            Code::PureInPlatlib,
            PURE,
            |w| w.wheel_file(|f| f.set("Root-Is-Purelib: false")),
        ),
    ]
}
