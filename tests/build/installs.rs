//! What build.zig installs: libraries that modules link, generated files, and what is left out.

use std::path::{Path, PathBuf};
use std::process::Command;

use pyz3_wheel::binary::{Binary, Signature};
use tempfile::TempDir;

use support::{BUILD, Ran, command, example, project, pyz3, repo, run};

/// The first block of Zig below a heading of docs/build-zig.md.
fn documented(heading: &str) -> String {
    let text = std::fs::read_to_string(repo().join("docs/build-zig.md")).unwrap();
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = section.split_once("```zig\n").unwrap();
    block.split("```").next().unwrap().to_owned()
}

/// The wheels in a folder, sorted.
fn wheels(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).unwrap();
    let mut wheels: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    wheels.sort();
    wheels
}

/// The files of a wheel that are not about the wheel itself, with their content.
fn files(wheel: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(wheel).unwrap()).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        if !name.contains(".dist-info/") {
            files.push((name, bytes));
        }
    }
    files.sort();
    files
}

fn names(wheel: &Path) -> Vec<String> {
    files(wheel).into_iter().map(|(name, _)| name).collect()
}

/// The example in C with its C function in a shared library, and a generated module.
fn with_library() -> TempDir {
    let project = example("hello-c");
    let path = |name: &str| project.path().join(name);
    std::fs::rename(path("src/mean.c"), path("src/core.c")).unwrap();
    let generated = documented("Generated files").replace("lib/hello/", "lib/hello_c/");
    let script = documented("A module that links a shared library of the same build");
    let end = script.rfind('}').unwrap();
    std::fs::write(
        path("build.zig"),
        format!("{}{generated}}}\n", &script[..end]),
    )
    .unwrap();
    let init = std::fs::read_to_string(path("src/hello_c/__init__.py")).unwrap();
    let init = init + "\nfrom hello_c._tables import SIZE  # noqa\n";
    std::fs::write(path("src/hello_c/__init__.py"), init).unwrap();
    project
}

