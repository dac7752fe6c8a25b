//! The package as pip, uv and pipx install it from a local index, and what works from there.

use std::path::Path;
use std::process::Command;

use super::{NO_PACKAGE, environment, example, offline, wheelhouse};
use support::{need, programs, run, succeed};

/// The command itself, and the module in the Python that it was installed for.
#[track_caller]
fn works(bin: &Path, python: &Path) {
    let expected = format!("pyz3-wheel {}\n", env!("CARGO_PKG_VERSION"));
    let command = &mut Command::new(bin.join("pyz3-wheel"));
    assert_eq!(succeed(command.arg("--version")), expected);
    let module = &mut Command::new(python);
    let module = module.args(["-m", "pyz3_wheel", "--version"]);
    assert_eq!(succeed(module), expected);
}

/// The Pythons with a GIL, which are the five that most people have.
fn pythons() -> impl Iterator<Item = (&'static str, &'static Path)> {
    let pythons = support::pythons().iter();
    let pythons = pythons.filter(|(version, _)| !version.ends_with('t'));
    pythons.map(|(version, exe)| (version.as_str(), exe.as_path()))
}

#[test]
fn pip_uv_and_pipx_install_the_command_which_develops_in_other_environments() {
    need!(wheelhouse(), NO_PACKAGE);
    let tools = need!(
        support::venv_tool(&["uv", "pipx"]),
        "installing the package by uv tool install and pipx"
    );
    let uv = tools.join("uv");
    for (version, python) in pythons() {
        let (_environment, bin) = environment(python);
        works(&bin, &bin.join("python"));

        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let mut install = offline(&uv);
        install
            .args(["tool", "install", "--quiet", "--python"])
            .arg(python)
            .arg("pyz3-wheel")
            .env("UV_CACHE_DIR", at("uv-cache"))
            .env("UV_TOOL_DIR", at("uv"))
            .env("UV_TOOL_BIN_DIR", at("uv-bin"));
        succeed(&mut install);
        let of_tool = programs(&at("uv/pyz3-wheel")).join("python");
        works(&at("uv-bin"), &of_tool);

        let mut install = offline(tools.join("pipx"));
        install
            .args(["install", "--quiet", "--python"])
            .arg(python)
            .arg("pyz3-wheel")
            .env("UV_CACHE_DIR", at("uv-cache"))
            .env("PIPX_HOME", at("pipx"))
            .env("PIPX_BIN_DIR", at("pipx-bin"));
        succeed(&mut install);
        let of_pipx = programs(&at("pipx/venvs/pyz3-wheel")).join("python");
        works(&at("pipx-bin"), &of_pipx);

        // Into an environment without pyz3-wheel and, as uv makes it, without pip.
        let venv = at("venv");
        let mut create = offline(&uv);
        succeed(
            create
                .args(["venv", "--quiet", "--python"])
                .arg(python)
                .arg(&venv),
        );
        let project = example("hello");
        let mut develop = offline(at("uv-bin").join("pyz3-wheel"));
        develop
            .env("PATH", super::path_with(&tools))
            .args(["develop", "--project"])
            .arg(project.path())
            .arg("--venv")
            .arg(&venv);
        run(&mut develop)
            .exits(0)
            .says("installed hello 0.1.0 in editable mode")
            .says(&format!("(Python {version}."));
        let mut greet = offline(programs(&venv).join("python"));
        greet.args(["-c", "import hello; print(hello.greet('Zig'))"]);
        let greeted = run(greet.current_dir(home.path())).exits(0);
        assert_eq!(greeted.stdout, "Hello, Zig!\n");
    }
}
