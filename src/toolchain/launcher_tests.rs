use std::process::Command;

use super::*;
use crate::platform::{Os, Platform};
use crate::toolchain::interpreter;
use crate::toolchain::testing;

const ASK: &str = r#"
import json, sys, sysconfig
names = ["EXT_SUFFIX", "SOABI", "MULTIARCH", "VERSION", "LIBDIR", "LDLIBRARY", "INCLUDEPY",
         "MACOSX_DEPLOYMENT_TARGET", "SIZEOF_VOID_P", "SIZEOF_LONG", "CC", "HAVE_FORK", "Py_DEBUG"]
answer = {name: sysconfig.get_config_var(name) for name in names}
answer["many"] = sysconfig.get_config_vars("EXT_SUFFIX", "no such thing")
answer["include"] = sysconfig.get_path("include")
answer["platinclude"] = sysconfig.get_paths()["platinclude"]
answer["elsewhere"] = sysconfig.get_path("data", vars={"base": "/elsewhere"})
answer["platform"] = sysconfig.get_platform()
answer["config_h"] = sysconfig.get_config_h_filename()
answer["hexversion"] = sys.hexversion >> 16
try:
    from distutils import sysconfig as d, util
except ImportError:
    d = None
if d:
    answer["distutils"] = [d.get_config_var("EXT_SUFFIX"), d.get_python_inc(), d.get_python_inc(True),
                           util.get_platform(), d.__file__]
print(json.dumps(answer))
"#;

