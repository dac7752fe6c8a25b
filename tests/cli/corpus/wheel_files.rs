//! WHEELs that contradict the file name or that nobody takes.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, PURE, case};
use super::tables::Fields;
use super::wheel::{DIST, Wheel};

pub(super) fn cases() -> Vec<Case> {
    let invalid = |what, edit: fn(Wheel) -> Wheel| case(what, Code::WheelInvalid, PURE, edit);
    let field = |what, edit: fn(Fields) -> Fields| {
        case(what, Code::WheelInvalid, PURE, |w| w.wheel_file(edit))
    };
    let two = "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64";
    vec![
        case("there is no WHEEL", Code::WheelMissing, PURE, |w| {
            w.without(&format!("{DIST}/WHEEL"))
        }),
        field("WHEEL is of version 2", |f| f.set("Wheel-Version: 2.0")),
        field("WHEEL is of a version that is no number", |f| {
            f.set("Wheel-Version: 1.banana")
        }),
        field("WHEEL is of version 0.9", |f| f.set("Wheel-Version: 0.9")),
        field("WHEEL is of version 1 without a dot", |f| {
            f.set("Wheel-Version: 1")
        }),
        field("WHEEL is of a later version 1", |f| {
            f.set("Wheel-Version: 1.9")
        })
        .weighing(Severity::Warning),
        invalid("WHEEL begins with a byte order mark", |w| {
            let text = "\u{feff}Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
            w.contents(&format!("{DIST}/WHEEL"), text)
        }),
        field("WHEEL has no version", |f| f.drop("Wheel-Version")),
        field("WHEEL does not say where it belongs", |f| {
            f.drop("Root-Is-Purelib")
        }),
        field("WHEEL is undecided where it belongs", |f| {
            f.set("Root-Is-Purelib: maybe")
        }),
        field("WHEEL has no tag", |f| f.drop("Tag")),
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
