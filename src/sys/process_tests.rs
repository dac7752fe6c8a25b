use super::*;

fn sh(script: &str, patience: Duration) -> Result<Output, Failure> {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    capture(command, patience, &Cancel::default())
}

#[test]
fn what_a_program_writes_is_collected() {
    let output = sh("echo out; echo err >&2; cat", PATIENCE).unwrap();
    assert_eq!(output.stderr, "err\n");
    assert_eq!(output.answer().unwrap(), "out\n");
    let failure = sh("echo why >&2; exit 3", PATIENCE).unwrap().answer();
    assert_eq!(
        failure.unwrap_err().to_string(),
        "it ended with exit status: 3: why"
    );
}

#[test]
fn a_program_may_be_given_its_standard_input() {
    use std::io::{Seek as _, Write as _};
    let mut input = tempfile::tempfile().unwrap();
    input.write_all(b"one\ntwo\n").unwrap();
    input.rewind().unwrap();
    let cat = Command::new("cat");
    let output = capture_with_input(cat, input.into(), PATIENCE, &Cancel::default());
    assert_eq!(output.unwrap().answer().unwrap(), "one\ntwo\n");
}

#[test]
fn a_program_that_hangs_is_ended_with_its_children() {
    let start = Instant::now();
    for script in ["sleep 60", "sleep 60 & sleep 60", "exec >&- 2>&-; sleep 60"] {
        let failure = sh(script, Duration::from_millis(200));
        assert!(matches!(failure, Err(Failure::Hung(_))), "{script}");
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_a_program_leaves_behind_is_not_waited_for() {
    let start = Instant::now();
    let output = sh("echo out; sleep 60 &", PATIENCE).unwrap();
    assert_eq!(output.answer().unwrap(), "out\n");
    let mut command = Command::new("sh");
    command.args(["-c", "echo out; echo err >&2; sleep 4 & exit 3"]);
    let transcript = transcribe(command, &Cancel::default()).unwrap();
    assert_eq!(transcript.text, "out\nerr\n");
    assert!(!transcript.is_complete && transcript.status.code() == Some(3));
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn every_program_is_ended_when_the_run_is_stopped() {
    let start = Instant::now();
    let runs: [fn(Command, &Cancel) -> String; 3] = [
        |command, cancel| {
            capture(command, PATIENCE * 6, cancel)
                .unwrap_err()
                .to_string()
        },
        |command, cancel| finish(command, cancel).unwrap_err().to_string(),
        |command, cancel| {
            transcribe(command, cancel)
                .map(drop)
                .unwrap_err()
                .to_string()
        },
    ];
    for run in runs {
        let cancel = Cancel::default();
        let said = thread::scope(|scope| {
            let run = scope.spawn(|| {
                let mut command = Command::new("sh");
                command.args(["-c", "trap '' INT TERM HUP; sleep 60 & sleep 60"]);
                run(command, &cancel)
            });
            thread::sleep(Duration::from_millis(100));
            cancel.interrupt();
            run.join().unwrap()
        });
        assert_eq!(said, "interrupted");
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_program_that_is_not_there_is_no_panic() {
    let command = || Command::new("/nowhere/python");
    let failure = capture(command(), PATIENCE, &Cancel::default());
    assert!(matches!(failure, Err(Failure::Io(_))));
    let error = finish(command(), &Cancel::default()).unwrap_err();
    assert!(error.to_string().contains("cannot run /nowhere/python"));
}

#[test]
fn the_last_lines_are_those_with_something_in_them() {
    assert_eq!(last_lines("a\n\nb\n \nc\n\n", 2), "b\nc");
    assert_eq!(last_lines("", 2), "");
}
