//! Projects that no one here wrote, as their authors published them: two source distributions from
//! PyPI are built without a change to any file of theirs, and judged by their own tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use support::need;
use support::sdist::{comes_back, unpacked};
use support::{command, kept, pythons, run, skip, succeed, venv, venv_tool};

/// What the metadata of a wheel must have in common with that of the source distribution. The rest
/// is a matter of taste: backends sort, wrap and abbreviate differently.
const COMMON: [&str; 10] = [
    "Name",
    "Version",
    "Summary",
    "Requires-Python",
    "Requires-Dist",
    "Provides-Extra",
    "License",
    "License-Expression",
    "License-File",
    "Description-Content-Type",
];

/// A source distribution, unpacked for one test.
struct Sdist {
    _folder: TempDir,
    root: PathBuf,
    pyproject: toml::Table,
}

impl Sdist {
    /// Fetches a release with pip, once, and unpacks it. `None`, with a message, if pip cannot download it.
    fn get(name: &str, version: &str) -> Option<Self> {
        let archive = kept("sdists").join(format!("{name}-{version}.tar.gz"));
        let lock = support::shared::lock(&archive.with_extension("lock"));
        if !archive.exists() {
            download(name, version, &archive)?;
        }
        drop(lock);
        let folder = tempfile::tempdir().unwrap();
        succeed(
            Command::new("python3")
                .args(["-m", "tarfile", "-e"])
                .args([&archive, folder.path()]),
        );
        let root = folder.path().join(format!("{name}-{version}"));
        let pyproject = fs::read_to_string(root.join("pyproject.toml"))
            .unwrap()
            .parse()
            .unwrap();
        Some(Self {
            _folder: folder,
            root,
            pyproject,
        })
    }

    /// A value of its pyproject.toml.
    #[track_caller]
    fn setting(&self, keys: &[&str]) -> toml::Value {
        let mut value = toml::Value::Table(self.pyproject.clone());
        for key in keys {
            value = value
                .get(key)
                .unwrap_or_else(|| panic!("pyproject.toml has no {keys:?}"))
                .clone();
        }
        value
    }

    /// A list of strings in its pyproject.toml.
    fn list(&self, keys: &[&str]) -> Vec<String> {
        self.setting(keys).try_into().unwrap()
    }

    /// The command that its author has run against each wheel.
    fn test_command(&self) -> String {
        let text: String = self
            .setting(&["tool", "cibuildwheel", "test-command"])
            .try_into()
            .unwrap();
        text.replace("{project}", self.root.to_str().unwrap())
    }

    /// Builds it with these arguments, sees that nothing of it was changed, that the wheels are
    /// these and no others, and that their metadata is the author's.
    #[track_caller]
    fn builds(&self, args: &[&str], wheels: &[String]) -> Built {
        let before = self.hashes();
        let folder = tempfile::tempdir().unwrap();
        let ran = run(command()
            .args(args)
            .args(["--format", "json", "--project"])
            .arg(&self.root)
            .arg("--output-dir")
            .arg(folder.path()))
        .exits(0);
        assert_eq!(ran.json()["failures"].as_array().map(Vec::len), Some(0));
        assert_eq!(self.hashes(), before, "the build changed the project");

        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let mut expected = wheels.to_vec();
        expected.sort();
        assert_eq!(names, expected);

        let published = common(&fs::read(self.root.join("PKG-INFO")).unwrap());
        let built = Built { folder };
        for name in &names {
            assert_eq!(common(&built.metadata(name)), published, "{name}");
        }
        built
    }

    /// Each file of the project and the hash of it, but for the folder that is ours.
    fn hashes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        walkdir::WalkDir::new(&self.root)
            .into_iter()
            .filter_entry(|entry| entry.file_name() != ".pyz3-wheel")
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let hash = Sha256::digest(fs::read(entry.path()).unwrap());
                (entry.into_path(), hash.to_vec())
            })
            .collect()
    }
}

/// The wheels of one project.
struct Built {
    folder: TempDir,
}

