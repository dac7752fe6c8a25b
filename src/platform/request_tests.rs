//! What people call platforms.

use super::*;

fn platforms(text: &str) -> Vec<&'static str> {
    let request: PlatformRequest = text.parse().unwrap_or_else(|error| panic!("{error:?}"));
    request.platforms.into_iter().map(Platform::name).collect()
}

#[test]
fn every_name_triple_and_tag_of_the_table_is_understood() {
    for platform in Platform::ALL {
        let name = platform.name();
        assert_eq!(platforms(name), [name]);
        assert_eq!(platforms(&name.to_uppercase()), [name]);
        for text in platform
            .triple()
            .into_iter()
            .chain([platform.wheel_platform().as_str()])
        {
            assert_eq!(platforms(text), [name], "{text}");
        }
        // universal2 is compiled as two.
        if platform.slices().is_empty() {
            let request: PlatformRequest = platform.zig_target().parse().unwrap();
            assert_eq!(request.platforms, [platform]);
            assert_eq!(
                request.floor.is_some(),
                matches!(platform.family(), Family::Manylinux | Family::Macos)
            );
        }
        let request: PlatformRequest = platform.wheel_platform().parse().unwrap();
        assert_eq!(request.floor, platform.default_floor(), "{name}");
        if let Some(os) = Platform::current().filter(|current| *current == platform) {
            assert_eq!(platforms(NATIVE), [os.name()]);
        }
    }
}

#[test]
fn usual_words_are_understood_in_any_order() {
    for (texts, name) in [
        (
            &[
                "linux-x64",
                "linux_x86_64",
                "Linux-x86_64",
                "linux/amd64",
                "x86_64-unknown-linux-gnu",
                "manylinux_x86_64",
                "x64-linux",
            ][..],
            "linux-x86_64",
        ),
        (
            &["linux-arm64", "aarch64-linux", "aarch64-unknown-linux-gnu"],
            "linux-aarch64",
        ),
        (
            &["linux-x86", "i686-unknown-linux-gnu", "i386-linux-gnu"],
            "linux-i686",
        ),
        (
            &["armv7-unknown-linux-gnueabihf", "linux-armhf"],
            "linux-armv7l",
        ),
        (&["powerpc64le-unknown-linux-gnu"], "linux-ppc64le"),
        (&["riscv64gc-unknown-linux-gnu"], "linux-riscv64"),
        (
            &[
                "x86_64-unknown-linux-musl",
                "alpine-x64",
                "linux-musl-amd64",
                "musllinux_1_2_x86_64",
            ],
            "musllinux-x86_64",
        ),
        (&["armv7-unknown-linux-musleabihf"], "musllinux-armv7l"),
        (
            &[
                "darwin-arm64",
                "aarch64-apple-darwin",
                "macos-aarch64",
                "macosx-11.0-arm64",
                "osx-arm64",
                "macosx_arm64",
            ],
            "macos-arm64",
        ),
        (
            &["darwin-x64", "x86_64-apple-darwin", "macosx_10_9_x86_64"],
            "macos-x86_64",
        ),
        (&["macosx_universal2", "universal2"], "macos-universal2"),
        (
            &[
                "win_amd64",
                "win-amd64",
                "windows-amd64",
                "win64",
                "win32-x64",
                "x86_64-pc-windows-msvc",
                "x86_64-pc-windows-gnu",
                "x86_64-windows",
            ],
            "windows-x64",
        ),
        (
            &["win32", "i686-pc-windows-msvc", "windows-i686"],
            "windows-x86",
        ),
        (
            &[
                "win_arm64",
                "aarch64-pc-windows-msvc",
                "aarch64-pc-windows-gnullvm",
            ],
            "windows-arm64",
        ),
    ] {
        for text in texts {
            assert_eq!(platforms(text), [name], "{text}");
        }
    }
}

#[test]
fn groups_are_the_main_platforms_of_a_system() {
    assert_eq!(platforms("all"), Platform::MAIN.map(Platform::name));
    assert_eq!(platforms("linux"), ["linux-x86_64", "linux-aarch64"]);
    assert_eq!(
        platforms("musllinux"),
        ["musllinux-x86_64", "musllinux-aarch64"]
    );
    assert_eq!(platforms("macos"), ["macos-x86_64", "macos-arm64"]);
    assert_eq!(platforms("darwin"), platforms("macos"));
    assert_eq!(platforms("windows"), ["windows-x64"]);
}

