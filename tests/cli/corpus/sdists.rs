//! Source distributions: each broken one is refused with the code of its fault, and of good ones nothing is said.

use pyz3_wheel::audit::{Code, Severity};
use tar::EntryType;

use super::sdist::{Sdist, with_mode};
use super::{sdist_archives, sdist_members};

/// A broken source distribution: what is wrong, the code and the severity that `check` reports.
pub(super) type Case = (&'static str, Code, Severity, Sdist);

pub(super) fn case(what: &'static str, code: Code, sdist: Sdist) -> Case {
    (what, code, code.severity(), sdist)
}

pub(super) fn warning(what: &'static str, code: Code, sdist: Sdist) -> Case {
    (what, code, Severity::Warning, sdist)
}

pub(super) fn error(what: &'static str, code: Code, sdist: Sdist) -> Case {
    (what, code, Severity::Error, sdist)
}

pub(super) fn good() -> Sdist {
    Sdist::good()
}

pub(super) fn member(path: &str, kind: EntryType) -> Sdist {
    good().member(path, kind, |_| {})
}

pub(super) fn symlink(target: &str) -> Sdist {
    good().link("docs/link", EntryType::Symlink, target)
}

fn info(lines: &str) -> Sdist {
    let text = format!("{lines}\nDescription-Content-Type: text/plain\n\nhello\n");
    good().file("PKG-INFO", &text)
}

fn pyproject(text: &str) -> Sdist {
    good().file("pyproject.toml", text)
}

/// Every broken source distribution.
pub(super) fn broken() -> Vec<Case> {
    let mut all = names();
    all.extend(sdist_archives::cases());
    all.extend(sdist_members::cases());
    all.extend(metadata());
    all
}

/// The codes of the broken source distributions.
pub(super) fn codes() -> impl Iterator<Item = Code> {
    broken().into_iter().map(|(_, code, ..)| code)
}

fn names() -> Vec<Case> {
    let named = |name: &str| {
        let mut sdist = good();
        name.clone_into(&mut sdist.filename);
        sdist
    };
    vec![
        case("a zip archive", Code::SdistFormat, named("hello-1.0.zip")),
        case(
            "the old name of the format",
            Code::SdistFormat,
            named("hello-1.0.tgz"),
        ),
        case(
            "another compression",
            Code::SdistFormat,
            named("hello-1.0.tar.bz2"),
        ),
        case(
            "no version in the name",
            Code::SdistName,
            named("hello.tar.gz"),
        ),
        case(
            "a version that is none",
            Code::SdistName,
            named("hello-new.tar.gz"),
        ),
        case(
            "a name in capital letters",
            Code::SdistName,
            good().renamed("Hello-1.0"),
        ),
        case(
            "a version with a zero too many",
            Code::SdistName,
            good().renamed("hello-01.0"),
        ),
        case(
            "a local version",
            Code::LocalVersion,
            good()
                .file(
                    "PKG-INFO",
                    "Metadata-Version: 2.2\nName: hello\nVersion: 1.0+cpu\nSummary: x\n\
                      Description-Content-Type: text/plain\n\nx\n",
                )
                .file("pyproject.toml", "")
                .renamed("hello-1.0+cpu"),
        ),
    ]
}

fn metadata() -> Vec<Case> {
    let head = "Metadata-Version: 2.4\nName: hello\nVersion: 1.0";
    vec![
        case(
            "no PKG-INFO",
            Code::MetadataMissing,
            good().without("PKG-INFO"),
        ),
        case(
            "a PKG-INFO below",
            Code::MetadataMissing,
            good().without("PKG-INFO").file(
                "src/PKG-INFO",
                "Metadata-Version: 2.2\nName: hello\nVersion: 1.0\n",
            ),
        ),
        case(
            "another name",
            Code::MetadataName,
            info("Metadata-Version: 2.4\nName: world\nVersion: 1.0"),
        ),
        case(
            "another version",
            Code::MetadataName,
            info("Metadata-Version: 2.4\nName: hello\nVersion: 2.0"),
        ),
        case(
            "an unknown field",
            Code::MetadataField,
            info(&format!("{head}\nFoo: bar")),
        ),
        case(
            "a requirement that is none",
            Code::MetadataRequirement,
            info(&format!("{head}\nRequires-Dist: ==1")),
        ),
        case(
            "an unknown classifier",
            Code::MetadataClassifier,
            info(&format!("{head}\nClassifier: Foo")),
        ),
        case(
            "a license file that is not there",
            Code::MetadataLicense,
            info(&format!("{head}\nLicense-File: COPYING")),
        ),
        case(
            "an unknown version of the metadata",
            Code::MetadataVersion,
            info("Metadata-Version: 9.0\nName: hello\nVersion: 1.0"),
        ),
        case(
            "old metadata",
            Code::SdistOldMetadata,
            info("Metadata-Version: 2.1\nName: hello\nVersion: 1.0"),
        ),
        warning(
            "setup.py alone",
            Code::SdistPyproject,
            good().without("pyproject.toml").file("setup.py", ""),
        ),
        error(
            "nothing to build it with",
            Code::SdistPyproject,
            good().without("pyproject.toml"),
        ),
        error(
            "no TOML",
            Code::SdistPyproject,
            pyproject("[build-system\n"),
        ),
        error(
            "not UTF-8",
            Code::SdistPyproject,
            good().without("pyproject.toml").member(
                "hello-1.0/pyproject.toml",
                EntryType::Regular,
                |member| member.bytes = b"# \xff\n".to_vec(),
            ),
        ),
        error(
            "no requires",
            Code::SdistPyproject,
            pyproject("[build-system]\nbuild-backend = \"x\"\n"),
        ),
        error(
            "requires is a text",
            Code::SdistPyproject,
            pyproject("[build-system]\nrequires = \"x\"\n"),
        ),
        error(
            "another project",
            Code::SdistPyproject,
            pyproject("[project]\nname = \"world\"\n"),
        ),
        error(
            "another version",
            Code::SdistPyproject,
            pyproject("[project]\nname = \"hello\"\nversion = \"1.1\"\n"),
        ),
    ]
}

/// Good source distributions that look like broken ones.
fn controls() -> Vec<(&'static str, Sdist)> {
    let own = |value: &str| format!("hello-1.0/{value}");
    let long = own(&"n".repeat(200));
    vec![
        ("as it is", good()),
        (
            "entries for folders",
            member("hello-1.0/src/", EntryType::Directory),
        ),
        (
            "a folder of the oldest format",
            member("hello-1.0/docs/", EntryType::Regular),
        ),
        (
            "a folder with the bit for its group",
            good().member("hello-1.0/src", EntryType::Directory, |member| {
                member.mode = 0o2755;
            }),
        ),
        (
            "an empty mode",
            good().edit_tar(|tar| with_mode(tar, [b' '; 8])),
        ),
        (
            "padding after the end",
            good().edit_tar(|tar| tar.resize(20 << 10, 0)),
        ),
        (
            "zeros after gzip's data",
            good().edit_bytes(|bytes| bytes.extend([0; 600])),
        ),
        (
            "a header of git archive",
            good().edit_tar(begin_with_git_header),
        ),
        (
            "a long name in a pax header",
            good().member("x", EntryType::Regular, |member| {
                member.pax = vec![
                    ("path", long.clone().into_bytes()),
                    ("mtime", b"1.5".to_vec()),
                ];
            }),
        ),
        (
            "a long name of GNU tar",
            good()
                .member("././@LongLink", EntryType::GNULongName, |member| {
                    member.bytes = format!("{long}\0").into_bytes();
                })
                .member("hello-1.0/cut", EntryType::Regular, |_| {}),
        ),
        ("a link to a file", symlink("../LICENSE")),
        ("a link to the folder itself", symlink("..")),
        ("a link to nothing", symlink("gone")),
        (
            "a hard link",
            good().link("COPYING", EntryType::Link, "hello-1.0/LICENSE"),
        ),
        (
            "an example of an environment",
            good().file(".env.example", "").file("id_rsa.pub", ""),
        ),
        (
            "what git reads",
            good()
                .file(".gitignore", "")
                .file(".github/x.yml", "")
                .file("vendor/.git", "gitdir: x"),
        ),
        (
            "pyproject.toml for another tool",
            pyproject("[tool.ruff]\nline-length = 100\n"),
        ),
        (
            "a version of the build tool's",
            pyproject("[project]\nname = \"hello\"\ndynamic = [\"version\"]\n"),
        ),
        (
            "PKG-INFO of setuptools below",
            good().file("hello.egg-info/PKG-INFO", "Metadata-Version: 1.0\n"),
        ),
        (
            "a name with a run of separators",
            good()
                .file(
                    "PKG-INFO",
                    "Metadata-Version: 2.2\nName: My.Hello\nVersion: 1.0.0\nSummary: x\n\
                  Description-Content-Type: text/plain\n\nx\n",
                )
                .file("pyproject.toml", "")
                .renamed("my_hello-1.0"),
        ),
    ]
}

/// Puts the global pax header that `git archive` writes before the first member.
fn begin_with_git_header(tar: &mut Vec<u8>) {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(EntryType::XGlobalHeader);
    let record = b"15 comment=abc\n";
    header.set_size(record.len() as u64);
    header.set_cksum();
    let mut all = header.as_bytes().to_vec();
    all.extend(record);
    all.resize(1024, 0);
    all.append(tar);
    *tar = all;
}

/// The tar archives of all source distributions that can be read to their end.
pub(super) fn tars() -> Vec<Vec<u8>> {
    let good = controls().into_iter().map(|(_, sdist)| sdist);
    let broken = sdist_members::cases().into_iter().map(|(.., sdist)| sdist);
    good.chain(broken).map(|sdist| sdist.tar()).collect()
}

/// What `check` says about source distributions, each in a folder of its own: the verdict, and the code,
/// severity and text of each finding.
fn checked(sdists: impl Iterator<Item = Sdist>) -> Vec<(String, Vec<[String; 3]>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = support::command();
    command.args(["check", "--format", "json"]);
    let mut count = 0;
    for (index, sdist) in sdists.enumerate() {
        let (name, bytes) = sdist.pack();
        let path = folder.path().join(index.to_string()).join(name);
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        command.arg(&path);
        count += 1;
    }
    let report = support::run(&mut command).json();
    let files = report["wheels"].as_array().unwrap();
    assert_eq!(files.len(), count);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let files = files.iter().map(|file| {
        let findings = file["findings"].as_array().unwrap().iter();
        let findings =
            findings.map(|finding| ["code", "severity", "actual"].map(|key| text(&finding[key])));
        (text(&file["verdict"]), findings.collect())
    });
    files.collect()
}

#[test]
fn each_broken_sdist_is_refused_with_the_code_of_its_fault() {
    let (expected, sdists): (Vec<_>, Vec<_>) = broken()
        .into_iter()
        .map(|(what, code, severity, sdist)| ((what, code.name(), severity.to_string()), sdist))
        .unzip();
    let judged = expected.iter().zip(checked(sdists.into_iter()));
    let wrong = judged.filter_map(|((what, code, severity), (verdict, found))| {
        let worst = if severity == "note" { "ok" } else { severity };
        let is_right = verdict == worst
            && !found.is_empty()
            && found
                .iter()
                .all(|[own, weight, _]| own == code && weight == severity);
        (!is_right).then(|| format!("{what}: expected {code} ({severity}), found {found:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_value_of_several_lines_is_named() {
    let sdist = good().member("hello-1.0/x", EntryType::Regular, |member| {
        member.pax = vec![("SCHILY.xattr.user.x", b"two\nlines".to_vec())];
    });
    let (_, found) = checked(std::iter::once(sdist)).remove(0);
    let actual = "has an extension header with a value of several lines, which uv refuses";
    assert_eq!(found, [["not-a-tar", "error", actual].map(str::to_owned)]);
}

#[test]
fn of_good_sdists_nothing_is_said() {
    let (whats, sdists): (Vec<_>, Vec<_>) = controls().into_iter().unzip();
    let judged = whats.iter().zip(checked(sdists.into_iter()));
    let wrong = judged.filter(|(_, (verdict, found))| verdict != "ok" || !found.is_empty());
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
