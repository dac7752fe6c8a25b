//! Which Zig is installed: a known release only with its published hash, and never an sdist.
//!
//! Each case has an index, a folder of wheels or settings of its own, so nothing comes from the
//! network.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use support::need;
use support::{command, fresh_venv, project, run, succeed, venv_tool};

/// A version of Zig that was never published.
const UNKNOWN: &str = "0.15.99";

const PYPROJECT: &str =
    "[project]\nname = \"tiny\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\nabi = \"none\"\n";

/// Makes a package ziglang in a folder: as a wheel with a build tag in `wheels`, as the same wheel in the
/// index `simple`, and as an sdist in `sdists`. A package that runs leaves a file `ran-…` in the folder.
const ZIGLANG: &str = r##"
import io, pathlib, sys, tarfile, zipfile
version, folder = sys.argv[1], pathlib.Path(sys.argv[2])
for name in ("wheels", "simple/ziglang", "sdists"):
    (folder / name).mkdir(parents=True, exist_ok=True)
metadata = f"Metadata-Version: 2.1\nName: ziglang\nVersion: {version}\n"
filename = f"ziglang-{version}-1-py3-none-any.whl"
with zipfile.ZipFile(folder / "wheels" / filename, "w") as wheel:
    def write(name, text, mode=0o644):
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o100000 | mode) << 16
        wheel.writestr(info, text)
    write("ziglang/__init__.py", "")
    write("ziglang/zig", f"#!/bin/sh\n: > {folder}/ran-wheel\necho {version}\n", 0o755)
    about = f"ziglang-{version}.dist-info"
    write(f"{about}/METADATA", metadata)
    write(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    write(f"{about}/RECORD", "")
(folder / "simple/ziglang" / filename).write_bytes((folder / "wheels" / filename).read_bytes())
(folder / "simple/ziglang/index.html").write_text(f'<a href="{filename}">{filename}</a>')
with tarfile.open(folder / f"sdists/ziglang-{version}.tar.gz", "w:gz") as sdist:
    for name, text in {
        "PKG-INFO": metadata,
        "pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n",
        "own.py": f"open('{folder}/ran-sdist', 'w')\n",
    }.items():
        info = tarfile.TarInfo(f"ziglang-{version}/{name}")
        info.size = len(text)
        sdist.addfile(info, io.BytesIO(text.encode()))
"##;

fn make_ziglang(python: &Path, version: &str, folder: &Path) {
    let mut make = Command::new(python);
    succeed(make.args(["-I", "-c", ZIGLANG, version]).arg(folder));
}

/// `doctor --fix`, which installs a Zig into a cache, without settings of pip and uv and with only `path`
/// on PATH.
fn doctor_fix(zig: &str, path: &Path, environment: &Path, cache: &Path) -> Command {
    let mut doctor = command();
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("PIP_") || name.starts_with("UV_") {
            doctor.env_remove(&*name);
        }
    }
    doctor
        .args([
            "doctor",
            "--fix",
            "--format",
            "json",
            "--project",
            "project",
        ])
        .env("PATH", path)
        .env("VIRTUAL_ENV", environment)
        .env("UV_CACHE_DIR", cache.join("uv"))
        .env("PYZ3_WHEEL_CACHE_DIR", cache)
        .env("PYZ3_WHEEL_ZIG_VERSION", zig);
    doctor
}