#[test]
fn a_release_that_is_named_is_kept() {
    for (text, major, minor) in [
        ("manylinux_2_28_x86_64", 2, 28),
        ("manylinux2014_aarch64", 2, 17),
        ("manylinux1_x86_64", 2, 5),
        ("manylinux2014_x86_64.manylinux_2_17_x86_64", 2, 17),
        ("manylinux_2_17_x86_64.manylinux_2_28_x86_64", 2, 17),
        ("x86_64-linux-gnu.2.28", 2, 28),
        ("macosx_12_0_universal2", 12, 0),
        ("aarch64-macos.13", 13, 0),
        ("aarch64-macos.13.0", 13, 0),
        ("musllinux_1_1_aarch64", 1, 1),
    ] {
        let request: PlatformRequest = text.parse().unwrap();
        assert_eq!(request.floor, Some(Release::new(major, minor)), "{text}");
    }
    assert_eq!(
        "linux_x86_64".parse::<PlatformRequest>().unwrap().floor,
        None
    );
}

#[test]
fn what_names_no_platform_gets_a_suggestion() {
    for (text, meant) in [
        ("lnux-x86_64", Some("linux-x86_64")),
        ("win_amd46", Some("windows-x64")),
        ("macosx_11_0_amr64", Some("macos-arm64")),
        ("windws", Some("windows")),
        ("freebsd", None),
    ] {
        let problem = text.parse::<PlatformRequest>().unwrap_err();
        let hint = problem.hint.unwrap();
        match meant {
            Some(meant) => assert!(
                hint.starts_with(&format!("did you mean {meant}?")),
                "{text}: {hint}"
            ),
            None => assert!(!hint.contains("did you mean"), "{text}: {hint}"),
        }
    }
    for text in [
        "",
        "any",
        "x86_64",
        "unknown",
        "linux-windows",
        "linux-x64-arm64",
        "arm-unknown-linux-gnueabihf",
        "windows-s390x",
        "ios_13_0_arm64_iphoneos",
        "manylinux2014_x86_64.win_amd64",
        "x86_64-linux-gnu.2",
        "linux.2.28",
    ] {
        assert!(text.parse::<PlatformRequest>().is_err(), "{text}");
    }
}

#[test]
fn the_name_of_a_table_is_one_platform() {
    assert_eq!(
        PlatformRequest::single("win_amd64"),
        Ok(Platform::WindowsX64)
    );
    let hint = |text| PlatformRequest::single(text).unwrap_err().hint.unwrap();
    assert_eq!(
        hint("macos"),
        "write a table for each: macos-x86_64, macos-arm64"
    );
    assert!(hint("macosx_12_0_arm64").contains("floor = \"12.0\""));
}

#[test]
fn a_policy_of_manylinux_is_a_glibc() {
    for (texts, minor) in [
        (
            &["2014", "manylinux2014", "2_17", "2.17", "manylinux_2_17"][..],
            17,
        ),
        (&["manylinux_2_28", "manylinux2_28", "2.28"], 28),
        (&["manylinux2010"], 12),
        (&["manylinux1", "1"], 5),
    ] {
        for text in texts {
            assert_eq!(glibc(text), Ok(Release::new(2, minor)), "{text}");
        }
    }
    for text in ["auto", "2", "", "2_28_1", "musllinux_1_2", "new"] {
        assert!(glibc(text).is_err(), "{text}");
    }
    let hint = glibc("manylinux_2_28_x86_64").unwrap_err().hint.unwrap();
    assert!(hint.contains("--platform manylinux_2_28_x86_64"));
}

#[test]
fn the_words_are_those_of_every_name_of_the_table() {
    let words = request_words();
    for platform in Platform::ALL {
        let tags = platform.wheel_platform();
        let names = [platform.name(), &tags];
        for name in names.into_iter().chain(platform.triple()) {
            let name = name.replace("x86_64", "amd64");
            for word in name.split(['-', '_', '.']) {
                let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
                assert!(is_number || words.contains(word), "{name}: {word}");
            }
        }
    }
}
