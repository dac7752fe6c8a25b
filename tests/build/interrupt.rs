//! Ctrl-C and SIGTERM in the middle of a build: children ended, nothing left behind, nothing lost.
#![cfg(unix)]

mod killed;
mod waiting;

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pyz3_wheel::Platform;
use tempfile::TempDir;

use support::{command, names, project};

/// Says in a file that it has begun, then sleeps; `NAP` is a duration that no other process has.
const BUILD: &str = r#"
const std = @import("std");
pub fn build(b: *std.Build) void {
    _ = b.standardTargetOptions(.{});
    const nap = b.addSystemCommand(&.{ "sh", "-c", "echo > BEGUN; sleep NAP; echo > ENDED" });
    b.getInstallStep().dependOn(&nap.step);
}
"#;

const EARLIER: &[u8] = b"an earlier wheel";

/// A project whose build sleeps, with an earlier wheel of the same name.
struct Sleeper {
    folder: TempDir,
    wheel: String,
    nap: String,
}

impl Sleeper {
    fn new(number: u32) -> Self {
        let nap = format!("{}.{}", 900 + number, std::process::id());
        let pyproject = "[project]\nname = \"sleeper\"\nversion = \"1.0\"\n";
        let folder = project(&[("pyproject.toml", pyproject), ("sleeper/__init__.py", "")]);
        let place = |name: &str| folder.path().join(name).display().to_string();
        let build = BUILD
            .replace("NAP", &nap)
            .replace("BEGUN", &place("begun"))
            .replace("ENDED", &place("ended"));
        std::fs::write(folder.path().join("build.zig"), build).unwrap();
        let wheel = format!(
            "sleeper-1.0-py3-none-{}.whl",
            Platform::LinuxX86_64.wheel_platform()
        );
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        std::fs::write(folder.path().join("dist").join(&wheel), EARLIER).unwrap();
        Self { folder, wheel, nap }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Begins the build and comes back once it sleeps.
    fn begin(&self) -> Child {
        self.begin_as(&mut command())
    }

    /// The same with a given command.
    fn begin_as(&self, command: &mut Command) -> Child {
        let mut child = command
            .args([
                "--platform",
                "linux-x86_64",
                "--format",
                "json",
                "--project",
            ])
            .arg(self.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let patience = Instant::now() + Duration::from_secs(240);
        while !self.path().join("begun").exists() {
            let ended = child.try_wait().unwrap();
            if ended.is_some() || Instant::now() > patience {
                let _ = child.kill();
                panic!("the build did not begin to sleep: {:?}", end(child));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        child
    }

    /// Whether the sleep is running still.
    fn sleeps(&self) -> bool {
        is_running(&format!("sleep {}", self.nap))
    }

    /// Waits for the end of the sleep, which the system may show for a moment longer.
    fn assert_ended(&self) {
        assert!(
            happens(|| !self.sleeps()),
            "the build's child outlived the program"
        );
    }

    /// The names in a folder of the project.
    fn names(&self, folder: &str) -> Vec<String> {
        names(&self.path().join(folder))
    }
}

/// Whether a process with this command line is running.
fn is_running(line: &str) -> bool {
    let found = Command::new("ps").args(["-A", "-o", "args="]).output();
    let text = String::from_utf8_lossy(&found.unwrap().stdout).into_owned();
    text.lines().any(|found| found.trim() == line)
}

/// Whether something becomes true within 20 seconds.
fn happens(what: impl Fn() -> bool) -> bool {
    let patience = Instant::now() + Duration::from_secs(20);
    while !what() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(50));
    }
    what()
}

/// Sends a signal to one process, or to a group of them.
fn send(name: &str, process: impl std::fmt::Display) {
    let process = process.to_string();
    let kill = Command::new("kill")
        .args(["-s", name, "--", &process])
        .status();
    assert!(kill.unwrap().success());
}

/// What a child wrote, and its exit code, once it has ended.
fn end(mut child: Child) -> (String, String, Option<i32>) {
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    (stdout, stderr, child.wait().unwrap().code())
}

/// Waits for the end of a run and checks that it reports the interruption to people and to programs. Gives
/// its document.
fn assert_interrupted(child: Child) -> serde_json::Value {
    let (stdout, stderr, code) = end(child);
    assert_eq!(code, Some(130), "{stderr}");
    assert!(stderr.contains("interrupted"), "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["exit_code"], 130);
    report
}

fn signal(name: &str, number: u32) {
    let sleeper = Sleeper::new(number);
    let child = sleeper.begin();
    assert!(sleeper.sleeps(), "the test cannot see the build's children");
    let begin = Instant::now();
    send(name, child.id());
    let report = assert_interrupted(child);
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "it took {:?} to stop",
        begin.elapsed()
    );

    sleeper.assert_ended();
    assert!(!sleeper.path().join("ended").exists());

    // Nothing is left behind and nothing is lost.
    assert_eq!(sleeper.names("dist"), [sleeper.wheel.as_str()]);
    assert_eq!(
        std::fs::read(sleeper.path().join("dist").join(&sleeper.wheel)).unwrap(),
        EARLIER
    );
    assert_eq!(sleeper.names(".pyz3-wheel/jobs"), Vec::<String>::new());

    assert_eq!(report["wheels"], serde_json::json!([]));
}

#[test]
fn ctrl_c_stops_a_build_cleanly() {
    signal("INT", 1);
}

#[test]
fn sigterm_stops_a_build_cleanly() {
    signal("TERM", 2);
}

/// Before the first job, while zig waits for a package.
#[test]
fn an_end_to_the_fetching_of_packages_is_an_interrupt() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let slow = format!(
        ".slow = .{{ .url = \"http://127.0.0.1:{port}/slow.tar.gz\", .hash = \"slow-1.0.0-{}\" }},\n",
        "a".repeat(44)
    );
    let sleeper = Sleeper::new(3);
    let write = |name: &str, text: &str| std::fs::write(sleeper.path().join(name), text).unwrap();
    write("build.zig.zon", &crate::vendor::manifest("sleeper", &slow));
    write(
        "pyproject.toml",
        "[project]\nname = \"sleeper\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\nsbom = true\n",
    );
    let mut child = command()
        .args(["--platform=linux-x86_64", "--format=json", "--project"])
        .arg(sleeper.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.set_nonblocking(true).unwrap();
    let _asked = loop {
        match server.accept() {
            Ok(asked) => break asked,
            Err(_) if child.try_wait().unwrap().is_none() => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(error) => panic!("nothing was fetched ({error}): {:?}", end(child)),
        }
    };
    send("TERM", child.id());
    assert_interrupted(child);
}