fn run(exe: &Path, args: &[&str]) -> String {
    let output = Command::new(exe)
        .args(args)
        .env("SETUPTOOLS_USE_DISTUTILS", "stdlib")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn launcher_for(python: &Interpreter, platform: Platform, cache: &Cache) -> PathBuf {
    let target = ZigTarget::with_default_floor(platform);
    let question = Question {
        python,
        target,
        machine: target.machine().unwrap(),
        zig: &testing::no_zig(),
        include: Path::new("/sysroot/include"),
        lib_dir: Some(Path::new("/sysroot/lib")).filter(|_| platform.os() == Os::Windows),
    };
    launcher(&question, cache).unwrap()
}

/// What the interpreter of a target says of itself there.
fn expected(platform: Platform, version: PythonVersion) -> [(&'static str, serde_json::Value); 6] {
    let xy = version.nodot();
    // `sysconfig.get_platform()`, the multiarch name, the bytes of a long.
    let (name, multiarch, word) = match platform.system() {
        System::Manylinux(_, arch) | System::Musllinux(_, arch) => {
            let word = match arch {
                Arch::X86 | Arch::Armv7 | Arch::Wasm32 => 4,
                Arch::X86_64
                | Arch::Aarch64
                | Arch::Ppc64le
                | Arch::S390x
                | Arch::Riscv64
                | Arch::Loongarch64 => 8,
            };
            let name = format!("linux-{}", arch.linux());
            // Zig calls 32-bit x86 by another name than CPython.
            let multiarch = platform.zig_target().replace("x86-", "i386-");
            let (multiarch, _) = multiarch.split_once('.').unwrap_or((&multiarch, ""));
            (name, Some(multiarch.to_owned()), Some(word))
        }
        System::Macos(floor, arch) => {
            let name = format!("macosx-{floor}-{arch}");
            (name, Some("darwin".to_owned()), Some(8))
        }
        System::Windows(arch) => (arch.tag().replace('_', "-"), None, None),
    };
    // CPython on musl said `gnu` up to 3.10.
    let on_musl = if version < PythonVersion::new(3, 11) {
        "gnu"
    } else {
        "musl"
    };
    let multiarch = multiarch.map(|name| name.replace("musl", on_musl));
    let (suffix, library) = match &multiarch {
        Some(multiarch) => (
            format!(".cpython-{xy}-{multiarch}.so"),
            format!("libpython{version}.a"),
        ),
        None => (
            format!(".cp{xy}-{}.pyd", name.replace('-', "_")),
            format!("python{xy}.dll"),
        ),
    };
    [
        ("many", json!([suffix, null])),
        ("EXT_SUFFIX", json!(suffix)),
        ("platform", json!(name)),
        ("MULTIARCH", json!(multiarch)),
        ("LDLIBRARY", json!(library)),
        ("SIZEOF_LONG", json!(word)),
    ]
}

#[test]
fn every_python_answers_for_every_platform() {
    let (_dir, cache) = testing::cache();
    let pythons = testing::pythons(&cache);
    for (index, python) in pythons.iter().enumerate() {
        // One Python is enough for what no version changes.
        let platforms = match index {
            0 => &Platform::ALL[..],
            _ => &Platform::MAIN,
        };
        let compiled = |platform: &Platform| platform.slices().is_empty();
        for platform in platforms.iter().copied().filter(compiled) {
            let exe = launcher_for(python, platform, &cache);
            let answer: serde_json::Value = serde_json::from_str(&run(&exe, &["-c", ASK])).unwrap();
            let place = format!("{} for {platform}: {answer:#}", python.exe.display());
            for (name, value) in expected(platform, python.version) {
                assert_eq!(answer[name], value, "{name} of {place}");
            }
            assert_eq!(answer["include"], "/sysroot/include", "{place}");
            assert_eq!(answer["platinclude"], "/sysroot/include", "{place}");
            assert_eq!(answer["INCLUDEPY"], "/sysroot/include", "{place}");
            let config_h = Path::new("/sysroot/include").join("pyconfig.h");
            assert_eq!(answer["config_h"], json!(config_h), "{place}");
            let elsewhere = answer["elsewhere"].as_str().unwrap();
            assert!(elsewhere.starts_with("/elsewhere"), "{place}");
            // Nothing of how this machine's Python was built shines through.
            assert_eq!(answer["HAVE_FORK"], json!(null), "{place}");
            let cc = answer["CC"].as_str();
            match platform.os() {
                Os::Windows => {
                    assert_eq!(cc, None, "{place}");
                    assert_eq!(answer["LIBDIR"], "/sysroot/lib", "{place}");
                    assert_eq!(answer["VERSION"], python.version.nodot(), "{place}");
                }
                Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten => {
                    let target = platform.zig_target();
                    assert!(cc.unwrap().contains(&target), "{place}");
                    assert_eq!(answer["VERSION"], python.version.to_string(), "{place}");
                }
            }
            let floor = match platform {
                Platform::MacosX86_64 => json!("10.9"),
                Platform::MacosArm64 => json!("11.0"),
                _ => json!(null),
            };
            assert_eq!(answer["MACOSX_DEPLOYMENT_TARGET"], floor, "{place}");
            let version = u16::from(python.version.major) << 8 | u16::from(python.version.minor);
            assert_eq!(answer["hexversion"], version, "{place}");
            if python.version < PythonVersion::new(3, 12) {
                let distutils = answer["distutils"].as_array().expect(&place);
                assert_eq!(distutils[0], answer["EXT_SUFFIX"], "{place}");
                assert_eq!(distutils[1], "/sysroot/include", "{place}");
                assert_eq!(distutils[2], "/sysroot/include", "{place}");
                assert_eq!(distutils[3], answer["platform"], "{place}");
            }
        }
    }
}

#[test]
fn isolated_or_as_a_program_the_answers_are_the_same() {
    let (_dir, cache) = testing::cache();
    for python in testing::pythons(&cache) {
        let exe = launcher_for(&python, Platform::MacosArm64, &cache);
        let suffix = format!(".cpython-{}-darwin.so", python.version.nodot());
        let ask = "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))";
        for flags in [&["-I"][..], &["-E", "-s"], &["-X", "utf8", "-B"]] {
            let args: Vec<_> = flags.iter().copied().chain(["-c", ask]).collect();
            assert_eq!(run(&exe, &args).trim(), suffix, "{flags:?}");
        }
        let program = run(&exe, &["-m", "sysconfig"]);
        for line in [
            "Platform: \"macosx-11.0-arm64\"".to_owned(),
            format!("EXT_SUFFIX = \"{suffix}\""),
            "include = \"/sysroot/include\"".to_owned(),
        ] {
            assert!(program.contains(&line), "no {line} in {program}");
        }
        // What a build starts through `sys.executable` gets the same answers.
        let nested = "import subprocess, sys; \
            subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)";
        assert_eq!(run(&exe, &["-c", nested, ask]).trim(), suffix);
        // And another Python on PATH its own.
        let plain = run(&python.exe, &["-c", ask]);
        assert_ne!(plain.trim(), suffix);
    }
}

#[test]
fn without_its_links_the_launcher_is_the_same() {
    let (_dir, cache) = testing::cache();
    let ask = "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))";
    for python in testing::pythons(&cache) {
        let version = python.version;
        let exe = launcher_for(&python, Platform::WindowsArm64, &cache);
        // As `b.findProgram` gives it.
        let resolved = fs::canonicalize(&exe).unwrap();
        let suffix = format!(".cp{}-win_arm64.pyd", version.nodot());
        assert_eq!(run(&resolved, &["-c", ask]).trim(), suffix);
        let words = ["", "two words", "a\"b'c$HOME", "*"];
        let show = "import sys; print(sys.argv[1:])";
        let shown = run(&resolved, &[&["-c", show], &words[..]].concat());
        let unsaid = shown.trim().trim_start_matches('[').trim_end_matches(']');
        assert_eq!(unsaid, r#"'', 'two words', 'a"b\'c$HOME', '*'"#);
        if cfg!(windows) {
            continue;
        }
        // In the environment, whose packages it has.
        let prefix = run(&resolved, &["-c", "import sys; print(sys.prefix)"]);
        let prefix = fs::canonicalize(prefix.trim()).unwrap();
        assert!(resolved.starts_with(&prefix), "{}", prefix.display());
        let folder = resolved.parent().unwrap();
        for name in ["python", "python3", &format!("python{version}")] {
            let named = fs::canonicalize(folder.join(name)).unwrap();
            assert_eq!(run(&named, &["-c", ask]).trim(), suffix, "{name}");
            let config = folder.join(format!("{name}-config"));
            let told = run(&config, &["--extension-suffix", "--includes"]);
            assert_eq!(told, format!("{suffix}\n-I/sysroot/include\n"), "{name}");
        }
        let unknown = Command::new(folder.join("python3-config"))
            .arg("--nothing")
            .output();
        assert!(!unknown.unwrap().status.success());
    }
}

#[test]
fn the_packages_of_an_environment_are_there() {
    let (dir, cache) = testing::cache();
    for python in testing::pythons(&cache) {
        for system in [false, true] {
            let environment = dir.path().join(format!("venv-{}-{system}", python.version));
            let place = environment.display().to_string();
            let mut args = vec!["-m", "venv", "--without-pip", &place];
            if system {
                args.push("--system-site-packages");
            }
            run(&python.exe, &args);
            let exe = environment.join(if cfg!(windows) {
                "Scripts/python.exe"
            } else {
                "bin/python"
            });
            let ask = "import sysconfig; print(sysconfig.get_path('purelib'))";
            let packages = PathBuf::from(run(&exe, &["-c", ask]).trim());
            fs::write(packages.join("installed_here.py"), "answer = 42").unwrap();
            let editable = dir.path().join("editable");
            fs::create_dir_all(&editable).unwrap();
            fs::write(editable.join("edited.py"), "answer = 43").unwrap();
            fs::write(packages.join("edited.pth"), editable.to_str().unwrap()).unwrap();

            let in_environment = interpreter::query(&exe, &cache).unwrap();
            assert_eq!(in_environment.base_exe, python.base_exe);
            assert_eq!(in_environment.include, python.include);
            let launcher = launcher_for(&in_environment, Platform::LinuxAarch64, &cache);
            let import = "import installed_here, edited, importlib.util as u\n\
                print(installed_here.answer, edited.answer, bool(u.find_spec('pip')))";
            let has_pip = "import importlib.util as u; print(bool(u.find_spec('pip')))";
            let pip = run(&exe, &["-c", has_pip]);
            let found = run(&launcher, &["-c", import]);
            assert_eq!(found.trim(), format!("42 43 {}", pip.trim()));
        }
        // Without an environment, the interpreter's own.
        let launcher = launcher_for(&python, Platform::LinuxAarch64, &cache);
        let ask = "import importlib.util as u; print(bool(u.find_spec('pip')))";
        assert_eq!(run(&launcher, &["-c", ask]), run(&python.exe, &["-c", ask]));
    }
}

#[test]
fn a_launcher_is_made_once_and_another_floor_is_another_launcher() {
    let (dir, cache) = testing::cache();
    let python = testing::interpreter(dir.path());
    if cfg!(windows) {
        return testing::skipped("a launcher for a Python that is nowhere needs symbolic links");
    }
    let first = launcher_for(&python, Platform::MacosArm64, &cache);
    assert_eq!(launcher_for(&python, Platform::MacosArm64, &cache), first);
    let floor = crate::tags::Release::new(12, 0);
    let target = ZigTarget::with_floor(Platform::MacosArm64, floor).unwrap();
    let question = Question {
        python: &python,
        target,
        machine: target.machine().unwrap(),
        zig: &testing::no_zig(),
        include: Path::new("/sysroot/include"),
        lib_dir: None,
    };
    assert_ne!(launcher(&question, &cache).unwrap(), first);
    assert_eq!(question.platform(), "macosx-12.0-arm64");
    assert_eq!(soabi(".cpython-312-darwin.so"), "cpython-312-darwin");
    assert_eq!(soabi(".cp312-win_amd64.pyd"), "cp312-win_amd64");
}

#[test]
fn the_python_package_finds_the_platform_of_every_host() {
    let Some(python) = crate::sys::programs::find("python3") else {
        return testing::skipped("there is no python3");
    };
    // What `own_platform` of the package gives there.
    let hosts = Platform::ALL.map(|platform| match platform.system() {
        System::Manylinux(_, arch) => format!("linux-{}", arch.linux()),
        System::Musllinux(_, arch) => format!("musllinux-{}", arch.linux()),
        System::Macos(floor, arch) => format!("macosx-{floor}-{arch}"),
        System::Windows(arch) => arch.tag().replace('_', "-"),
    });
    let code = "import sys\n\
                sys.path.insert(0, sys.argv[1])\n\
                from pyz3_wheel._host import CROSS, wanted_platform\n\
                print(*(wanted_platform({CROSS: host}) for host in sys.argv[2:]))";
    let output = std::process::Command::new(python)
        .args([
            "-c",
            code,
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/python"),
        ])
        .args(hosts)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let found = String::from_utf8(output.stdout).unwrap();
    let found: Vec<_> = found.split_whitespace().collect();
    assert_eq!(found, Platform::ALL.map(Platform::name));
}
