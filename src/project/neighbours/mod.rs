//! Settings that a project has written for other tools, for what `[tool.pyz3-wheel]` leaves open.
//!
//! Takes tables of build backends, hatch-ziglang and cibuildwheel, and fills gaps of our own
//! configuration. Invalid values are ignored: the other tools report them.

pub(super) mod layout;
pub(super) mod selectors;

use std::collections::BTreeMap;
use std::path::Path;

use self::layout::Layout;
use self::selectors::Selectors;

use super::config::Config;
use super::entry::Table;
use super::pyproject::Document;
use super::source::Located;
use crate::options::{Value, table};
use crate::platform::{Os, Platform};

/// Fills what `[tool.pyz3-wheel]` leaves open.
pub(super) fn fill(config: &mut Config, root: &Path, document: &Document<'_>) {
    let Some(tool) = document.root().table("tool") else {
        return;
    };
    let hatch = tool.table("hatch").and_then(|hatch| hatch.table("build"));
    if let Some(build) = hatch {
        fill_from_hatch(config, &build);
    }
    if config.packages.is_none() && config.python_source.is_none() {
        config.layout = Layout::read(root, &tool);
    }
    if let Some(cibuildwheel) = tool.table("cibuildwheel") {
        fill_from_cibuildwheel(config, &cibuildwheel);
    }
}

/// `[tool.hatch.build]` and the hook of hatch-ziglang, which builds `PACKAGE._PACKAGE`.
fn fill_from_hatch(config: &mut Config, build: &Table<'_>) {
    let wheel = build.table("targets").and_then(|all| all.table("wheel"));
    let hook = wheel
        .as_ref()
        .and_then(zig_hook)
        .or_else(|| zig_hook(build));
    if let Some(hook) = hook {
        if config.modules.is_empty()
            && let Some(package) = hook.get("package")
            && let Some(name) = package.as_str()
            && let Ok(module) = format!("{name}._{name}").parse()
        {
            config.modules.push(package.locate(module));
        }
        if let Some(mode) = string(&hook, "optimize") {
            let mode = mode.map(|mode| Value::Text(mode.into()));
            config.settings.entry(table::OPTIMIZE.name).or_insert(mode);
        }
        if config.step.is_none() {
            config.step = string(&hook, "step");
        }
    }
}

fn zig_hook<'a>(table: &Table<'a>) -> Option<Table<'a>> {
    table.table("hooks")?.table("zig")
}

fn fill_from_cibuildwheel(config: &mut Config, table: &Table<'_>) {
    config.selectors = Selectors::read(table);
    for (name, value) in environment(table) {
        config.env.entry(name).or_insert(value);
    }
    let platforms = Platform::ALL.into_iter();
    for platform in platforms.filter(|platform| platform.slices().is_empty()) {
        let own = table.table(match platform.os() {
            Os::Linux => "linux",
            Os::Macos => "macos",
            Os::Windows => "windows",
            Os::Ios | Os::IosSimulator => "ios",
            Os::Emscripten => "pyodide",
        });
        for (name, value) in own.map(|own| environment(&own)).unwrap_or_default() {
            let settings = config.platform.entry(platform).or_default();
            settings.env.entry(name).or_insert(value);
        }
    }
}

/// `environment`, a table or a line of a shell; what a shell would have to work out is left out.
pub(super) fn environment(table: &Table<'_>) -> BTreeMap<String, String> {
    let Some(entry) = table.get("environment") else {
        return BTreeMap::new();
    };
    let pairs: Vec<(String, String)> = match (entry.as_table(), entry.as_str()) {
        (Some(table), _) => table
            .entries()
            .filter_map(|entry| Some((entry.key.to_owned(), entry.as_str()?.to_owned())))
            .collect(),
        (None, Some(line)) => shell_words::split(line)
            .unwrap_or_default()
            .iter()
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        (None, None) => Vec::new(),
    };
    let plain =
        |(name, value): &(String, String)| !name.is_empty() && !value.contains(['$', '`', '\0']);
    pairs.into_iter().filter(plain).collect()
}

