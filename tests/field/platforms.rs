//! The platforms that `--all-platforms` leaves out: each kind of wheel for each of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pyz3_wheel::Platform;

use crate::wheels::{cp, file_name};
use crate::{oracles, wheels};
use support::Wheels;
use support::{ALL_PLATFORMS, all_platforms, need};

/// Full API, abi3, shared library.
const EXAMPLES: [&str; 3] = ["hello", "hello-abi3", "hello-ctypes"];

/// A narrow machine, one of the other byte order, musl, and two machines in one.
const SAMPLE: [Platform; 4] = [
    Platform::LinuxArmv7l,
    Platform::LinuxS390x,
    Platform::MusllinuxX86_64,
    Platform::MacosUniversal2,
];

/// The platforms beyond those that `--all-platforms` means.
pub(crate) fn others() -> impl Iterator<Item = Platform> {
    let all = all_platforms();
    Platform::ALL.into_iter().filter(move |platform| {
        !Platform::MAIN.contains(platform) && (all || SAMPLE.contains(platform))
    })
}

/// The newest of this machine's Pythons.
fn newest() -> &'static str {
    let found = support::DEFAULT_PYTHONS
        .into_iter()
        .rfind(|version| support::pythons().contains_key(*version));
    found.expect("the tests need one of the Pythons that --all-pythons means")
}

/// The wheels of an example for all these platforms, built once for all tests.
pub(crate) fn built(example: &str) -> &'static Wheels {
    static BUILT: [OnceLock<Wheels>; EXAMPLES.len()] = [const { OnceLock::new() }; EXAMPLES.len()];
    let index = EXAMPLES.iter().position(|name| *name == example).unwrap();
    BUILT[index].get_or_init(|| {
        // With a Python that is named, an abi3 module is compiled with the headers of that one.
        let mut args = match example {
            "hello" => vec!["--python", newest()],
            _ => Vec::new(),
        };
        for platform in others() {
            args.extend(["--platform", platform.name()]);
        }
        Wheels::build_for(example, &args)
    })
}

/// All wheels, or those whose names have this in them.
fn wheels(part: &str) -> Vec<PathBuf> {
    let paths = EXAMPLES.into_iter().flat_map(|name| built(name).paths());
    paths
        .filter(|path| file_name(path).contains(part))
        .collect()
}

#[test]
fn there_is_a_wheel_of_each_kind_for_each_platform() {
    let newest = cp(newest());
    let stems = [
        format!("hello-0.1.0-{newest}-{newest}"),
        "hello_abi3-0.1.0-cp39-abi3".to_owned(),
        "hello_ctypes-0.1.0-py3-none".to_owned(),
    ];
    for (example, stem) in EXAMPLES.into_iter().zip(stems) {
        let wheels = built(example).paths();
        let names: BTreeSet<_> = wheels.iter().map(|path| file_name(path)).collect();
        let expected: Vec<_> = others()
            .map(|platform| format!("{stem}-{}.whl", platform.wheel_platform()))
            .collect();
        assert_eq!(names, expected.iter().map(String::as_str).collect());
    }
}

#[test]
fn each_wheel_is_what_it_says() {
    let wheels = wheels("");
    let ran = support::run(support::command().arg("check").args(&wheels)).exits(0);
    let count = wheels.len();
    ran.says(&format!(
        "{count} wheels: {count} ok, 0 with warnings, 0 with errors"
    ));
}

#[test]
#[cfg(target_os = "linux")]
fn auditwheel_agrees_with_the_tag_of_each_linux_wheel() {
    oracles::auditwheel_agrees(&wheels("linux"));
}

#[test]
fn windows_wheels_are_for_their_machine_and_load_their_python() {
    let wheels = wheels("-win");
    if wheels.is_empty() {
        return support::skip(&format!(
            "wheels for all platforms but {}, and those that --all-platforms means: {ALL_PLATFORMS} is not 1",
            SAMPLE.map(Platform::name).join(", ")
        ));
    }
    let Some(binaries) = oracles::binaries_of(&wheels) else {
        return;
    };
    for binary in &binaries {
        oracles::is_for_its_windows(binary);
    }
}

