//! `check` and `explain` as they are used: what they print, and how they end.

use std::path::PathBuf;

use support::{pyz3, repo};

/// Writes a file with these bytes into a folder of its own.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// The tags of a good wheel.
const LINUX: &str = "cp312-cp312-manylinux_2_17_x86_64";

/// A good wheel.
fn good() -> (tempfile::TempDir, PathBuf) {
    let (name, bytes) = crate::corpus::good(LINUX);
    file(&name, &bytes)
}

/// A good wheel under the name of another platform.
fn lie() -> (tempfile::TempDir, PathBuf) {
    let (_, bytes) = crate::corpus::good(LINUX);
    file("hello-1.0-cp312-cp312-win_amd64.whl", &bytes)
}

#[test]
fn a_lie_is_told_with_file_promise_truth_and_remedy() {
    let (_folder, path) = lie();
    let ran = support::run(support::command().args(["check", "--fix-hint"]).arg(&path)).exits(4);
    for part in [
        "error[wrong-system] hello/_native.cpython-312-x86_64-linux-gnu.so: is built for Linux x86_64, \
         but the tag win_amd64 promises Windows x64",
        "error[wheel-tags]",
        "hint: build it for the platform of the tag, or correct the tag",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
    let without = support::run(support::command().arg("check").arg(&path)).exits(4);
    assert!(!without.stdout.contains("hint:"), "{}", without.stdout);
}

#[test]
fn programs_get_one_document() {
    let (_folder, path) = lie();
    let (_kept, good) = good();
    let ran = support::run(
        support::command()
            .args(["check", "--format", "json"])
            .args([&path, &good]),
    )
    .exits(4);
    let document = ran.json();
    assert_eq!(document["exit_code"], 4);
    assert_eq!(document["wheels"][0]["verdict"], "error");
    assert_eq!(document["wheels"][1]["verdict"], "ok");
    let finding = document["wheels"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == "wrong-system")
        .unwrap();
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["actual"], "is built for Linux x86_64");
    assert_eq!(
        finding["promised"],
        "the tag win_amd64 promises Windows x64"
    );
    assert!(finding["hint"].is_string());
}

#[test]
fn what_is_no_wheel_is_refused_and_what_is_not_there_is_an_error() {
    let (_folder, path) = file("hello-1.0-py3-none-any.whl", b"not a zip archive");
    let ran = support::run(support::command().arg("check").arg(&path)).exits(4);
    assert!(ran.stdout.contains("error[not-a-zip]"), "{}", ran.stdout);
    let (_folder, path) = file("hello.whl", b"");
    let ran = support::run(support::command().arg("check").arg(&path)).exits(4);
    assert!(
        ran.stdout.contains("error[filename-invalid]"),
        "{}",
        ran.stdout
    );
    // The others are judged all the same.
    let (_kept, good) = good();
    let ran = support::run(
        support::command()
            .args(["check", "gone.whl", "."])
            .arg(&good),
    )
    .exits(2);
    assert!(ran.stdout.contains(": ok"), "{}", ran.stdout);
    ran.says("gone.whl: cannot be read")
        .says("the folder has no wheels or sdists");
}

#[test]
fn a_file_that_is_given_again_is_checked_once() {
    let (folder, path) = good();
    let name = path.file_name().unwrap().to_str().unwrap();
    let again = format!("./{name}");
    let mut check = support::command();
    check.args(["check", name, "*.whl", &again, ".", "--format", "json"]);
    let ran = support::run(check.current_dir(folder.path())).exits(0);
    let document = ran.json();
    assert_eq!(document["wheels"].as_array().unwrap().len(), 1);
    assert_eq!(document["wheels"][0]["path"], name);
}

#[test]
fn an_index_without_a_release_is_an_error() {
    let (_folder, path) = good();
    let mut check = support::command();
    check
        .args(["check", "--index-url", "http://127.0.0.1:9"])
        .arg(&path);
    support::run(&mut check)
        .exits(2)
        .says("--index-url has no effect without NAME==VERSION");
}