impl Built {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The METADATA file of a wheel.
    fn metadata(&self, name: &str) -> Vec<u8> {
        let mut zip = zip::ZipArchive::new(fs::File::open(self.path(name)).unwrap()).unwrap();
        let metadata = zip
            .file_names()
            .map(Result::unwrap)
            .find(|name| name.ends_with(".dist-info/METADATA"))
            .unwrap()
            .into_owned();
        let mut bytes = Vec::new();
        std::io::copy(&mut zip.by_name(&metadata).unwrap(), &mut bytes).unwrap();
        bytes
    }

    /// Installs a wheel, in place of an earlier one, into a virtual environment that has what it
    /// depends on; no index is asked, so its metadata must ask for no more than that.
    #[track_caller]
    fn install(&self, wheel: &str, bin: &Path) {
        let pip = || {
            let mut pip = Command::new(bin.join("python"));
            pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
            pip
        };
        let name = wheel.split('-').next().unwrap();
        succeed(pip().args(["uninstall", "--yes", name]));
        succeed(pip().args(["install", "--no-index"]).arg(self.path(wheel)));
    }
}

/// The headers that two metadata files are compared by, with their sorted values.
fn common(metadata: &[u8]) -> BTreeMap<&'static str, Vec<String>> {
    let (headers, _) = mailparse::parse_headers(metadata).unwrap();
    COMMON
        .into_iter()
        .map(|name| {
            let values = headers.iter().filter(|header| header.get_key_ref() == name);
            let mut values: Vec<_> = values.map(mailparse::MailHeader::get_value).collect();
            values.sort();
            (name, values)
        })
        .collect()
}

/// Gets a source distribution through pip, so that the user's index settings hold.
///
/// pip asks the build backend for the metadata of all that it downloads, and hatchling's answer to
/// pip is to build the wheel. So the backends that pip gets to see are stand-ins.
fn download(name: &str, version: &str, archive: &Path) -> Option<()> {
    let bin = venv_tool(&[])?;
    let folder = tempfile::tempdir_in(archive.parent().unwrap()).unwrap();
    let backends = folder.path().join("backends");
    for module in ["setuptools/build_meta.py", "hatchling/build.py"] {
        let path = backends.join(module);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path.with_file_name("__init__.py"), "").unwrap();
        fs::write(path, BACKEND).unwrap();
    }
    let pip = Command::new(bin.join("python"))
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args([
            "--no-deps",
            "--no-binary",
            ":all:",
            "--no-build-isolation",
            "--dest",
        ])
        .arg(folder.path())
        .arg(format!("{name}=={version}"))
        .env("PYTHONPATH", backends)
        .output()
        .unwrap();
    if !pip.status.success() {
        let said = String::from_utf8_lossy(&pip.stderr);
        skip(&format!(
            "pip cannot download the source of {name} {version}: {said}"
        ));
        return None;
    }
    fs::rename(folder.path().join(archive.file_name().unwrap()), archive).unwrap();
    Some(())
}

/// A build backend whose metadata is that of the source distribution.
const BACKEND: &str = "\
import email
import os
import shutil


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    with open('PKG-INFO', encoding='utf-8') as file:
        project = email.message_from_file(file)
    folder = f\"{project['Name']}-{project['Version']}.dist-info\"
    os.mkdir(os.path.join(metadata_directory, folder))
    shutil.copy('PKG-INFO', os.path.join(metadata_directory, folder, 'METADATA'))
    return folder


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise NotImplementedError
";

