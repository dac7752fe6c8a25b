//! How wheels are written into the output directory: the same bytes however they are packed, and an earlier
//! wheel or a whole new one whatever happens meanwhile.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
#[cfg(unix)]
use std::time::{Duration, Instant};

use pyz3_wheel::Platform;
use tempfile::TempDir;

use support::{BUILD, command, project, run, skip, succeed};

const EARLIER: &[u8] = b"an earlier wheel";

/// Bytes of which deflate keeps nine tenths.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[2] | 0x11
    };
    (0..length).map(|_| byte()).collect()
}

/// A library for ctypes with a data file of so many bytes.
fn tiny(length: usize) -> TempDir {
    let folder = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"tiny\"\nversion = \"1.0\"\nlicense-files = [\"LICENSE\"]\n",
        ),
        ("LICENSE", "do what you like"),
        ("build.zig", BUILD),
        (
            "tiny.zig",
            "export fn tiny_answer() c_int {\n    return 42;\n}\n",
        ),
        ("tiny/__init__.py", ""),
    ]);
    std::fs::write(folder.path().join("tiny/table.bin"), noise(length)).unwrap();
    folder
}

fn build(project: &Path, output: &Path) -> Command {
    let mut command = command();
    command.args(["--platform", "linux-x86_64", "--project"]);
    command.arg(project).arg("--output-dir").arg(output);
    command
}

fn wheel() -> String {
    let platform = Platform::LinuxX86_64.wheel_platform();
    format!("tiny-1.0-py3-none-{platform}.whl")
}

/// The names in a folder, sorted.
fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A folder that holds an earlier wheel.
fn with_earlier_wheel() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(wheel()), EARLIER).unwrap();
    dir
}

/// Fails the test unless this folder holds the wheel and nothing else, and every reader takes it.
#[track_caller]
fn is_a_whole_wheel(dir: &Path) {
    assert_eq!(names(dir), [wheel()]);
    let path = dir.join(wheel());
    succeed(command().arg("check").arg(&path));
    succeed(
        Command::new("python3")
            .args(["-m", "zipfile", "-t"])
            .arg(&path),
    );
    match Command::new("unzip").arg("-tq").arg(&path).output() {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) => skip(&format!("unzip of a wheel: {error}")),
    }
}

#[test]
fn neither_jobs_nor_other_wheels_show_in_the_bytes() {
    let project = tiny(3_500_000);
    let platforms = ["--platform", "linux-aarch64", "--platform", "windows-x64"];
    let outputs: Vec<_> = [(1, 3), (4, 3), (2, 1)]
        .iter()
        .map(|(jobs, wheels)| {
            let output = tempfile::tempdir().unwrap();
            let mut command = build(project.path(), output.path());
            command.args(["--jobs", &jobs.to_string()]);
            if *wheels == 3 {
                command.args(platforms);
            }
            run(&mut command).exits(0);
            assert_eq!(names(output.path()).len(), *wheels);
            output
        })
        .collect();
    for name in names(outputs[0].path()) {
        let bytes = std::fs::read(outputs[0].path().join(&name)).unwrap();
        for other in &outputs[1..] {
            let path = other.path().join(&name);
            assert!(
                !path.exists() || std::fs::read(path).unwrap() == bytes,
                "{name}"
            );
        }
    }
    is_a_whole_wheel(outputs[2].path());
}