#[test]
fn a_false_ziglang_of_a_known_version_is_refused_before_it_runs() {
    let uv = need!(venv_tool(&["uv"]), "uv cannot be had").join("uv");
    let (with_pip, python) = fresh_venv(Path::new("python3"));
    let here = project(&[("project/pyproject.toml", PYPROJECT)]);
    make_ziglang(&python, "0.15.2", here.path());
    let path = |name: &str| format!("{}/{name}", here.path().display());
    let index = format!("file://{}", path("simple"));
    let wheel = "wheels/ziglang-0.15.2-1-py3-none-any.whl";
    let setting = format!(
        "override-dependencies = [\"ziglang @ file://{}\"]\n",
        path(wheel)
    );
    std::fs::write(path("override.toml"), setting).unwrap();

    // An environment that has uv in place of pip.
    let mut venv = Command::new("python3");
    succeed(venv.args(["-m", "venv", "--without-pip", &path("bare")]));
    std::os::unix::fs::symlink(uv, path("bare/bin/uv")).unwrap();
    let bare = here.path().join("bare");
    let is_not_published = "for ziglang 0.15.2 is not the published one";
    for (environment, variables, says) in [
        (
            with_pip.path(),
            &[("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", &path("wheels"))][..],
            is_not_published,
        ),
        (
            with_pip.path(),
            &[("PIP_INDEX_URL", &index)],
            is_not_published,
        ),
        (
            with_pip.path(),
            &[
                ("PIP_NO_INDEX", "1"),
                ("PIP_FIND_LINKS", &path("sdists")),
                ("PIP_NO_BINARY", ":all:"),
            ],
            "No matching distribution",
        ),
        (
            &bare,
            &[("UV_INDEX_URL", &index), ("UV_NO_VERIFY_HASHES", "1")],
            is_not_published,
        ),
        (
            &bare,
            &[
                ("UV_INDEX_URL", &index),
                ("UV_CONFIG_FILE", &path("override.toml")),
            ],
            "settings replace ziglang 0.15.2",
        ),
    ] {
        let cache = tempfile::tempdir().unwrap();
        let mut doctor = doctor_fix(
            "0.15.2",
            &environment.join("bin"),
            environment,
            cache.path(),
        );
        let ran = run(doctor
            .current_dir(here.path())
            .envs(variables.iter().copied()));
        assert!(ran.stdout.contains(says), "{variables:?}: {ran:#?}");
        assert!(ran.json()["zig"].is_null(), "{variables:?}: {ran:#?}");
        for left in ["ran-wheel", "ran-sdist"] {
            assert!(!here.path().join(left).exists(), "{left}: {variables:?}");
        }
        assert!(!cache.path().join("zig/0.15.2").exists(), "{variables:?}");
    }
}

#[test]
fn the_settings_of_pip_mean_what_they_mean_where_the_user_stands() {
    let (environment, python) = fresh_venv(Path::new("python3"));
    let here = project(&[
        ("constraints.txt", "ziglang==0.15.99\n"),
        ("others.txt", "ziglang!=0.15.99\n"),
        ("wheels/readme", ""),
        (
            "pip.conf",
            "[global]\nno-index = true\nfind-links = wheels\n\
             [install]\nprefix = /nowhere\nuser = true\ndry-run = true\n",
        ),
        // Python and pip must not import these.
        (
            "json.py",
            "raise SystemExit('json.py of the current folder')\n",
        ),
        (
            "runpy.py",
            "raise SystemExit('runpy.py of the current folder')\n",
        ),
        (
            "pip/__init__.py",
            "raise SystemExit('pip of the current folder')\n",
        ),
        ("project/pyproject.toml", PYPROJECT),
    ]);
    let path = |name: &str| here.path().join(name);
    make_ziglang(&python, UNKNOWN, here.path());
    let fetched = |variables: &[(&str, &str)]| {
        let cache = tempfile::tempdir().unwrap();
        let path = python.parent().unwrap();
        let mut doctor = doctor_fix(UNKNOWN, path, environment.path(), cache.path());
        let ran = run(doctor
            .current_dir(here.path())
            .envs(variables.iter().copied()));
        let zig = ran.json()["zig"]["version"].as_str().map(str::to_owned);
        (zig, ran)
    };
    let no_index = ("PIP_NO_INDEX", "1");
    let links = ("PIP_FIND_LINKS", "wheels");
    let elsewhere = path("elsewhere");
    let elsewhere = elsewhere.to_str().unwrap();
    for variables in [
        &[no_index, links, ("PIP_CONSTRAINT", "constraints.txt")][..],
        &[("PIP_CONFIG_FILE", "pip.conf")],
        &[
            no_index,
            links,
            ("PIP_PREFIX", elsewhere),
            ("PIP_ROOT", elsewhere),
        ],
        &[
            no_index,
            links,
            ("PIP_DRY_RUN", "1"),
            ("PIP_USER", "1"),
            ("PIP_TARGET", elsewhere),
        ],
        &[
            no_index,
            links,
            ("PIP_REQUIREMENT", "none.txt"),
            ("PIP_PLATFORM", "win_amd64"),
        ],
    ] {
        let (zig, ran) = fetched(variables);
        assert_eq!(zig.as_deref(), Some(UNKNOWN), "{variables:?}: {ran:#?}");
    }
    assert!(!path("elsewhere").exists());
    let (zig, ran) = fetched(&[no_index, links, ("PIP_CONSTRAINT", "others.txt")]);
    assert_eq!(zig, None, "the constraint is ignored: {ran:#?}");
}