#[test]
fn each_check_is_explained_and_a_wrong_name_is_guessed() {
    let ran = pyz3(["explain", "wrong-machine"]).exits(0);
    assert!(
        ran.stdout.contains("every tag of a compressed tag set"),
        "{}",
        ran.stdout
    );
    for (code, sentence) in [
        ("wheel-tags", "\n\nThe wheel or one of its files has "),
        ("sdist-name", "\n\nThe sdist or one of its files is "),
        ("release-no-sdist", "\n\nThe release has "),
    ] {
        let text = pyz3(["explain", code]).exits(0).stdout;
        assert!(text.contains(sentence), "{text}");
    }
    pyz3(["explain", "wrong-machin"])
        .exits(2)
        .says("did you mean wrong-machine?");
    let list = pyz3(["explain", "--format", "json"]).exits(0).json();
    assert!(list.as_array().unwrap().len() > 80);
}

/// An installed program has no docs folder, so `explain` prints what messages refer to.
#[test]
fn topics_of_the_guides_are_explained_too() {
    let text = pyz3(["explain", "nothing-is-installed"]).exits(0).stdout;
    assert!(text.starts_with("Nothing is installed\n\n"), "{text}");
    assert!(text.contains("\n    b.installArtifact(lib);\n"), "{text}");
    let list = pyz3(["explain"]).exits(0).stdout;
    assert!(list.contains("\nnothing-is-installed "), "{list}");
    pyz3(["explain", "nothing-is-instaled"])
        .exits(2)
        .says("did you mean nothing-is-installed?");
}

#[test]
fn an_explanation_ends_with_what_to_change_in_a_project_that_is_built_here() {
    let heading = "In a project that pyz3-wheel builds:";
    let ran = pyz3(["explain", "no-python-dll"]).exits(0);
    let (general, remedy) = ran.stdout.split_once(heading).unwrap();
    assert!(!general.contains("zig"), "{general}");
    assert!(
        remedy.contains("    if (env.get(\"PYZ3_PYTHON_LIB\")) |name| mod.linkSystemLibrary("),
        "{remedy}"
    );
    let document = pyz3(["explain", "no-python-dll", "--format", "json"]);
    let document = document.exits(0).json();
    assert_eq!(document[0]["remedy"], remedy.trim());
    // What this program writes itself is nothing that a project can change.
    let ran = pyz3(["explain", "zip-prefix"]).exits(0);
    assert!(!ran.stdout.contains(heading), "{}", ran.stdout);
    let document = pyz3(["explain", "zip-prefix", "--format", "json"]);
    assert_eq!(
        document.exits(0).json()[0]["remedy"],
        serde_json::Value::Null
    );
}

/// A wheel with a library of the largest size that is read, whose bytes cannot be compressed.
#[cfg(unix)]
fn large(dir: &std::path::Path, name: &str) -> PathBuf {
    use std::io::Write;
    let path = dir.join(name);
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("large.so", options).unwrap();
    let (_kept, module) = good();
    let mut module = zip::ZipArchive::new(std::fs::File::open(module).unwrap()).unwrap();
    let native = module
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .find(|name| name.contains(".cpython-"));
    let mut native = module.by_name(&native.unwrap()).unwrap();
    let head = std::io::copy(&mut native, &mut zip).unwrap();
    let mut state = 1_u64;
    let mut piece = vec![0; 1 << 20];
    for _ in 0..(150 - head / (1 << 20)) {
        for bytes in piece.chunks_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.copy_from_slice(&state.to_le_bytes());
        }
        zip.write_all(&piece).unwrap();
    }
    zip.finish().unwrap();
    path
}

#[cfg(unix)]
#[test]
fn memory_stays_below_256_mib_whatever_is_judged() {
    const MEASURE: &str = "
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
";
    let dir = tempfile::tempdir().unwrap();
    let wheels = ["a", "b", "c"].map(|name| {
        large(
            dir.path(),
            &format!("{name}-1.0-cp312-cp312-manylinux2014_x86_64.whl"),
        )
    });
    let said = support::succeed(
        std::process::Command::new("python3")
            .args(["-c", MEASURE])
            .arg(support::pyz3_wheel())
            .arg("check")
            .args(&wheels),
    );
    let peak: u64 = said.trim().parse().unwrap();
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let mib = peak * unit / (1 << 20);
    assert!((150..256).contains(&mib), "{mib} MiB");
}

/// docs/checks.md has what `explain` says; `PYZ3_UPDATE_DOCS=1` writes it there.
#[test]
fn the_reference_lists_every_check_as_it_is() {
    const BEGIN: &str = "<!-- begin: written by the tests from `pyz3-wheel explain` -->\n\n";
    const END: &str = "<!-- end -->";
    let path = repo().join("docs/checks.md");
    support::documents::is_generated(&path, BEGIN, &pyz3_wheel::report::codes_markdown(), END);
}
