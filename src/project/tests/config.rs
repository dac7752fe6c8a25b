//! `[tool.pyz3-wheel]`.

use super::Folder;
use crate::options::{Place, Setting, Value, table};
use crate::platform::Platform;
use crate::project::{Abi, Config, Located};
use crate::tags::{PythonVersion, Release};

fn config(table: &str) -> Config {
    let folder = Folder::minimal(&format!("[tool.pyz3-wheel]\n{table}"));
    folder.load().unwrap().config
}

#[test]
fn an_absent_table_says_nothing() {
    let folder = Folder::minimal("[tool.other]\nplatforms = 1\n");
    assert_eq!(folder.load().unwrap().config, Config::default());
    assert_eq!(config(""), Config::default());
}

fn at<T>(value: T, line: usize) -> Located<T> {
    let place = Place {
        line,
        ..Place::default()
    };
    Located { value, place }
}

#[test]
fn every_key_is_read_with_its_place() {
    let config = config(
        r#"platforms = ["linux-x86_64", "windows-x64"]
all-platforms = false
pythons = ["3.12", "cp313"]
all-pythons = true
optimize = "ReleaseSafe"
output-dir = "wheels"
jobs = 0x4
clean = true
fail-fast = true
format = "json"
verbose = true
quiet = false
zig = "0.16.0"
zig-exe = "tools/zig"
manylinux = "2_28"
provision = true
abi = "abi3"
abi3-floor = "3.9"
modules = ["hello._native", "_top"]
packages = ["src/hello"]
package = "hello.lib"
step = "bindings"
extra-args = ["-Dfast=true"]
build-file = "zig/build.zig"
[tool.pyz3-wheel.env]
MODE = "wheel"
[tool.pyz3-wheel.platform.macos-x86_64]
floor = "10.13"
extra-args = ["-Dmac"]
env = { SDK = "none" }
[tool.pyz3-wheel.platform.linux-aarch64]
floor = "2_28"
"#,
    );
    let strings = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let text = |text: &str| Value::Text(text.into());
    let list = |texts| Value::List(strings(texts));
    let settings: [(&Setting, Value); 16] = [
        (&table::PLATFORM, list(&["linux-x86_64", "windows-x64"])),
        (&table::ALL_PLATFORMS, Value::Switch(false)),
        (&table::PYTHON, list(&["3.12", "cp313"])),
        (&table::ALL_PYTHONS, Value::Switch(true)),
        (&table::OPTIMIZE, text("ReleaseSafe")),
        (&table::OUTPUT_DIR, text("wheels")),
        (&table::JOBS, text("4")),
        (&table::CLEAN, Value::Switch(true)),
        (&table::FAIL_FAST, Value::Switch(true)),
        (&table::FORMAT, text("json")),
        (&table::VERBOSE, Value::Switch(true)),
        (&table::QUIET, Value::Switch(false)),
        (&table::ZIG_VERSION, text("0.16.0")),
        (&table::ZIG, text("tools/zig")),
        (&table::MANYLINUX, text("2_28")),
        (&table::PROVISION, Value::Switch(true)),
    ];
    for (index, (setting, value)) in settings.into_iter().enumerate() {
        assert_eq!(config.setting(setting), Some(&at(value, 5 + index)));
    }
    assert_eq!(config.abi, Some(at(Abi::Abi3, 21)));
    assert_eq!(config.abi3_floor, Some(at(PythonVersion::new(3, 9), 22)));
    let modules: Vec<_> = config.modules.iter().map(|m| m.value.to_string()).collect();
    assert_eq!(modules, ["hello._native", "_top"]);
    assert_eq!(config.modules[1].place.to_string(), "pyproject.toml:23:29");
    assert_eq!(config.packages, Some(at(strings(&["src/hello"]), 24)));
    assert_eq!(config.package, Some(at("hello.lib".to_owned(), 25)));
    assert_eq!(config.step, Some(at("bindings".to_owned(), 26)));
    assert_eq!(config.extra_args, ["-Dfast=true"]);
    assert_eq!(config.build_file, Some(at("zig/build.zig".into(), 28)));
    assert_eq!(config.env["MODE"], "wheel");
    let mac = &config.platform[&Platform::MacosX86_64];
    assert_eq!(mac.floor, Some(at(Release::new(10, 13), 32)));
    assert_eq!(mac.extra_args, ["-Dmac"]);
    assert_eq!(mac.env["SDK"], "none");
    let arm = &config.platform[&Platform::LinuxAarch64];
    assert_eq!(arm.floor, Some(at(Release::new(2, 28), 36)));
}

#[test]
fn what_is_joined_has_a_floor_and_no_builds_of_its_own() {
    let floor = "[tool.pyz3-wheel.platform.macos-universal2]\nfloor = \"10.13\"\n";
    let both = &config(floor).platform[&Platform::MacosUniversal2];
    assert_eq!(both.floor.as_ref().unwrap().value, Release::new(10, 13));
    let folder = Folder::minimal(&format!("{floor}env = {{ SDK = \"none\" }}"));
    folder.refused("platform.macos-universal2.env: has no builds of its own");
}

#[test]
fn the_table_is_a_table() {
    Folder::minimal("[tool]\npyz3-wheel = 1\n").refused("tool.pyz3-wheel: must be a table");
}

#[test]
fn the_abi_is_a_word_or_the_list_of_both_stable_abis() {
    for (text, abi) in [
        ("\"full\"", Abi::Full),
        ("\"abi3\"", Abi::Abi3),
        ("[\"abi3\"]", Abi::Abi3),
        ("[\"abi3\", \"abi3t\"]", Abi::Abi3AndAbi3t),
        ("[\"abi3t\", \"abi3\"]", Abi::Abi3AndAbi3t),
    ] {
        let config = config(&format!("abi = {text}"));
        assert_eq!(config.abi.map(|abi| abi.value), Some(abi), "{text}");
    }
    for (text, refusal) in [
        (
            "\"abi3t\"",
            "`abi3t` without `abi3` is not supported: Pythons with the GIL load abi3t modules too",
        ),
        ("[]", "the list is empty"),
        (
            "[\"full\", \"abi3\"]",
            "a project cannot have the ABIs `full`, `abi3` together",
        ),
        ("[\"abi4\"]", "`abi4` is not an ABI"),
        ("3", "abi"),
    ] {
        Folder::minimal(&format!("[tool.pyz3-wheel]\nabi = {text}")).refused(refusal);
    }
}