/// The same bytes as in the wheels for one machine, each where its alignment wants it.
#[test]
fn universal2_wheels_have_the_binaries_of_both_macs() {
    let library = |wheel: &Path| {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(wheel).unwrap()).unwrap();
        (0..archive.len()).find_map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            std::io::copy(&mut file, &mut bytes).unwrap();
            // A universal file, or one for a 64-bit machine.
            let magics = [[0xca, 0xfe, 0xba, 0xbe], [0xcf, 0xfa, 0xed, 0xfe]];
            magics
                .iter()
                .any(|magic| bytes.starts_with(magic))
                .then_some(bytes)
        })
    };
    for example in EXAMPLES {
        let universal = built(example).of("macos-universal2");
        let both = library(&universal[0]).unwrap();
        let job = built(example).report["wheels"][0]["job"].as_str().unwrap();
        let abi = job.rsplit_once("-cp").map(|(_, abi)| abi);
        let one = |platform: &str| {
            let job = match (example, abi) {
                ("hello", Some(version)) => format!("{platform}-cp{version}"),
                _ => platform.to_owned(),
            };
            library(&wheels::built(example).of(&job)[0])
        };
        let slices = need!(
            oracles::binaries_of(&universal),
            "the slices of universal2 wheels, which LIEF finds"
        );
        let machines = [("X86_64", "macos-x86_64", 12), ("ARM64", "macos-arm64", 14)];
        assert_eq!(slices.len(), machines.len());
        let mut end = 0;
        for (slice, (machine, platform, align)) in slices.iter().zip(machines) {
            oracles::runs_on_mac(slice, machine);
            let offset = usize::try_from(slice["offset"].as_u64().unwrap()).unwrap();
            assert_eq!(offset % (1 << align), 0, "{slice}");
            let one = one(platform).unwrap();
            end = offset + one.len();
            assert!(both[offset..end] == one, "other bytes in {slice}");
        }
        assert_eq!(both.len(), end);
    }
}

/// What Zig asks for, `libc.so`, no distribution with musl calls so.
#[test]
fn musl_modules_take_the_c_library_that_is_there() {
    let wheels = wheels("musllinux");
    let Some(binaries) = oracles::binaries_of(&wheels) else {
        return;
    };
    for binary in &binaries {
        assert_eq!(binary["imports"], serde_json::json!([]), "{binary}");
    }
}

#[test]
fn a_musl_wheel_of_what_was_built_before_has_the_same_bytes() {
    let first = built("hello-ctypes").of("musllinux-x86_64").remove(0);
    let project = support::example("hello-ctypes");
    let build = || {
        let mut command = support::command();
        command
            .env_remove("PYZ3_WHEEL_NO_CACHE")
            .args(["--platform", "musllinux-x86_64", "--format", "json"])
            .arg("--project")
            .arg(project.path());
        let report = support::run(&mut command).exits(0).json();
        let wheel = PathBuf::from(report["wheels"][0]["path"].as_str().unwrap());
        let bytes = std::fs::read(&wheel).unwrap();
        std::fs::remove_file(wheel).unwrap();
        (report["wheels"][0]["work"].clone(), bytes)
    };
    let first = std::fs::read(first).unwrap();
    assert!(build().1 == first, "a second build has other bytes");
    let (work, bytes) = build();
    assert_eq!(work, "packed");
    assert!(bytes == first, "what was kept has other bytes");
}

/// What distributions for 32-bit Arm ask for has sixteen registers and no NEON.
#[test]
fn code_for_armv7l_keeps_to_the_least_processor() {
    let readelf = need!(
        which::which("readelf").ok(),
        "the processor of armv7l wheels: there is no readelf"
    );
    for wheel in wheels("armv7l") {
        let folder = tempfile::tempdir().unwrap();
        let mut unzip = Command::new("python3");
        unzip.args(["-m", "zipfile", "-e"]);
        support::succeed(unzip.arg(&wheel).arg(folder.path()));
        let files = walkdir::WalkDir::new(&folder).into_iter().flatten();
        let libraries = files.filter(|file| file.path().extension().is_some_and(|ext| ext == "so"));
        let mut count = 0;
        for library in libraries {
            let said = support::succeed(Command::new(&readelf).arg("-A").arg(library.path()));
            for line in [
                "Tag_CPU_arch: v7",
                "Tag_FP_arch: VFPv3-D16",
                "Tag_ABI_VFP_args: VFP registers",
            ] {
                assert!(said.contains(line), "no {line} in {said}");
            }
            assert!(!said.contains("Tag_Advanced_SIMD_arch"), "{said}");
            count += 1;
        }
        assert_eq!(count, 1, "{}", wheel.display());
    }
}
