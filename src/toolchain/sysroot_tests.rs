use super::*;
use crate::platform::Platform;
use crate::tags::PythonVersion;
use crate::toolchain::testing;

fn full(python: &Interpreter) -> AbiTag {
    AbiTag::CPython(python.cpython())
}

fn sysroot_for(
    python: &Interpreter,
    platform: Platform,
    abi: AbiTag,
    zig: &Zig,
    cache: &Cache,
) -> Sysroot {
    let target = ZigTarget::with_default_floor(platform);
    sysroot(python, target, abi, zig, cache).unwrap()
}

#[test]
fn all_platforms_have_headers_and_windows_an_import_library() {
    let (_dir, cache) = testing::cache();
    let Some(zig) = testing::zig(&cache) else {
        return;
    };
    for python in testing::pythons(&cache) {
        let xy = python.version.nodot();
        let posix = sysroot_for(&python, Platform::LinuxX86_64, full(&python), &zig, &cache);
        assert!(posix.include.join("Python.h").is_file());
        assert!(posix.launcher.is_file());
        assert_eq!(
            (&posix.lib_dir, &posix.lib, &posix.import_library),
            (&None, &None, &None)
        );
        assert_eq!(
            posix.ext_suffix,
            format!(".cpython-{xy}-x86_64-linux-gnu.so")
        );

        for (platform, tag, machine) in [
            (Platform::WindowsX64, "win_amd64", 0x8664_u16),
            (Platform::WindowsX86, "win32", 0x14c),
            (Platform::WindowsArm64, "win_arm64", 0xaa64),
        ] {
            let windows = sysroot_for(&python, platform, full(&python), &zig, &cache);
            assert_eq!(windows.ext_suffix, format!(".cp{xy}-{tag}.pyd"));
            assert_eq!(windows.include, posix.include);
            assert_eq!(windows.lib, Some(format!("python{xy}")));
            let library = windows.import_library.unwrap();
            assert_eq!(
                library,
                windows.lib_dir.unwrap().join(format!("python{xy}.lib"))
            );
            let bytes = fs_err::read(library).unwrap();
            let has = |part: &[u8]| memchr::memmem::find(&bytes, part).is_some();
            assert!(bytes.starts_with(b"!<arch>\n"));
            assert!(has(format!("python{xy}.dll").as_bytes()) && has(b"PyModule_Create2"));
            // How an entry begins: no object file, version 0, its machine.
            let [low, high] = machine.to_le_bytes();
            assert!(has(&[0, 0, 0xff, 0xff, 0, 0, low, high]), "{platform}");
        }

        let abi3 = sysroot_for(&python, Platform::WindowsX64, AbiTag::Abi3, &zig, &cache);
        assert_eq!(abi3.lib.as_deref(), Some("python3"));
        assert_eq!(abi3.ext_suffix, ".pyd");
        let none = sysroot_for(&python, Platform::WindowsX64, AbiTag::None, &zig, &cache);
        assert_eq!(none.lib, None);
        assert_eq!(none.ext_suffix, format!(".cp{xy}-win_amd64.pyd"));
    }
}

#[test]
fn the_second_time_nothing_is_done() {
    let (_dir, cache) = testing::cache();
    let (Some(zig), pythons) = (testing::zig(&cache), testing::pythons(&cache)) else {
        return;
    };
    let all = || -> Vec<Sysroot> {
        let jobs = pythons.iter().flat_map(|python| {
            Platform::MAIN.map(|platform| sysroot_for(python, platform, full(python), &zig, &cache))
        });
        jobs.collect()
    };
    let first = all();
    assert_eq!(all(), first);
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let (dir, cache) = testing::cache();
    let mut python = testing::interpreter(dir.path());
    python.version = PythonVersion::new(3, 99);
    let target = ZigTarget::with_default_floor(Platform::WindowsX64);
    let error = sysroot(&python, target, full(&python), &testing::no_zig(), &cache).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("no Python.h"), "{text}");
    assert!(
        text.contains("no list of the names that python399.dll exports"),
        "{text}"
    );
    assert_eq!(error.problems().len(), 2);
}
