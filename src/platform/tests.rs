use super::*;
use crate::tags::PlatformTag;

#[test]
fn suffixes_are_those_that_cpython_loads() {
    let full = ExtensionAbi::Full(CPython::with_gil(PythonVersion::new(3, 13)));
    let suffix = |platform: Platform, abi| platform.extension_suffix(abi);
    assert_eq!(
        suffix(Platform::LinuxAarch64, full),
        ".cpython-313-aarch64-linux-gnu.so"
    );
    assert_eq!(suffix(Platform::MacosArm64, full), ".cpython-313-darwin.so");
    assert_eq!(
        suffix(Platform::LinuxI686, full),
        ".cpython-313-i386-linux-gnu.so"
    );
    assert_eq!(suffix(Platform::WindowsX64, full), ".cp313-win_amd64.pyd");
    assert_eq!(suffix(Platform::WindowsX86, full), ".cp313-win32.pyd");
    assert_eq!(
        suffix(Platform::MusllinuxI686, full),
        ".cpython-313-i386-linux-musl.so"
    );
    for (minor, system) in [(11, "musleabihf"), (10, "gnueabihf")] {
        let full = ExtensionAbi::Full(CPython::with_gil(PythonVersion::new(3, minor)));
        assert_eq!(
            suffix(Platform::MusllinuxArmv7l, full),
            format!(".cpython-3{minor}-arm-linux-{system}.so")
        );
    }
    let free_threaded = ExtensionAbi::Full(CPython::free_threaded(PythonVersion::new(3, 13)));
    assert_eq!(
        suffix(Platform::LinuxX86_64, free_threaded),
        ".cpython-313t-x86_64-linux-gnu.so"
    );
    assert_eq!(
        suffix(Platform::LinuxX86_64, ExtensionAbi::Abi3),
        ".abi3.so"
    );
    assert_eq!(suffix(Platform::WindowsX64, ExtensionAbi::Abi3), ".pyd");
    assert_eq!(
        suffix(Platform::MacosArm64, ExtensionAbi::Abi3t),
        ".abi3t.so"
    );
    assert_eq!(suffix(Platform::WindowsX64, ExtensionAbi::Abi3t), ".pyd");
}

#[test]
fn the_platform_of_a_host_is_told_by_machine_system_and_c_library() {
    let of = |triple: &str| Platform::of(&triple.parse().unwrap());
    for (triple, platform) in [
        ("x86_64-unknown-linux-gnu", Some(Platform::LinuxX86_64)),
        ("i686-unknown-linux-gnu", Some(Platform::LinuxI686)),
        ("armv7-unknown-linux-gnueabihf", Some(Platform::LinuxArmv7l)),
        (
            "powerpc64le-unknown-linux-gnu",
            Some(Platform::LinuxPpc64le),
        ),
        ("s390x-unknown-linux-gnu", Some(Platform::LinuxS390x)),
        ("riscv64gc-unknown-linux-gnu", Some(Platform::LinuxRiscv64)),
        ("aarch64-apple-darwin", Some(Platform::MacosArm64)),
        ("x86_64-pc-windows-msvc", Some(Platform::WindowsX64)),
        ("i686-pc-windows-gnu", Some(Platform::WindowsX86)),
        ("x86_64-unknown-linux-musl", Some(Platform::MusllinuxX86_64)),
        ("i686-unknown-linux-musl", Some(Platform::MusllinuxI686)),
        (
            "armv7-unknown-linux-musleabihf",
            Some(Platform::MusllinuxArmv7l),
        ),
        ("aarch64-pc-windows-msvc", Some(Platform::WindowsArm64)),
        // Older processors than the tag promises, no floating point, another system.
        ("arm-unknown-linux-gnueabihf", None),
        ("armv7-unknown-linux-gnueabi", None),
        ("x86_64-unknown-freebsd", None),
    ] {
        assert_eq!(of(triple), platform, "{triple}");
    }
}

#[test]
fn zig_has_a_machine_for_every_platform_or_for_each_of_its_slices() {
    for platform in Platform::ALL {
        let target = ZigTarget::with_default_floor(platform);
        let machine = target.machine();
        assert_eq!(
            machine.is_some(),
            platform.slices().is_empty(),
            "{platform}"
        );
        let slices = target.slices().into_iter().filter_map(ZigTarget::machine);
        let machines = machine.into_iter().chain(slices);
        let arches: Vec<_> = machines.map(|machine| machine.arch).collect();
        assert_eq!(arches, platform.arches(), "{platform}");
    }
}

#[test]
fn tags_say_which_system_and_machine_they_are_for() {
    for platform in Platform::ALL {
        let target = ZigTarget::with_default_floor(platform);
        for tag in target.tags(None) {
            assert_eq!(tag.os(), Some(platform.os()), "{tag}");
            assert_eq!(tag.arches(), platform.arches(), "{tag}");
        }
    }
    assert_eq!(PlatformTag::Any.os(), None);
    assert_eq!(PlatformTag::Linux(Arch::S390x).os(), Some(Os::Linux));
}

#[test]
fn what_one_call_means_is_among_all_platforms() {
    assert!(Platform::ALL.starts_with(&Platform::MAIN));
}

#[test]
fn a_floor_for_all_of_a_family_leaves_late_machines_what_they_began_with() {
    let within =
        |platform: Platform, major, minor| platform.floor_within_family(Release::new(major, minor));
    assert_eq!(within(Platform::MacosArm64, 10, 13), Release::new(11, 0));
    assert_eq!(within(Platform::MacosX86_64, 10, 13), Release::new(10, 13));
    assert_eq!(within(Platform::LinuxRiscv64, 2, 28), Release::new(2, 31));
    assert_eq!(within(Platform::LinuxRiscv64, 2, 34), Release::new(2, 34));
    // What none of them can have stays an error.
    assert_eq!(within(Platform::LinuxX86_64, 2, 5), Release::new(2, 5));
}

#[test]
fn a_floor_moves_target_and_tag_together() {
    let target = ZigTarget::with_floor(Platform::LinuxX86_64, Release::new(2, 28)).unwrap();
    assert_eq!(target.to_string(), "x86_64-linux-gnu.2.28");
    assert_eq!(
        target.tags(None).into_iter().collect::<Vec<_>>(),
        [PlatformTag::Manylinux(Release::new(2, 28), Arch::X86_64)]
    );
    let target = ZigTarget::with_floor(Platform::LinuxPpc64le, Release::new(2, 28)).unwrap();
    assert_eq!(target.to_string(), "powerpc64le-linux-gnu.2.28");
}

#[test]
fn floors_that_no_tag_can_promise_are_refused() {
    let refused = |platform, major, minor| {
        ZigTarget::with_floor(platform, Release::new(major, minor)).is_err()
    };
    assert!(refused(Platform::LinuxX86_64, 2, 5));
    assert!(refused(Platform::LinuxX86_64, 3, 0));
    assert!(refused(Platform::MacosArm64, 10, 15));
    assert!(refused(Platform::MacosArm64, 14, 4));
    assert!(refused(Platform::MacosX86_64, 10, 20));
    assert!(refused(Platform::WindowsX64, 10, 0));
    assert!(refused(Platform::MusllinuxX86_64, 1, 1));
    assert!(refused(Platform::MusllinuxX86_64, 1, 3));
    assert!(!refused(Platform::MusllinuxX86_64, 1, 2));
    assert!(!refused(Platform::MacosX86_64, 10, 13));
    assert!(!refused(Platform::MacosX86_64, 14, 0));
}