/// Runs a project's test command as its author's CI does: by a shell, with the environment's
/// programs first, and from a folder without the project's sources.
#[track_caller]
fn tests_pass(test_command: &str, bin: &Path) -> String {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut path = vec![bin.to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let (shell, flag) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    succeed(
        Command::new(shell)
            .args([flag, test_command])
            .current_dir(elsewhere.path())
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env_remove("PYTHONPATH"),
    )
}

/// Sees that the package comes from the virtual environment.
#[track_caller]
fn comes_from(package: &str, bin: &Path) {
    let python = bin.join("python");
    let script = format!(
        "import {package}, sys; assert {package}.__file__.startswith(sys.prefix), {package}.__file__"
    );
    succeed(Command::new(python).args(["-I", "-c", &script]));
}

/// The platform tags of the wheels, by the names of the platforms. The oldest macOS on x86-64 is the one
/// that the project's table for cibuildwheel has as its deployment target.
fn platform_tag(platform: &str, oldest_macos: &'static str) -> &'static str {
    match platform {
        "linux-x86_64" => "manylinux2014_x86_64.manylinux_2_17_x86_64",
        "linux-aarch64" => "manylinux2014_aarch64.manylinux_2_17_aarch64",
        "macos-x86_64" => oldest_macos,
        "macos-arm64" => "macosx_11_0_arm64",
        "windows-x64" => "win_amd64",
        other => panic!("{other}"),
    }
}

const PLATFORMS: [&str; 5] = [
    "linux-x86_64",
    "linux-aarch64",
    "macos-x86_64",
    "macos-arm64",
    "windows-x64",
];

/// What is promised of zttp.
const ZTTP_PLATFORMS: [&str; 4] = [
    "linux-x86_64",
    "linux-aarch64",
    "macos-x86_64",
    "macos-arm64",
];

/// This machine's platform, if there is a wheel for it among those of the tests.
fn here() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x86_64"),
        ("linux", "aarch64") => Some("linux-aarch64"),
        ("macos", "x86_64") => Some("macos-x86_64"),
        ("macos", "aarch64") => Some("macos-arm64"),
        ("windows", "x86_64") => Some("windows-x64"),
        _ => None,
    }
}

/// A cffi library without a word of ours in its pyproject.toml: five wheels for every Python.
#[test]
fn zcidr_gives_five_wheels_and_passes_its_own_tests() {
    let sdist = need!(Sdist::get("zcidr", "0.0.2"), "zcidr is not available");
    let wheel = |platform: &str| {
        format!(
            "zcidr-0.0.2-py3-none-{}.whl",
            platform_tag(platform, "macosx_10_13_x86_64")
        )
    };
    // 3.11 if it is here: the packages that its tests need have wheels for it.
    let mut admitted = pythons().iter().filter(|(version, _)| *version != "3.9");
    let found = pythons()
        .get_key_value("3.11")
        .or_else(|| admitted.next_back());
    let (version, python) = need!(found, "zcidr needs CPython 3.10 or later");
    let built = sdist.builds(
        &["--all-platforms", "--python", version],
        &PLATFORMS.map(wheel),
    );

    let platform = need!(here(), "no wheel of zcidr is for this machine");
    let mut needed = sdist.list(&["project", "dependencies"]);
    needed.extend(sdist.list(&["tool", "cibuildwheel", "test-requires"]));
    let needed: Vec<_> = needed.iter().map(String::as_str).collect();
    let bin = need!(
        venv(python, &needed),
        "what zcidr's tests need is not available"
    );
    built.install(&wheel(platform), &bin);
    comes_from("zcidr", &bin);
    let said = tests_pass(&sdist.test_command(), &bin);
    assert!(said.contains(" passed"), "{said}");
    assert!(!said.contains(" failed"), "{said}");
}

/// An extension module on the limited API and a ctypes library in one package, which hatch names.
#[test]
fn secretsweeper_gives_five_wheels_and_masks_secrets() {
    let sdist = need!(
        Sdist::get("secretsweeper", "0.2.0"),
        "secretsweeper is not available"
    );
    let found = pythons().get("3.11");
    let python = need!(
        found,
        "secretsweeper is tried with CPython 3.11, which is not here"
    );
    let wheel = |platform: &str| {
        format!(
            "secretsweeper-0.2.0-cp311-cp311-{}.whl",
            platform_tag(platform, "macosx_10_9_x86_64")
        )
    };
    let args = ["--all-platforms", "--python", "3.11"];
    let built = sdist.builds(&args, &PLATFORMS.map(wheel));
    let platform = need!(here(), "no wheel of secretsweeper is for this machine");
    let bin = need!(venv(python, &[]), "a virtual environment cannot be made");
    built.install(&wheel(platform), &bin);
    comes_from("secretsweeper", &bin);
    let script = "import secretsweeper, secretsweeper._native\n\
        print(secretsweeper.mask(b'my secret is out', [b'secret']))";
    let said = succeed(Command::new(bin.join("python")).args(["-I", "-c", script]));
    assert!(said.contains("my ****** is out"), "{said}");
}

