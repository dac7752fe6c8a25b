//! Signals while the program waits for a lock or for an installer.

use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{assert_interrupted, end, happens, is_running, send};
use support::{BUILD, command, names, project, run};

/// A Zig that is not on this machine.
const VERSION: &str = "0.14.0";

/// A project that needs a missing Zig, and a Python whose pip never ends.
struct Waiter {
    folder: TempDir,
    nap: String,
}

impl Waiter {
    fn new(number: u32) -> Self {
        let nap = format!("{}.{}", 900 + number, std::process::id());
        let pyproject = "[project]\nname = \"waiter\"\nversion = \"1.0\"\n";
        let folder = project(&[
            ("pyproject.toml", pyproject),
            ("waiter/__init__.py", ""),
            ("build.zig", BUILD),
        ]);
        for name in ["bin", "cache", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let python = which::which("python3").unwrap();
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in *--no-input*) touch \"$TMPDIR/file\"; sleep {nap} & sleep {nap};; esac\nexec {} \"$@\"\n",
            python.display()
        );
        let place = folder.path().join("bin/python3");
        std::fs::write(&place, script).unwrap();
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, nap }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let path = std::env::var_os("PATH").unwrap();
        let path = [self.path("bin")]
            .into_iter()
            .chain(std::env::split_paths(&path));
        let mut command = command();
        command
            .args(["--platform=linux-x86_64", "--zig-version", VERSION])
            .args(["--format=json", "--project"])
            .arg(self.folder.path())
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("PYZ3_WHEEL_CACHE_DIR", self.path("cache"))
            .env("TMPDIR", self.path("tmp"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the program, and returns once the installer runs.
    fn begin(&self) -> Child {
        let child = self.command().spawn().unwrap();
        assert!(happens(|| self.installs()), "{:?}", end(child));
        child
    }

    fn installs(&self) -> bool {
        is_running(&format!("sleep {}", self.nap))
    }
}

#[test]
fn a_wait_for_a_lock_is_announced_and_ends_at_once() {
    let waiter = Waiter::new(6);
    run(command()
        .arg("pythons")
        .env("PYZ3_WHEEL_CACHE_DIR", waiter.path("cache")))
    .exits(0);
    let locks = waiter.path("cache/zig");
    std::fs::create_dir(&locks).unwrap();
    let lock = File::create(locks.join(format!(".{VERSION}.lock"))).unwrap();
    lock.lock().unwrap();
    // An older version of the program leaves the file empty.
    std::fs::write(
        locks.join(format!(".{VERSION}.lock")),
        format!("pyz3-wheel process 1, which installs Zig {VERSION}\n"),
    )
    .unwrap();
    let announcement =
        format!("waiting for another pyz3-wheel (process 1), which installs Zig {VERSION}");
    for signal in ["INT", "TERM", "HUP"] {
        let mut child = waiter.command().spawn().unwrap();
        let mut said = child.stderr.take().unwrap();
        let mut heard = String::new();
        let mut chunk = [0; 1024];
        while !heard.contains(&announcement) {
            let length = std::io::Read::read(&mut said, &mut chunk).unwrap();
            assert_ne!(length, 0, "{heard}");
            heard.push_str(&String::from_utf8_lossy(&chunk[..length]));
        }
        child.stderr = Some(said);
        send(signal, child.id());
        assert_interrupted(child);
    }
    assert!(!waiter.installs());
}

#[test]
fn an_installer_is_ended_with_all_that_it_has_started() {
    let waiter = Waiter::new(7);
    let child = waiter.begin();
    send("TERM", child.id());
    assert_interrupted(child);
    assert!(happens(|| !waiter.installs()));
    assert!(names(&waiter.path("tmp")).is_empty());

    // After a kill, `cache prune` removes the temporary folder.
    let mut child = waiter.begin();
    child.kill().unwrap();
    end(child);
    assert!(happens(|| !waiter.installs()));
    assert!(!names(&waiter.path("tmp")).is_empty());
    run(Command::new(support::pyz3_wheel())
        .args(["cache", "prune", "--cache-dir"])
        .arg(waiter.path("cache"))
        .env("TMPDIR", waiter.path("tmp")))
    .exits(0);
    assert!(names(&waiter.path("tmp")).is_empty());
}
