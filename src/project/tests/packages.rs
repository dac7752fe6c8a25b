//! The Zig packages that a project depends on.

use super::Folder;
use crate::project::packages::{FOLDER, ZigPackages};

/// A hash as Zig writes it.
fn hash(name: &str) -> String {
    format!("{name}-1.2.3-{}", "x".repeat(44))
}

/// A dependency that is fetched.
fn remote(name: &str, more: &str) -> String {
    let hash = hash(name);
    format!(
        ".{name} = .{{ .url = \"https://example.com/{name}.tar.gz\", .hash = \"{hash}\"{more} }},\n"
    )
}

fn zon(dependencies: &[String]) -> String {
    let dependencies = dependencies.concat();
    format!(".{{\n.name = .x,\n.version = \"9\",\n.dependencies = .{{\n{dependencies}}},\n}}\n")
}

fn read(folder: &Folder) -> ZigPackages {
    let project = folder.load().unwrap();
    let store = project.build_root().join(FOLDER);
    ZigPackages::read(&project, &[store])
}

#[test]
fn packages_are_followed_through_what_is_fetched() {
    let inner = ".inner = .{ .path = \"src/inner\" },\n".to_owned();
    let folder = Folder::minimal("")
        .with(
            "build.zig.zon",
            zon(&[
                remote("late", ", .lazy = true"),
                remote("a", ""),
                ".own = .{ .path = \"libs/own\" },\n".to_owned(),
            ]),
        )
        .with("libs/own/build.zig.zon", zon(&[remote("b", "")]))
        .with(
            format!("zig-pkg/{}/build.zig.zon", hash("a")).as_str(),
            zon(&[remote("b", ""), remote("c", ", .lazy = true"), inner]),
        )
        .with(
            format!("zig-pkg/{}/build.zig.zon", hash("late")).as_str(),
            zon(&[remote("b", ""), remote("d", "")]),
        )
        // Whoever depends on each other is followed once.
        .with(
            format!("zig-pkg/{}/build.zig.zon", hash("b")).as_str(),
            zon(&[remote("a", "")]),
        );
    let found = read(&folder);
    assert!(
        found.problems.is_empty() && found.outside.is_empty(),
        "{found:?}"
    );
    let shown: Vec<_> = found
        .list
        .iter()
        .map(|(identity, package)| {
            let here = package.folder.is_some();
            (
                identity.clone(),
                package.name.as_str(),
                package.optional,
                here,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (hash("a"), "a", false, true),
            (format!("{}/src/inner", hash("a")), "inner", false, true),
            (hash("b"), "b", false, true),
            (hash("c"), "c", true, false),
            (hash("d"), "d", true, false),
            (hash("late"), "late", true, true),
            ("libs/own".to_owned(), "x", false, true),
        ]
    );
    let of = |name: &str| -> Vec<_> { found.list[name].dependencies.iter().cloned().collect() };
    assert_eq!(
        of(&hash("a")),
        [format!("{}/src/inner", hash("a")), hash("b"), hash("c")]
    );
    assert_eq!(of("libs/own"), [hash("b")]);
    assert_eq!(found.list[&hash("b")].version.as_deref(), Some("1.2.3"));
    let direct: Vec<_> = found.direct.iter().cloned().collect();
    assert_eq!(direct, [hash("a"), hash("late"), "libs/own".to_owned()]);
    assert_eq!(found.list[&hash("late")].place, "build.zig.zon:5:2");
    let missing: Vec<_> = found
        .missing()
        .map(|(package, ..)| package.name.as_str())
        .collect();
    assert_eq!(missing, ["c", "d"]);
}

#[test]
fn the_manifest_is_the_one_beside_the_build_script() {
    let folder = Folder::minimal("[tool.pyz3-wheel]\nbuild-file = \"zig/build.zig\"\n")
        .with("build.zig.zon", zon(&[remote("no", "")]))
        .with(
            "zig/build.zig.zon",
            zon(&[
                remote("yes", ""),
                ".core = .{ .path = \"../core\" },\n".to_owned(),
            ]),
        )
        .with(format!("zig/zig-pkg/{}/x", hash("yes")).as_str(), "");
    let found = read(&folder);
    let names: Vec<_> = found.list.keys().cloned().collect();
    assert_eq!(names, ["core".to_owned(), hash("yes")]);
    assert!(found.missing().next().is_none());
}

#[test]
fn what_is_wrong_with_a_manifest_is_told_with_its_place() {
    for (dependency, words) in [
        (".a = .{ .url = \"https://x/\" },", "`a` has no hash"),
        (
            ".a = .{ .url = \"https://x/\", .hash = \"../../../../../../etc\" },",
            "`a` has a wrong hash",
        ),
        (".a = .{ .hash = \"x\" },", "neither a url nor a path"),
        (
            ".a = .{ .url = \"x\", .path = \"y\" },",
            "both a url and a path",
        ),
    ] {
        let folder = Folder::minimal("").with("build.zig.zon", zon(&[dependency.to_owned()]));
        let problems = read(&folder).problems;
        let [problem] = &problems[..] else {
            panic!("{problems:?}")
        };
        assert_eq!(problem.place.as_deref(), Some("build.zig.zon:5:2"));
        assert!(problem.message.contains(words), "{problem}");
        assert!(problem.hint.is_some());
    }
    let folder = Folder::minimal("").with("build.zig.zon", ".{\n.a = 1 2 }");
    let found = read(&folder);
    assert!(
        found.problems[0]
            .to_string()
            .starts_with("build.zig.zon:2:8: not valid ZON")
    );
    let folder = Folder::minimal("").with(
        "build.zig.zon",
        zon(&[".a = .{ .path = \"../a\" },".to_owned()]),
    );
    let found = read(&folder);
    assert!(found.problems.is_empty());
    assert!(
        found.outside[0]
            .message
            .contains("`a` lies outside the project: `../a`")
    );
}

#[test]
fn of_zig_pkg_the_sdist_has_what_the_project_itself_put_there() {
    let path = |place: &str| format!("zig-pkg/{place}");
    let fetched = path(&format!("{}/src/x.zig", hash("fetched")));
    let by_path = path(&format!("{}/.gitignore", hash("path")));
    let mine = path("mine/x.zig");
    let dependency = format!(
        ".p = .{{ .path = \"zig-pkg/{}\" }},\n.m = .{{ .path = \"zig-pkg/mine\" }},\n",
        hash("path")
    );
    let folder = Folder::minimal("")
        .with("build.zig.zon", zon(&[remote("fetched", ""), dependency]))
        .with(&fetched, "")
        .with(&by_path, "*\n")
        .with(&mine, "")
        .with(&path("mine/ignored"), "")
        .with(".gitignore", "ignored\n");
    let places = |folder: &Folder| {
        let files = folder.load().unwrap().files().unwrap();
        let places: Vec<_> = files
            .sdist()
            .unwrap()
            .iter()
            .map(|file| file.path.clone())
            .collect();
        let out: Vec<_> = files.left_out.into_iter().map(|out| out.path).collect();
        (places, out)
    };
    let all = [".gitignore", "build.zig.zon", "pyproject.toml"].map(str::to_owned);
    let expected = [&all[..], &[mine.clone(), by_path.clone()]].concat();
    let out = [path(&format!("{}/", hash("fetched"))), path("mine/ignored")];
    assert_eq!(places(&folder), (expected, out.to_vec()));
    let sdist = folder.with("PKG-INFO", "Metadata-Version: 2.2\nName: x\nVersion: 1\n");
    let expected = [&all[..], &[fetched, mine, by_path]].concat();
    assert_eq!(places(&sdist), (expected, vec![path("mine/ignored")]));
}