/// What is made of a published sdist has its files and its metadata, and can be made again of itself.
#[test]
fn sdists_of_published_projects_hold_what_their_authors_published() {
    for (name, version) in [("zcidr", "0.0.2"), ("zttp", "0.0.35")] {
        let theirs = need!(
            Sdist::get(name, version),
            &format!("the sdist of {name} is not available")
        );
        let output = tempfile::tempdir().unwrap();
        run(command()
            .args(["sdist", "--project"])
            .arg(&theirs.root)
            .arg("-o")
            .arg(output.path()))
        .exits(0);
        let ours = output.path().join(format!("{name}-{version}.tar.gz"));
        let (_folder, root) = unpacked(&ours);
        let hashes = |root: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
            let files = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
            files
                .filter(|entry| entry.file_type().is_file())
                .map(|entry| {
                    let below = entry.path().strip_prefix(root).unwrap().to_owned();
                    (
                        below,
                        Sha256::digest(fs::read(entry.path()).unwrap()).to_vec(),
                    )
                })
                .filter(|(path, _)| path != Path::new("PKG-INFO"))
                .collect()
        };
        assert_eq!(hashes(&root), hashes(&theirs.root), "{name}");
        let info = |root: &Path| common(&fs::read(root.join("PKG-INFO")).unwrap());
        assert_eq!(info(&root), info(&theirs.root), "{name}");
        comes_back(&ours);
    }
}

/// An extension on the full C API that installs itself into its source tree, its version told by
/// PKG-INFO alone: a wheel for each Python, and for each other platform in the newest.
#[test]
fn zttp_gives_a_wheel_for_each_python_and_answers_its_test_command() {
    let sdist = need!(Sdist::get("zttp", "0.0.35"), "zttp is not available");
    let wanted = ["3.11", "3.12", "3.13"];
    let pythons: Vec<_> = wanted
        .iter()
        .filter_map(|version| pythons().get_key_value(*version))
        .collect();
    for version in wanted
        .iter()
        .filter(|wanted| pythons.iter().all(|(found, _)| found != *wanted))
    {
        skip(&format!("zttp for CPython {version}, which is not here"));
    }
    let Some((newest, _)) = pythons.last() else {
        return;
    };
    let platform = need!(
        here().filter(|here| ZTTP_PLATFORMS.contains(here)),
        "no wheel of zttp is for this machine"
    );
    let wheel = |platform: &str, version: &str| {
        let tag = format!("cp{}", version.replace('.', ""));
        format!(
            "zttp-0.0.35-{tag}-{tag}-{}.whl",
            platform_tag(platform, "macosx_11_0_x86_64")
        )
    };
    let others = ZTTP_PLATFORMS
        .into_iter()
        .filter(|other| *other != platform);
    let mut args = vec!["--python", newest];
    args.extend(others.clone().flat_map(|other| ["--platform", other]));
    let wheels: Vec<_> = others.map(|other| wheel(other, newest)).collect();
    sdist.builds(&args, &wheels);

    let mut args = vec!["--platform", platform];
    for (version, _) in &pythons {
        args.extend(["--python", version]);
    }
    let wheels = pythons.iter().map(|(version, _)| wheel(platform, version));
    let built = sdist.builds(&args, &wheels.collect::<Vec<_>>());

    let needed = sdist.list(&["project", "dependencies"]);
    let needed: Vec<_> = needed.iter().map(String::as_str).collect();
    for (version, python) in pythons {
        let bin = need!(venv(python, &needed), "what zttp needs is not available");
        built.install(&wheel(platform, version), &bin);
        comes_from("zttp", &bin);
        tests_pass(&sdist.test_command(), &bin);
    }
}
