//! Releases that `check` downloads with pip: from an index of our own, which needs no network, and one from PyPI.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use support::{Ran, command, need, run, succeed, venv_tool};
use tempfile::TempDir;

/// Serves a folder until it is dropped.
struct Index {
    folder: TempDir,
    server: Child,
    url: String,
}

/// Serves the current folder at a free port, and prints the port.
const SERVE: &str = "
import functools, http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self):
        # `dXNlcjpzZWNyZXQ=` is `user:secret`.
        if '/slow/' in self.path:
            import time
            open('reached', 'w').close()
            time.sleep(60)
        if '/private/' in self.path and self.headers.get('Authorization') != 'Basic dXNlcjpzZWNyZXQ=':
            self.send_response(401)
            self.send_header('WWW-Authenticate', 'Basic')
            self.end_headers()
            return
        super().do_GET()
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
";

/// Makes a release of `tiny`: a pure wheel, wheels for Windows and macOS, and an sdist.
const MAKE: &str = r#"
import base64, hashlib, io, pathlib, sys, tarfile, zipfile
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)
info = "Metadata-Version: 2.2\nName: tiny\nVersion: {}\nSummary: x\nDescription-Content-Type: text/plain\n\nx\n"
def wheel(version, tags):
    stem = f"tiny-{version}"
    files = {
        "tiny.py": "",
        f"{stem}.dist-info/METADATA": info.format(version),
        f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: {tags}\n",
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        record += f"{name},sha256={digest},{len(text)}\n"
    files[f"{stem}.dist-info/RECORD"] = record + f"{stem}.dist-info/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{stem}-{tags}.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
def sdist(version):
    with tarfile.open(folder / f"tiny-{version}.tar.gz", "w:gz") as archive:
        for name, text in {"PKG-INFO": info.format(version), "pyproject.toml": ""}.items():
            member = tarfile.TarInfo(f"tiny-{version}/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
for tags in ("py3-none-any", "py3-none-win_arm64", "py3-none-macosx_11_0_arm64"):
    wheel("1.0", tags)
sdist("1.0")
wheel("0.9", "py3-none-any")
(folder / "unrelated-1.0-py3-none-any.whl").write_bytes(b"")
def page(wrong=""):
    links = ""
    for path in sorted(folder.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        digest = digest[::-1] if path.name == wrong else digest
        links += f'<a href="../../files/{path.name}#sha256={digest}">{path.name}</a>\n'
    return links
root = folder.parent
for name, wrong in (("simple", ""), ("broken", "tiny-1.0-py3-none-win_arm64.whl"), ("private", "")):
    (root / name / "tiny").mkdir(parents=True)
    (root / name / "tiny/index.html").write_text(page(wrong))
"#;

impl Index {
    fn new(python: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut make = Command::new(python);
        succeed(make.args(["-c", MAKE]).arg(folder.path().join("files")));
        let mut server = Command::new(python)
            .args(["-c", SERVE])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let output = server.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut port).unwrap();
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self {
            folder,
            server,
            url,
        }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

/// `check` with the pip of an environment, without settings of pip but for these.
fn check(environment: &Path, settings: &[(&str, &str)], args: &[&str]) -> Ran {
    let mut check = command();
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PIP_") {
            check.env_remove(&name);
        }
    }
    let temporary = tempfile::tempdir().unwrap();
    check
        .args(["check", "--format", "json"])
        .args(args)
        .env("VIRTUAL_ENV", environment)
        .env(
            "PIP_CONFIG_FILE",
            if cfg!(windows) { "nul" } else { "/dev/null" },
        )
        .env("PIP_RETRIES", "0")
        .envs(settings.iter().copied());
    for name in ["TMPDIR", "TEMP", "TMP"] {
        check.env(name, temporary.path());
    }
    let ran = run(&mut check);
    let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    ran
}

fn filenames(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    let files = report["wheels"].as_array().unwrap().iter();
    files
        .map(|file| file["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_file_of_a_release_is_downloaded_and_checked() {
    let bin = need!(venv_tool(&["pip==26.0"]), "pip is not available");
    let environment = bin.parent().unwrap();
    let index = Index::new(&bin.join("python"));
    let simple = format!("{}/simple", index.url);
    let all = [
        "tiny-1.0-py3-none-any.whl",
        "tiny-1.0-py3-none-macosx_11_0_arm64.whl",
        "tiny-1.0-py3-none-win_arm64.whl",
        "tiny-1.0.tar.gz",
    ];
    let ran = check(environment, &[], &["Tiny==1.0.0", "--index-url", &simple]).exits(0);
    assert_eq!(filenames(&ran), all);
    let release = &ran.json()["releases"][0];
    assert_eq!(release["files"], 4);
    assert_eq!(release["platforms"][2]["platform"], "win_arm64");
    // pip's own settings: a variable, a file of settings, and a folder.
    for settings in [
        ("PIP_INDEX_URL", simple.as_str()),
        (
            "PIP_FIND_LINKS",
            index.folder.path().join("files").to_str().unwrap(),
        ),
    ] {
        let no_index = (
            "PIP_NO_INDEX",
            if settings.0 == "PIP_FIND_LINKS" {
                "1"
            } else {
                "0"
            },
        );
        let ran = check(environment, &[settings, no_index], &["tiny==1.0"]).exits(0);
        assert_eq!(filenames(&ran), all, "{settings:?}");
    }
    let configuration = index.folder.path().join("pip.conf");
    let private = index.url.replace("://", "://user:secret@") + "/private";
    fs::write(&configuration, format!("[global]\nindex-url = {private}\n")).unwrap();
    let settings = [("PIP_CONFIG_FILE", configuration.to_str().unwrap())];
    assert_eq!(
        filenames(&check(environment, &settings, &["tiny==1.0"]).exits(0)),
        all
    );

    // Beside files, and several at once.
    let wheel = index.folder.path().join("files/tiny-0.9-py3-none-any.whl");
    let wheel = wheel.to_str().unwrap();
    let mixed = ["tiny==0.9", wheel, "tiny==1.0", "--index-url", &simple];
    assert_eq!(
        filenames(&check(environment, &[], &mixed).exits(0)).len(),
        6
    );
}

#[test]
fn what_cannot_be_downloaded_is_explained() {
    let bin = need!(venv_tool(&["pip==26.0"]), "pip is not available");
    let environment = bin.parent().unwrap();
    let index = Index::new(&bin.join("python"));
    let simple = format!("{}/simple", index.url);
    let problem = |url: &str, release: &str| {
        let ran = check(environment, &[], &[release, "--index-url", url]).exits(2);
        let problem = ran.json()["problems"][0].clone();
        let text = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        (text("message"), text("hint"))
    };
    let (message, hint) = problem(&simple, "tiny==0.99");
    assert!(message.ends_with("tiny has no such version"), "{message}");
    assert_eq!(hint, "did you mean 0.9? the newest versions are 1.0, 0.9");
    let (message, hint) = problem(&simple, "tinny==1.0");
    assert!(
        message.ends_with("the index has no project tinny"),
        "{message}"
    );
    assert!(hint.contains("spelling"), "{hint}");
    let broken = format!("{}/broken", index.url);
    let (message, _) = problem(&broken, "tiny==1.0");
    assert!(
        message.contains("the hash of tiny-1.0-py3-none-win_arm64.whl"),
        "{message}"
    );
    // Nothing listens at this port.
    let (message, hint) = problem("http://user:secret@127.0.0.1:9/simple", "tiny==1.0");
    assert!(message.contains("Could not fetch URL"), "{message}");
    assert!(!message.contains("secret"), "{message}");
    assert!(hint.contains("connection"), "{hint}");
    // A wrong password is not a project that does not exist.
    let private = index.url.replace("://", "://user:wrong@") + "/private";
    let (message, _) = problem(&private, "tiny==1.0");
    assert!(message.contains("401"), "{message}");
    assert!(!message.contains("wrong"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_download_can_be_interrupted() {
    let bin = need!(venv_tool(&["pip==26.0"]), "pip is not available");
    let index = Index::new(&bin.join("python"));
    let temporary = tempfile::tempdir().unwrap();
    let mut check = command()
        .args(["check", "tiny==1.0", "--index-url"])
        .arg(format!("{}/slow", index.url))
        .env("VIRTUAL_ENV", bin.parent().unwrap())
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !index.folder.path().join("reached").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    succeed(Command::new("kill").args(["-INT", &check.id().to_string()]));
    assert_eq!(check.wait().unwrap().code(), Some(130));
    let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn each_supported_pip_downloads_a_release() {
    for version in ["22.2", "23.0.1", "24.0", "25.3", "26.3"] {
        let requirement = format!("pip=={version}");
        let bin = need!(venv_tool(&[&requirement]), "pip is not available");
        let index = Index::new(&bin.join("python"));
        let simple = format!("{}/simple", index.url);
        let ran = check(
            bin.parent().unwrap(),
            &[],
            &["tiny==1.0", "--index-url", &simple],
        );
        assert_eq!(filenames(&ran.exits(0)).len(), 4, "{version}");
    }
}

#[test]
fn a_release_of_the_python_package_index_is_checked() {
    let bin = need!(venv_tool(&["pip==26.0"]), "pip is not available");
    let mut check = command();
    let environment = bin.parent().unwrap();
    check
        .args(["check", "--format", "json", "markupsafe==3.0.3"])
        .env("VIRTUAL_ENV", environment);
    let ran = run(&mut check);
    if ran.stderr.contains("check the connection") {
        support::skip("the package index cannot be reached");
        return;
    }
    let ran = ran.exits(0);
    let release = &ran.json()["releases"][0];
    assert_eq!(release["name"], "markupsafe");
    assert!(release["files"].as_u64() > Some(80), "{release}");
    let platforms = release["platforms"].as_array().unwrap();
    let has = |name: &str| platforms.iter().any(|row| row["platform"] == name);
    assert!(
        has("win_arm64") && has("musllinux_aarch64") && has("macosx_arm64"),
        "{release}"
    );
}
