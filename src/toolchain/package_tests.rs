use super::*;
use crate::toolchain::testing;

fn wish(versions: Option<&VersionSpecifiers>) -> PackageRequest<'_> {
    PackageRequest {
        distribution: "ziggy-pydust",
        module: "pydust",
        versions,
        origin: "pyproject.toml:2:13",
    }
}

fn versions(text: &str) -> VersionSpecifiers {
    text.parse().unwrap()
}

/// Puts the package into a folder as pip does.
fn install(folder: &Path, version: &str) {
    let info = folder.join(format!("ziggy_pydust-{version}.dist-info"));
    for dir in [&folder.join("pydust"), &info] {
        fs_err::create_dir_all(dir).unwrap();
    }
    fs_err::write(folder.join("pydust/__init__.py"), "raise SystemExit(1)").unwrap();
    let metadata = format!(
        "Metadata-Version: 2.1\nName: ziggy-pydust\nVersion: {version}\nRequires-Dist: ziglang (>=0.15.1)\n"
    );
    fs_err::write(info.join("METADATA"), metadata).unwrap();
}

#[test]
fn a_package_in_an_environment_counts_if_its_version_is_right() {
    let (folder, cache) = testing::cache();
    let Some(python) = testing::pythons(&cache).into_iter().next() else {
        return;
    };
    let place = folder.path().join("venv");
    let pythons = [testing::venv(&python, &place)];
    let site = place.join(format!("lib/python{}/site-packages", python.version));
    let wanted = versions(">=0.26");
    let request = wish(Some(&wanted));
    assert_eq!(request.find_installed(&pythons, &cache), None);
    install(&site, "0.26.0");
    let found = request.find_installed(&pythons, &cache).unwrap();
    assert_eq!(found.version.as_deref(), Some("0.26.0"));
    assert_eq!(found.requires.len(), 1);
    let real = |path: &Path| fs_err::canonicalize(path).unwrap();
    assert_eq!(real(&found.dir), real(&site.join("pydust")));
    let newer = versions(">=0.27");
    let request = wish(Some(&newer));
    assert_eq!(request.find_installed(&pythons, &cache), None);
}

#[test]
fn a_package_in_the_cache_is_found_by_what_was_asked_for() {
    let (_dir, cache) = testing::cache();
    let wanted = versions("==0.26.0");
    let request = wish(Some(&wanted));
    install(&cache.path(KIND, &request.key()), "0.26.0");
    assert_eq!(request.key(), "ziggy-pydust-0.26.0");
    let never = |_: &str| panic!("something was to be downloaded");
    let found = request
        .find(&[], &cache, Fetch::Allowed(&never))
        .unwrap()
        .unwrap();
    assert_eq!(found.version.as_deref(), Some("0.26.0"));
    assert!(found.dir.join("__init__.py").is_file());
    let other = versions("==0.26.1");
    let request = wish(Some(&other));
    assert_eq!(request.find_installed(&[], &cache), None);
}

#[test]
fn nothing_is_fetched_of_which_nobody_says_the_version() {
    let (_dir, cache) = testing::cache();
    let error = wish(None)
        .find(&[], &cache, Fetch::Allowed(&|_| {}))
        .unwrap_err();
    let text = error.to_string();
    for part in [
        "pyproject.toml:2:13",
        "ziggy-pydust is in none of this project's Pythons",
        "requires = [\"ziggy-pydust==…\"]",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[cfg(unix)]
#[test]
fn what_pip_can_not_install_is_said_in_its_words() {
    let (dir, cache) = testing::cache();
    let script = "#!/bin/sh\n[ \"$3\" = install ] || exit 0\necho 'ERROR: No matching distribution' >&2\nexit 1\n";
    let python = testing::program(&dir.path().join("python"), script);
    let wanted = versions(">=0.26,<0.27");
    let said = std::cell::RefCell::new(Vec::new());
    let on = |line: &str| said.borrow_mut().push(line.to_owned());
    let error = wish(Some(&wanted))
        .find(&[python], &cache, Fetch::Allowed(&on))
        .unwrap_err();
    let text = error.to_string();
    for part in [
        "ziggy-pydust>=0.26,<0.27 is not on this machine",
        "No matching distribution",
        "pip install 'ziggy-pydust>=0.26,<0.27'",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(
        said.into_inner(),
        ["installing ziggy-pydust>=0.26,<0.27 with pip (once)"]
    );
}
