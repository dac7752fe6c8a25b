//! Editable installs and the interface where something is unusual: many processes at once, nothing
//! that could build, folders and names of all kinds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::editable::{develop, editable_hello, installed, python, says};
use super::{NO_PACKAGE, environment, example, offline, shared_environment, tried, wheelhouse};
use support::need;
use support::run;

const GREET: &str = "import hello; print(hello.greet('Zig'))";

#[test]
fn many_processes_import_a_changed_project_at_once() {
    let (_environment, bin, project) = need!(editable_hello(), NO_PACKAGE);
    let source = project.path().join("src/native.zig");
    let text = std::fs::read_to_string(&source).unwrap();
    for word in ["Hail, ", "Hi, "] {
        std::fs::write(&source, text.replace("Hello, ", word)).unwrap();
        let importers: Vec<_> = std::iter::repeat_with(|| {
            let mut command = python(&bin);
            command.current_dir("/").args(["-c", GREET]);
            let pipes = command.stdout(Stdio::piped()).stderr(Stdio::piped());
            pipes.spawn().unwrap()
        })
        .take(8)
        .collect();
        for importer in importers {
            let output = importer.wait_with_output().unwrap();
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                format!("{word}Zig!\n"),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    // What earlier builds left is gone but for one that may be in use.
    let kept = project.path().join(".pyz3-wheel/editable");
    let folders = walkdir::WalkDir::new(kept).into_iter().flatten();
    let natives =
        folders.filter(|entry| entry.file_name().to_string_lossy().starts_with("native-"));
    assert!(natives.count() <= 2);
}

#[test]
fn where_nothing_can_be_built_the_last_build_is_imported() {
    let (_environment, bin, project) = need!(editable_hello(), NO_PACKAGE);
    let mut import = python(&bin);
    import
        .current_dir("/")
        .env(
            "PYZ3_WHEEL_CACHE_DIR",
            project.path().join("build.zig/nowhere"),
        )
        .args(["-c", GREET]);
    let ran = run(&mut import).exits(0);
    assert_eq!(ran.stdout, "Hello, Zig!\n");
    ran.says("could not be built anew").says("nowhere");

    // Where it was installed by a version that knew less, or more.
    let site = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let site = says(&bin, site).exits(0).stdout;
    let finder = Path::new(site.trim_end()).join("_editable_hello.py");
    let text = std::fs::read_to_string(&finder).unwrap();
    std::fs::write(
        &finder,
        text.replace("'arguments':", "'later': 1, 'arguments':"),
    )
    .unwrap();
    says(&bin, GREET).exits(0);
    std::fs::write(&finder, text.replace("'arguments':", "'others':")).unwrap();
    says(&bin, GREET)
        .exits(1)
        .says("installed by another version of pyz3-wheel; install it again");
    std::fs::write(&finder, text).unwrap();

    let elsewhere = project.path().with_extension("moved");
    std::fs::rename(project.path(), &elsewhere).unwrap();
    let ran = says(&bin, GREET);
    std::fs::rename(&elsewhere, project.path()).unwrap();
    ran.exits(1).says("is no longer there; install it again");
}

#[test]
fn a_broken_project_of_a_namespace_leaves_its_siblings_alone() {
    need!(wheelhouse(), NO_PACKAGE);
    let (_, exe) = *tried().last().unwrap();
    let (_environment, bin) = environment(exe);
    let member = |name: &str| {
        let project = example("hello");
        let sources = project.path().join("src");
        let package = sources.join("corp").join(name);
        std::fs::create_dir(sources.join("corp")).unwrap();
        std::fs::rename(sources.join("hello"), &package).unwrap();
        let init = package.join("__init__.py");
        let text = std::fs::read_to_string(&init).unwrap();
        std::fs::write(init, text.replace("from hello import", "from . import")).unwrap();
        let file = project.path().join("pyproject.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text
            .replace("name = \"hello\"", &format!("name = \"corp-{name}\""))
            .replace("hello._native", &format!("corp.{name}._native"))
            .replace("hello.__main__", &format!("corp.{name}.__main__"));
        std::fs::write(file, text).unwrap();
        installed(&bin, &project);
        project
    };
    let (_alpha, beta) = (member("alpha"), member("beta"));
    let both = "import corp.alpha, corp.beta; print(corp.alpha.greet('a') + corp.beta.greet('b'))";
    assert_eq!(says(&bin, both).exits(0).stdout, "Hello, a!Hello, b!\n");
    std::fs::write(beta.path().join("src/native.zig"), "this is no Zig").unwrap();
    let alpha = "import corp.alpha; print(corp.alpha.greet('a'))";
    assert_eq!(says(&bin, alpha).exits(0).stdout, "Hello, a!\n");
    let ran = says(&bin, "import corp.beta").exits(1);
    assert_eq!(
        ran.stderr.matches("native.zig:1").count(),
        1,
        "{}",
        ran.stderr
    );
}

/// Until 3.12 Python reads `.pth` files in the encoding of the locale.
#[test]
fn folders_may_have_names_that_an_old_python_reads_in_the_locale() {
    need!(wheelhouse(), NO_PACKAGE);
    let old = support::pythons().get("3.12").map(PathBuf::as_path);
    let newest = tried().last().map(|(_, exe)| *exe);
    for exe in old.into_iter().chain(newest) {
        let (_environment, bin) = environment(exe);
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("sp ä 日本");
        support::copy_tree(example("hello").path(), &project);
        let utf8 = [("LC_ALL", "C.UTF-8"), ("PYTHONUTF8", "1")];
        let c = [("LC_ALL", "C"), ("LANG", "C")];
        for installed_in in [utf8, c] {
            let mut pip = python(&bin);
            pip.args("-m pip install --quiet --no-build-isolation --editable".split(' '));
            run(pip.arg(&project).envs(installed_in)).exits(0);
            for locale in [utf8, c] {
                let mut import = python(&bin);
                let ran = run(import.current_dir("/").envs(locale).args(["-c", GREET])).exits(0);
                assert_eq!(ran.stdout, "Hello, Zig!\n");
            }
        }
    }
}

#[test]
fn an_editable_install_is_for_the_python_that_imports_it() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    let refused = |settings: &str, variables: &[(&str, &str)]| {
        let code = format!(
            "import pyz3_wheel, tempfile; pyz3_wheel.build_editable(tempfile.mkdtemp(), {settings})"
        );
        let mut hook = offline(bin.join("python"));
        hook.current_dir(project.path()).args(["-c", &code]);
        run(hook.envs(variables.iter().copied())).exits(2)
    };
    refused("{'platform': 'macos-arm64'}", &[]).says("-C platform: an editable install is for");
    refused("{'python': '3.11'}", &[]).says("-C python: an editable install is for");
    refused("None", &[("_PYTHON_HOST_PLATFORM", "macosx-11.0-arm64")])
        .says("the environment asks for macos-arm64");
    refused("{'args': '--help'}", &[]).says("`--help` in -C args builds nothing");
}

#[test]
fn a_folder_that_may_not_be_written_is_told_without_a_traceback() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    std::fs::write(project.path().join(".pyz3-wheel"), "no folder").unwrap();
    let mut hook = offline(bin.join("python"));
    hook.current_dir(project.path()).args([
        "-c",
        "import pyz3_wheel, tempfile; pyz3_wheel.build_editable(tempfile.mkdtemp())",
    ]);
    let ran = run(&mut hook).exits(1);
    assert!(!ran.stderr.contains("Traceback"), "{}", ran.stderr);
    ran.says("error: ").says(".pyz3-wheel");
}

#[test]
fn develop_heeds_the_general_options() {
    need!(wheelhouse(), NO_PACKAGE);
    let (_, exe) = *tried().last().unwrap();
    let (_environment, bin) = environment(exe);
    let project = example("hello");
    let with = |options: &[&str]| run(develop(&bin, project.path()).args(options));
    with(&["--zig", "/no/zig"]).exits(2).says("/no/zig");
    let ran = with(&["--optimize", "Fastest"]).exits(2);
    assert_eq!(ran.stderr.matches("Fastest").count(), 1, "{}", ran.stderr);
    let ran = with(&["--quiet"]).exits(0);
    assert!(!ran.stderr.contains("hello-0.1.0-"), "{}", ran.stderr);
}

#[test]
fn develop_gives_one_document_of_what_was_installed_or_of_why_it_was_not() {
    need!(wheelhouse(), NO_PACKAGE);
    let (_, exe) = *tried().last().unwrap();
    let (environment, bin) = environment(exe);
    let project = example("hello");
    let with = |options: &[&str]| {
        let mut command = develop(&bin, project.path());
        run(command.args(["--format", "json"]).args(options))
    };
    for (options, message) in [
        (["--optimize", "Fastest"], "Fastest"),
        (["--zig", "/no/zig"], "/no/zig"),
        (["--zig-version", "0.16.0\" --help"], "--help"),
    ] {
        let ran = with(&options).exits(2);
        let document = ran.json();
        assert_eq!(document["error"]["kind"], "config", "{document:#}");
        assert_eq!(document["exit_code"], 2, "{document:#}");
        assert!(
            document["error"]["problems"].to_string().contains(message),
            "{document:#}"
        );
        assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
    }
    for work in ["installed", "unchanged"] {
        let document = with(&[]).exits(0).json();
        for (key, value) in [("name", "hello"), ("version", "0.1.0"), ("work", work)] {
            assert_eq!(document[key], value, "{document:#}");
        }
        let path = |key: &str| PathBuf::from(document[key].as_str().unwrap());
        let real = |path: &Path| path.canonicalize().unwrap();
        assert_eq!(real(&path("project")), real(project.path()));
        assert_eq!(real(&path("environment")), real(environment.path()));
    }
    std::fs::write(project.path().join("src/native.zig"), "this is no Zig").unwrap();
    let document = with(&[]).exits(1).json();
    assert_eq!(document["error"]["kind"], "build", "{document:#}");
}

#[test]
fn a_project_that_asks_for_several_wheels_is_refused_before_one_is_built() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    let code = "from pyz3_wheel import *\n\
                try:\n    WheelBuilder().build()\n\
                except Pyz3WheelError as error:\n    print(error)\n\
                print(WheelBuilder().build(BuildConfig(target_platform='linux-x86_64')).name)";
    let mut command: Command = offline(bin.join("python"));
    command
        .current_dir(project.path())
        .env("PYZ3_WHEEL_ALL_PLATFORMS", "1")
        .env("PYZ3_WHEEL_DRY_RUN", "1");
    let ran = run(command.args(["-c", code])).exits(0);
    let (refusal, wheel) = ran.stdout.trim_end().split_once('\n').unwrap();
    assert!(
        refusal.contains("describe 5 wheels") && refusal.contains("windows-x64-"),
        "{refusal}"
    );
    assert!(wheel.ends_with("manylinux_2_17_x86_64.whl"), "{wheel}");
    let left = std::fs::read_dir(project.path().join("dist")).unwrap();
    assert_eq!(left.count(), 1);
}

#[test]
fn uv_builds_anew_what_has_changed() {
    need!(wheelhouse(), NO_PACKAGE);
    let tool = need!(support::venv_tool(&["uv"]), "uv sync and uv run");
    let (_, exe) = *tried().last().unwrap();
    let project = example("hello");
    let uv = |arguments: &[&str]| {
        let mut uv = offline(tool.join("uv"));
        uv.current_dir(project.path())
            .env("UV_PYTHON", exe)
            .env("UV_CACHE_DIR", project.path().join(".uv-cache"));
        run(uv.args(arguments)).exits(0).stdout
    };
    uv(&["sync"]);
    let greet = ["run", "python", "-c", GREET];
    assert_eq!(uv(&greet), "Hello, Zig!\n");
    let source = project.path().join("src/native.zig");
    let text = std::fs::read_to_string(&source).unwrap();
    std::fs::write(&source, text.replace("Hello, ", "Hail, ")).unwrap();
    assert_eq!(uv(&greet), "Hail, Zig!\n");
}