/// Killed when the wheel's temporary file is there, and a little later each time.
#[test]
#[cfg(unix)]
fn a_run_that_is_killed_leaves_the_earlier_wheel_and_the_next_one_cleans_up() {
    let project = tiny(12_000_000);
    let output = with_earlier_wheel();
    let mut strays = 0;
    for delay in [0, 20, 100, 250, 0, 0] {
        std::fs::write(output.path().join(wheel()), EARLIER).unwrap();
        let left = names(output.path());
        let mut child = build(project.path(), output.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let patience = Instant::now() + Duration::from_secs(240);
        let is_new_and_written = |name: &String| {
            let found = std::fs::metadata(output.path().join(name));
            !left.contains(name) && found.is_ok_and(|found| found.len() > 0)
        };
        // On a busy machine it may be over before it is seen.
        while !names(output.path()).iter().any(is_new_and_written)
            && child.try_wait().unwrap().is_none()
        {
            assert!(Instant::now() < patience, "nothing was packed");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().unwrap();
        let left = std::fs::read(output.path().join(wheel())).unwrap();
        if left != EARLIER {
            // It was too late: then it is the whole new one.
            succeed(command().arg("check").arg(output.path().join(wheel())));
        }
        let left = names(output.path()).len() - 1;
        assert!(left <= 1, "the strays of earlier runs stayed");
        strays += left;
    }
    assert!(strays > 0, "no run was killed while it packed");
    run(&mut build(project.path(), output.path())).exits(0);
    is_a_whole_wheel(output.path());
}

#[test]
fn only_what_nobody_holds_is_swept_away() {
    let project = tiny(10);
    let output = tempfile::tempdir().unwrap();
    let held = output.path().join(".pyz3-wheel-abcdef.tmp");
    let others = output.path().join("notes.tmp");
    let file = File::create(&held).unwrap();
    file.lock().unwrap();
    std::fs::write(&others, "mine").unwrap();
    run(&mut build(project.path(), output.path())).exits(0);
    assert!(held.exists() && others.exists());
    drop(file);
    run(&mut build(project.path(), output.path())).exits(0);
    assert!(!held.exists() && others.exists());
}

#[test]
fn two_runs_at_once_may_write_to_one_folder() {
    let (one, other) = (tiny(3_000_000), tiny(3_000_000));
    let output = with_earlier_wheel();
    // Zig's caches first, so that the two come to pack at the same time.
    run(&mut build(one.path(), output.path())).exits(0);
    let children = [&one, &other].map(|project| {
        build(project.path(), output.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    });
    for child in children {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    }
    is_a_whole_wheel(output.path());
}

/// The folder of another file system than that of the temporary folder.
#[test]
#[cfg(unix)]
fn the_output_may_be_on_another_file_system() {
    use std::os::unix::fs::MetadataExt as _;
    let project = tiny(2_000_000);
    let device = |path: &Path| std::fs::metadata(path).ok().map(|found| found.dev());
    let shared = Path::new("/dev/shm");
    if device(shared).is_none() || device(shared) == device(project.path()) {
        skip("output on another file system: /dev/shm is none");
        return;
    }
    let output = TempDir::new_in(shared).unwrap();
    std::fs::write(output.path().join(wheel()), EARLIER).unwrap();
    run(&mut build(project.path(), output.path())).exits(0);
    is_a_whole_wheel(output.path());
}

/// A separate file system, which is unmounted on drop; `None`, with a message, if it cannot be mounted.
struct Mount(TempDir);

impl Mount {
    fn new(options: &str, what: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(dir.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(dir)),
            _ => {
                skip(&format!("{what}: this user cannot mount a file system"));
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_leaves_the_earlier_wheel() {
    let disk = support::need!(Mount::new("size=1m", "a full disk"), "a full disk");
    std::fs::write(disk.path().join(wheel()), EARLIER).unwrap();
    let project = tiny(3_000_000);
    let ran = run(build(project.path(), disk.path()).args(["--format", "json"])).exits(1);
    let problem = &ran.json()["failures"][0]["problems"][0];
    let message = problem["message"].as_str().unwrap();
    assert!(
        message.starts_with("the archive cannot be written"),
        "{message}"
    );
    ran.says("free some space");
    assert_eq!(names(disk.path()), [wheel()]);
    assert_eq!(std::fs::read(disk.path().join(wheel())).unwrap(), EARLIER);
}

/// The wheel fits, what is kept of it for the others does not: the disk of the project is full.
#[test]
fn no_room_to_keep_what_wheels_share_is_no_failure() {
    let disk = support::need!(
        Mount::new("size=4m", "a full disk of the project"),
        "a full disk of the project"
    );
    let project = tiny(2_500_000);
    support::copy_tree(project.path(), disk.path());
    let output = tempfile::tempdir().unwrap();
    let mut command = build(disk.path(), output.path());
    // One after another: what they write beside has room only once no more is being kept.
    command.args(["--platform", "linux-aarch64", "--jobs", "1"]);
    run(&mut command).exits(0);
    assert_eq!(names(output.path()).len(), 2);
    for name in names(output.path()) {
        succeed(
            support::command()
                .arg("check")
                .arg(output.path().join(name)),
        );
    }
}

/// A folder that cannot be written to, whoever the user is; with the earlier wheel in it.
#[cfg(unix)]
enum ReadOnly {
    Folder(TempDir),
    Mounted(Mount),
}

#[cfg(unix)]
impl ReadOnly {
    fn path(&self) -> std::path::PathBuf {
        match self {
            Self::Folder(dir) => dir.path().to_owned(),
            Self::Mounted(mount) => mount.path().to_owned(),
        }
    }
}

#[cfg(unix)]
fn read_only() -> Option<ReadOnly> {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = with_earlier_wheel();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    if tempfile::tempfile_in(dir.path()).is_err() && File::create(dir.path().join("x")).is_err() {
        return Some(ReadOnly::Folder(dir));
    }
    // Root may write everywhere but where nobody may.
    let mount = Mount::new("size=1m", "a read-only folder")?;
    std::fs::write(mount.path().join(wheel()), EARLIER).unwrap();
    succeed(
        Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(mount.path()),
    );
    Some(ReadOnly::Mounted(mount))
}

/// Neither a home folder nor the project can be written to, whoever the user is.
#[test]
#[cfg(unix)]
fn where_nothing_can_be_written_a_build_leaves_only_its_wheel() {
    let project = tiny(10);
    std::fs::write(project.path().join(".pyz3-wheel"), "").unwrap();
    let (output, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let nowhere = |command: &mut Command| {
        command
            .env("HOME", "/dev/null")
            .env("TMPDIR", temporary.path());
        command
            .env_remove("PYZ3_WHEEL_CACHE_DIR")
            .env_remove("XDG_CACHE_HOME");
        let ran = run(command).exits(0);
        assert_eq!(names(temporary.path()), [""; 0]);
        ran.says("cannot write to the cache folder /dev/null/.cache/pyz3-wheel")
            .says("--cache-dir DIR, or PYZ3_WHEEL_CACHE_DIR")
    };
    let mut command = build(project.path(), output.path());
    command.arg("--zig").arg(support::zig());
    nowhere(&mut command).says("Zig's local cache and the logs are in a temporary folder");
    assert_eq!(names(output.path()), [wheel()]);
    let mut command = build(project.path(), output.path());
    nowhere(command.arg("--dry-run").arg("--zig").arg(support::zig()));
    nowhere(support::command().arg("pythons"));
}

#[test]
#[cfg(unix)]
fn a_read_only_folder_is_told_before_anything_is_compiled() {
    let dir = support::need!(read_only(), "a read-only folder");
    let project = tiny(10);
    run(&mut build(project.path(), &dir.path()))
        .exits(2)
        .says("cannot write wheels to")
        .says("choose another folder with --output-dir");
    assert!(!project.path().join(".pyz3-wheel").exists());
    assert_eq!(std::fs::read(dir.path().join(wheel())).unwrap(), EARLIER);
}