#[test]
fn a_module_finds_the_library_that_it_links() {
    let (version, python) = support::pythons().last_key_value().unwrap();
    let project = with_library();
    let output = project.path().join("wheels");
    let args = |platforms: &str| {
        let mut command = command();
        command.arg("--project").arg(project.path());
        command.arg("--output-dir").arg(&output);
        command.args(["--python", version, "--platform", platforms]);
        run(&mut command).exits(0)
    };
    args("musllinux-x86_64,macos-universal2");
    for wheel in wheels(&output) {
        pyz3([Path::new("check"), &wheel]).exits(0);
        let files = files(&wheel);
        let name = if wheel.to_string_lossy().contains("musllinux") {
            "hello_c/libcore.so.1"
        } else {
            "hello_c/libcore.dylib"
        };
        let native: Vec<_> = files
            .iter()
            .filter(|(path, _)| path.contains("libcore"))
            .map(|(path, _)| path.as_str())
            .collect();
        assert_eq!(native, [name]);
        let module = files.iter().find(|(path, _)| path.contains("/_native.c"));
        let (_, bytes) = module.unwrap();
        let binary = Binary::parse(bytes).unwrap().unwrap();
        for part in binary.parts() {
            if name.ends_with("dylib") {
                assert_eq!(part.imports[0], "@loader_path/libcore.dylib");
                assert_eq!(part.search_paths, [] as [&str; 0]);
                assert!(part.signature != Signature::Broken);
            } else {
                assert_eq!(part.imports, ["libcore.so.1"]);
                assert_eq!(part.search_paths, ["$ORIGIN"]);
            }
        }
    }
    let Some(here) = pyz3_wheel::Platform::current() else {
        support::skip("importing a module with a library: no wheel is promised for this machine");
        return;
    };
    std::fs::remove_dir_all(&output).unwrap();
    args(here.name());
    let site = tempfile::tempdir().unwrap();
    for (name, bytes) in files(&wheels(&output)[0]) {
        let path = site.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    // Zig's cache is gone: nothing but the wheel has the library.
    std::fs::remove_dir_all(project.path().join(".pyz3-wheel")).unwrap();
    let mut import = Command::new(python);
    import
        .env("PYTHONPATH", site.path())
        .current_dir(site.path());
    import.args([
        "-B",
        "-c",
        "import hello_c as h; print(h.mean([1, 2, 6]), h.SIZE)",
    ]);
    assert_eq!(run(&mut import).exits(0).stdout, "3.0 42\n");
}

/// The smallest project, whose script does this too; its cache is beside it.
fn installing(more: &str, config: &str) -> TempDir {
    let pyproject =
        format!("[project]\nname = \"tiny\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\n{config}");
    project(&[
        ("tiny/pyproject.toml", &pyproject),
        ("tiny/build.zig", &BUILD.replace("// MORE", more)),
        (
            "tiny/tiny.zig",
            "export fn answer() c_int {\n    return 42;\n}\n",
        ),
        ("tiny/program.zig", "pub fn main() void {}\n"),
        ("tiny/tiny/__init__.py", ""),
    ])
}

fn built(folder: &TempDir) -> Ran {
    let mut command = command();
    command.env_remove("PYZ3_WHEEL_NO_CACHE");
    command.arg("--project").arg(folder.path().join("tiny"));
    command.arg("--cache-dir").arg(folder.path().join("cache"));
    command.arg("--zig").arg(support::zig());
    command.args(["--platform", "linux-x86_64,linux-aarch64"]);
    run(&mut command).exits(0)
}

const INSTALL: &str = r#"
    const w = b.addWriteFiles();
    for ([_][]const u8{
        "lib/tiny/gen.py",  "tiny/data/gen.json", "lib/python/other/__init__.py",
        "../tiny/_n.pyi",   "share/doc/a.txt",    "share/schema/a/b.json",
        "share/quiet.txt",  "include/tiny.h",     "lib/tiny/twice.py",
    }) |path| {
        const file = w.add(std.fs.path.basename(path), path);
        b.getInstallStep().dependOn(&b.addInstallFile(file, path).step);
    }
    const program = b.createModule(.{ .root_source_file = b.path("program.zig"), .target = target, .optimize = optimize, .strip = true });
    b.installArtifact(b.addExecutable(.{ .name = "tool", .root_module = program }));
    const riscv = b.resolveTargetQuery(.{ .cpu_arch = .riscv64, .os_tag = .linux });
    const foreign = b.createModule(.{ .root_source_file = b.path("program.zig"), .target = riscv, .optimize = optimize, .strip = true });
    b.installArtifact(b.addExecutable(.{ .name = "foreign", .root_module = foreign }));
    b.installArtifact(b.addLibrary(.{ .name = "static", .linkage = .static, .root_module = mod }));
"#;

#[test]
fn generated_files_go_into_the_wheel_and_others_are_named_once() {
    let folder = installing(
        INSTALL,
        "[tool.pyz3-wheel.install]\n\"share/schema\" = \"tiny/schema\"\n\"share/quiet.txt\" = false\n",
    );
    // A source of the same name, which the build has a newer text for.
    std::fs::write(folder.path().join("tiny/tiny/twice.py"), "old").unwrap();
    let said = built(&folder).stderr;
    let command = "build.zig installed bin/tool, which the wheels install as commands";
    assert_eq!(said.matches(command).count(), 1, "{said}");
    let note = "build.zig installed bin/foreign (a program that would not run as a command there), lib/libstatic.a (a static library) and share/doc/a.txt";
    assert_eq!(said.matches(note).count(), 1, "{said}");
    assert!(
        !said.contains("quiet") && !said.contains("tiny.h"),
        "{said}"
    );
    assert_eq!(
        said.matches("tiny/twice.py in the project differs").count(),
        1,
        "{said}"
    );
    let dist = folder.path().join("tiny/dist");
    let first: Vec<_> = wheels(&dist)
        .iter()
        .map(|wheel| std::fs::read(wheel).unwrap())
        .collect();
    for wheel in wheels(&dist) {
        assert_eq!(
            names(&wheel),
            [
                "other/__init__.py",
                "tiny-1.0.data/scripts/tool",
                "tiny/__init__.py",
                "tiny/_n.pyi",
                "tiny/data/gen.json",
                "tiny/gen.py",
                "tiny/libtiny.so",
                "tiny/schema/a/b.json",
                "tiny/twice.py",
            ]
        );
        let twice = files(&wheel).pop().unwrap();
        assert_eq!(twice.1, b"lib/tiny/twice.py");
    }
    // Of the cache the same wheels are made.
    std::fs::remove_dir_all(&dist).unwrap();
    assert_eq!(built(&folder).stderr.matches("] cached").count(), 2);
    let again: Vec<_> = wheels(&dist)
        .iter()
        .map(|wheel| std::fs::read(wheel).unwrap())
        .collect();
    assert!(first == again);
}

const WRITE: &str = r#"
    const u = b.addUpdateSourceFiles();
    u.addCopyFileToSource(b.addWriteFiles().add("gen", "x = 1\n"), "tiny/gen.py");
    b.getInstallStep().dependOn(&u.step);
"#;

#[test]
fn what_a_build_writes_among_the_sources_is_in_the_first_wheel_too() {
    let folder = installing(WRITE, "");
    let dist = folder.path().join("tiny/dist");
    let read = || -> Vec<_> {
        wheels(&dist)
            .iter()
            .map(|wheel| std::fs::read(wheel).unwrap())
            .collect()
    };
    built(&folder);
    let first = read();
    assert!(names(&wheels(&dist)[0]).contains(&"tiny/gen.py".to_owned()));
    // Now the file is there from the beginning.
    built(&folder);
    assert!(first == read());
    let said = built(&folder).stderr;
    assert_eq!(said.matches("] unchanged").count(), 2, "{said}");
    // A fresh clone with the same cache: what was kept was built with the file.
    std::fs::remove_file(folder.path().join("tiny/tiny/gen.py")).unwrap();
    std::fs::remove_dir_all(folder.path().join("tiny/.pyz3-wheel")).unwrap();
    std::fs::remove_dir_all(&dist).unwrap();
    built(&folder);
    assert!(first == read());
}

#[test]
fn a_build_without_a_library_says_what_there_is() {
    let program = BUILD
        .replace("b.addLibrary", "b.addExecutable")
        .replace(".linkage = .dynamic, ", "")
        .replace("tiny.zig", "program.zig");
    let folder = installing("", "");
    std::fs::write(folder.path().join("tiny/build.zig"), program).unwrap();
    let project = folder.path().join("tiny");
    let mut command = command();
    command
        .arg("--project")
        .arg(project)
        .args(["--platform", "linux-x86_64"]);
    run(&mut command)
        .exits(4)
        .says("installed no shared library (installed: bin/tiny (a program))");
}