fn string(table: &Table<'_>, key: &str) -> Option<Located<String>> {
    let entry = table.get(key)?;
    Some(entry.locate(entry.as_str()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;
    use crate::tags::CPython;

    fn python(text: &str) -> CPython {
        text.parse().unwrap()
    }

    fn project(files: &[&str], text: &str) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        }
        let head = "[project]\nname = \"thing\"\nversion = \"1.0\"\n";
        fs_err::write(
            folder.path().join("pyproject.toml"),
            format!("{head}{text}"),
        )
        .unwrap();
        let project = Project::load(folder.path()).unwrap();
        (folder, project)
    }

    fn places(project: &Project) -> Vec<String> {
        let files = project.files().unwrap().wheel;
        files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn hatch_tells_packages_module_mode_and_step() {
        let text = "[tool.hatch.build.targets.wheel]\npackages = [\"lib/other\"]\n\
            [tool.hatch.build.targets.wheel.hooks.zig]\npackage = \"other\"\noptimize = \"ReleaseSmall\"\nstep = \"py\"\n";
        let (_folder, hatch) = project(&["lib/other/__init__.py", "thing/__init__.py"], text);
        assert_eq!(places(&hatch), ["other/__init__.py"]);
        let config = &hatch.config;
        assert_eq!(config.modules[0].value.as_str(), "other._other");
        let optimize = config.setting(&table::OPTIMIZE).unwrap();
        assert_eq!(optimize.value.to_string(), "ReleaseSmall");
        assert_eq!(optimize.place.to_string(), "pyproject.toml:8:1");
        assert_eq!(config.step.as_ref().unwrap().value, "py");
        let ours =
            "[tool.pyz3-wheel]\nmodules = [\"a\"]\noptimize = \"Debug\"\npackages = [\"thing\"]\n";
        let (_folder, both) = project(
            &["lib/other/__init__.py", "thing/__init__.py"],
            &format!("{ours}{text}"),
        );
        assert_eq!(places(&both), ["thing/__init__.py"]);
        assert_eq!(both.config.modules.len(), 1);
        let optimize = both.config.setting(&table::OPTIMIZE).unwrap();
        assert_eq!(optimize.value.to_string(), "Debug");
    }

    #[test]
    fn setuptools_tells_packages_by_name_or_by_their_folder() {
        let files = [
            "python/a/__init__.py",
            "python/a/b/__init__.py",
            "python/c/x.txt",
        ];
        for text in [
            "[tool.setuptools]\npackages = [\"a\", \"a.b\"]\npackage-dir = { \"\" = \"python\" }\n",
            "[tool.setuptools.packages.find]\nwhere = [\"python\"]\n",
        ] {
            let (_folder, project) = project(&files, text);
            assert_eq!(
                places(&project),
                ["a/__init__.py", "a/b/__init__.py"],
                "{text}"
            );
        }
    }

    #[test]
    fn packages_that_are_not_there_are_passed_over() {
        let text = "[tool.hatch.build.targets.wheel]\npackages = [\"gone\", \"../x\"]\n\
            [tool.setuptools]\npackages = [\"gone\"]\n[tool.cibuildwheel]\nbuild = 7\n";
        let (_folder, project) = project(&["thing/__init__.py"], text);
        assert_eq!(places(&project), ["thing/__init__.py"]);
        assert!(project.config.packages.is_none());
        assert!(
            project
                .config
                .selectors
                .as_ref()
                .is_none_or(|all| all.select(python("3.9"), Platform::WindowsX64))
        );
    }

    #[test]
    fn cibuildwheels_selectors_tell_free_threaded_builds_from_others() {
        let selected = |patterns: &str| {
            let text = format!("[tool.cibuildwheel]\n{patterns}\n");
            let (_folder, project) = project(&[], &text);
            let selectors = project.config.selectors.unwrap();
            let pythons = ["3.13", "3.13t", "3.14", "3.14t"];
            let pythons = pythons
                .into_iter()
                .filter(|text| selectors.select(python(text), Platform::LinuxX86_64));
            pythons.collect::<Vec<_>>().join(" ")
        };
        for (patterns, pythons) in [
            ("build = \"cp313t-*\"", "3.13t"),
            ("build = \"cp313-*\"", "3.13"),
            ("build = \"cp313*\"", "3.13 3.13t"),
            ("skip = \"cp31?t-*\"", "3.13 3.14"),
        ] {
            assert_eq!(selected(patterns), pythons, "{patterns}");
        }
    }

    #[test]
    fn cibuildwheel_tells_wheels_and_environment() {
        let text = "[tool.cibuildwheel]\nbuild = \"cp3{10,11}-* cp313-*\"\nskip = [\"*-win_amd64\", \"*_universal2\"]\n\
            environment = \"A=1 B='x y' C=$HOME\"\n[tool.cibuildwheel.macos.environment]\nA = \"2\"\n";
        let (_folder, project) = project(&[], text);
        let selectors = project.config.selectors.as_ref().unwrap();
        assert_eq!(
            selectors.text,
            "build cp3{10,11}-* cp313-*, skip *-win_amd64 *_universal2"
        );
        assert!(selectors.select(python("3.11"), Platform::LinuxAarch64));
        assert!(!selectors.select(python("3.9"), Platform::LinuxAarch64));
        assert!(!selectors.select(python("3.11"), Platform::WindowsX64));
        assert!(selectors.select(python("3.11"), Platform::LinuxI686));
        assert!(selectors.select(python("3.11"), Platform::MusllinuxAarch64));
        assert!(!selectors.select(python("3.11"), Platform::MacosUniversal2));
        let env: Vec<_> = project.config.env.iter().collect();
        assert_eq!(format!("{env:?}"), r#"[("A", "1"), ("B", "x y")]"#);
        let macos = &project.config.platform[&Platform::MacosArm64];
        assert_eq!(macos.env["A"], "2");
        assert_eq!(project.config.platform.len(), 2);
    }
}
