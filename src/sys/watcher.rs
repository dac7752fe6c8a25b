//! Ends the programs that this process has started when it is killed without warning.
//!
//! A shell in a process group of its own reads the process groups from a pipe whose only writing end
//! this process has. When the pipe ends, it kills those that are still in its list. Where there is no
//! shell, nothing is watched. On Windows a job object does the same.

#[cfg(unix)]
pub(crate) use unix::{Watched, finish, prepare, watch};

#[cfg(unix)]
mod unix {
    use std::io::{PipeWriter, Write as _};
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command, Stdio};
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    use crate::sys::sync;

    /// Keeps a list of process groups, which lines with `+` and `-` add and remove, and kills them in the
    /// end. It runs in the root directory, so that it keeps no file system busy, and ignores the signals that
    /// end this process's terminal.
    const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM TSTP
cd /
groups=' '
while read -r line; do
    group=${line#?}
    case $line in
        +*) groups="$groups$group " ;;
        -*) case $groups in *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;; esac ;;
    esac
done
for group in $groups; do
    kill -9 "-$group"
done
"#;

    /// How long this process waits at its end for the watcher to end, so that it does not become a zombie.
    const END: Duration = Duration::from_millis(100);

    enum Watcher {
        Unused,
        Running(Child, PipeWriter),
        Unavailable,
    }

    /// Nothing: the watcher starts with the first program that it watches.
    pub(crate) fn prepare() {}

    static WATCHER: Mutex<Watcher> = Mutex::new(Watcher::Unused);

    /// A process group that is killed with this process, until this is dropped.
    pub(crate) struct Watched(u32);

    impl Drop for Watched {
        fn drop(&mut self) {
            tell('-', self.0);
        }
    }

    /// Has a process group killed when this process is.
    pub(crate) fn watch(group: u32) -> Watched {
        tell('+', group);
        Watched(group)
    }

    /// Ends the watcher, which kills whatever it still watches.
    pub(crate) fn finish() {
        let mut watcher = sync::lock(&WATCHER);
        let Watcher::Running(mut shell, pipe) = std::mem::replace(&mut *watcher, Watcher::Unused)
        else {
            return;
        };
        drop(pipe);
        let begin = Instant::now();
        while matches!(shell.try_wait(), Ok(None)) && begin.elapsed() < END {
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    fn tell(sign: char, group: u32) {
        let mut watcher = sync::lock(&WATCHER);
        if let Watcher::Unused = *watcher {
            *watcher = start().unwrap_or(Watcher::Unavailable);
        }
        if let Watcher::Running(_, pipe) = &mut *watcher {
            // Not an error: a shell that has stopped reading watches nothing.
            let _ = pipe.write_all(format!("{sign}{group}\n").as_bytes());
        }
    }

    fn start() -> std::io::Result<Watcher> {
        let (reader, writer) = std::io::pipe()?;
        // A shell that is stopped must not stop us.
        let flags = fcntl_getfl(&writer)?;
        fcntl_setfl(&writer, flags | OFlags::NONBLOCK)?;
        let shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .env_clear()
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Watcher::Running(shell, writer))
    }
}

#[cfg(windows)]
pub(crate) use windows::{Watched, finish, prepare, watch};

#[cfg(windows)]
mod windows {
    use win32job::{ExtendedLimitInfo, Job};

    /// Has everything that this process starts end with it: the system closes the job when this process
    /// is gone, and ends what is left in it.
    pub(crate) fn prepare() {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits);
        if let Ok(job) = job.and_then(|job| job.assign_current_process().map(|()| job)) {
            // Only the end of the process closes it.
            let _ = job.into_handle();
        }
    }

    /// Nothing to end: the job does that.
    pub(crate) struct Watched;

    pub(crate) fn watch(_process: u32) -> Watched {
        Watched
    }

    pub(crate) fn finish() {}
}
