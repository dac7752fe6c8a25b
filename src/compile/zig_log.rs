//! The errors in the output of a failed `zig build`, without the noise around them.
//!
//! Takes what Zig 0.14 to 0.17 print; gives each error with its place, so that the same error of many jobs
//! can be reported once. What is left out (step trees, command lines, summaries) differs between jobs and
//! says nothing about the cause.

use std::path::Path;

use crate::error::Problem;
use crate::text::place::position;

/// The errors in the output of a failed `zig build`, each once, as zig prints them with lines of code and
/// notes. The place of an error below `root` becomes relative. Empty if the output has no errors of a
/// compiler or a linker, or if something else has failed too: then the whole output has to be shown.
pub(crate) fn errors(log: &str, root: &Path) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    // The error whose lines are being read.
    let mut current: Option<Problem> = None;
    let mut is_summary = false;
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default();
        match classify(line, next) {
            Line::Error { place, message } => {
                is_summary = false;
                found.extend(current.take());
                current = Some(Problem::new(match place {
                    Some(place) => format!("{}: error: {message}", relative(place, root)),
                    None => line.to_owned(),
                }));
            }
            // The next line is the command that failed.
            Line::FailedCommand => {
                is_summary = false;
                lines.next();
                found.extend(current.take());
            }
            Line::OtherFailure => return Vec::new(),
            Line::Summary => {
                is_summary = true;
                found.extend(current.take());
            }
            Line::Noise => found.extend(current.take()),
            Line::Text if is_summary => {}
            Line::Text => {
                if let Some(problem) = &mut current {
                    problem.message.push('\n');
                    problem.message.push_str(line.trim_end());
                }
            }
        }
    }
    found.extend(current);
    let mut once: Vec<Problem> = Vec::new();
    for mut problem in found {
        problem.message.truncate(problem.message.trim_end().len());
        if !once.iter().any(|known| is_same(known, &problem)) {
            once.push(problem);
        }
    }
    once
}

/// Whether two problems are the same error: their first lines have the place and the message. Zig's notes
/// about an error may differ between targets.
pub(crate) fn is_same(one: &Problem, other: &Problem) -> bool {
    one.place == other.place && one.message.lines().next() == other.message.lines().next()
}

/// Whether the message of a problem is an error in zig's own words.
pub(crate) fn is_zigs(problem: &Problem) -> bool {
    problem.place.is_none() && error_line(&problem.message).is_some()
}

enum Line<'l> {
    /// An error begins.
    Error {
        place: Option<&'l str>,
        message: &'l str,
    },
    /// A compiler or a linker has failed, whose errors come before this line.
    FailedCommand,
    /// Something else than a compiler has failed.
    OtherFailure,
    /// The summary of all steps begins.
    Summary,
    /// A line without information about the cause.
    Noise,
    /// A line of code, a note, or a line of some program.
    Text,
}

fn classify<'l>(line: &'l str, next: &str) -> Line<'l> {
    let is_branch = |line: &str| line.trim_start().starts_with("+- ");
    if line.starts_with("Build Summary: ") {
        return Line::Summary;
    }
    if is_branch(line) || (is_branch(next) && !line.starts_with(' ')) {
        return Line::Noise;
    }
    if line.starts_with("failed command: ") {
        return Line::Noise;
    }
    if line.starts_with("thread ") && line.contains(" panic: ") {
        return Line::OtherFailure;
    }
    let Some((place, message)) = error_line(line) else {
        return Line::Text;
    };
    if place.is_some() {
        return Line::Error { place, message };
    }
    let count = message.strip_suffix(" compilation errors");
    if count.is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit())) {
        return Line::Noise;
    }
    let Some(command) = message.strip_prefix("the following ") else {
        return Line::Error { place, message };
    };
    let is_compile = ["build-lib", "build-exe", "build-obj", "translate-c"]
        .iter()
        .any(|name| next.split_whitespace().nth(1) == Some(name));
    if command.starts_with("command failed with") && command.contains("compilation error")
        || command.starts_with("command exited with") && is_compile
        || command.starts_with("build command failed with exit code")
    {
        Line::FailedCommand
    } else {
        Line::OtherFailure
    }
}

/// The place and the message of a line that begins an error.
///
/// Ex) `src/a.zig:3:5: error: expected ';'`, `error: undefined symbol: x`
fn error_line(line: &str) -> Option<(Option<&str>, &str)> {
    if let Some(message) = line.strip_prefix("error: ") {
        return Some((None, message));
    }
    let (place, message) = line.split_once(": error: ")?;
    let (file, ..) = position(place)?;
    (!file.starts_with(' ')).then_some((Some(place), message))
}

/// A place without the path of the project in front.
fn relative(place: &str, root: &Path) -> String {
    let below = root.to_str().and_then(|root| place.strip_prefix(root));
    let below = below.and_then(|below| below.strip_prefix(['/', '\\']));
    below.unwrap_or(place).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Zig 0.15.2 prints it.
    const ZIG_0_15: &str = "\
install
+- install hello
   +- compile lib hello ReleaseFast x86_64-linux-gnu.2.17 2 errors
/p/src/extra.c:4:23: error: too many arguments to function call, expected single argument 'a', have 2 arguments
    int y = helper(x, 2);
            ~~~~~~~~~~^
/p/src/extra.c:2:12: note: 'helper' declared here
static int helper(int a) { return a; }
           ^~~~~~~~~~~~
/p/src/extra.c:5:16: error: use of undeclared identifier 'missing_name'
    return y + missing_name;
               ^
error: the following command failed with 2 compilation errors:
/z/zig build-lib /p/src/extra.c -fstrip -OReleaseFast --listen=-

Build Summary: 1/4 steps succeeded; 1 failed
install transitive failure
+- install hello transitive failure
   +- compile lib hello ReleaseFast x86_64-linux-gnu.2.17 2 errors

error: the following build command failed with exit code 1:
.pyz3-wheel/zig-cache/o/82b117c89e84e0505099197afe9fdb1b/build /z/zig /z/lib --seed 0x81600834
";

    /// As Zig 0.17.1 prints it.
    const ZIG_0_17: &str = "\
install
+- install hello
   +- compile lib hello fast x86_64-windows-gnu 2 errors
src/native.zig:22:64: error: type 'u8' cannot represent integer value '300'
    sum = @as(u8, 300);
                  ^~~
referenced by:
    methods: src/native.zig:45:29
    6 reference(s) hidden; use '-freference-trace=8' to see all references
error: lld-link: undefined symbol: missing
    note: referenced by .pyz3-wheel/zig-cache/o/bf/hello_zcu.obj:(.Lnative.total)
error: 2 compilation errors
failed command: /z/zig build-lib -lpython312 --listen=-

Build Summary: 1/4 steps succeeded (1 failed)
install transitive failure
+- install hello transitive failure
   +- compile lib hello fast x86_64-windows-gnu 2 errors


";

    fn shown(log: &str) -> Vec<String> {
        let problems = errors(log, Path::new("/p"));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn errors_keep_their_code_and_notes_and_nothing_else() {
        assert_eq!(
            shown(ZIG_0_15),
            [
                "src/extra.c:4:23: error: too many arguments to function call, expected single argument 'a', have 2 arguments\n    int y = helper(x, 2);\n            ~~~~~~~~~~^\n/p/src/extra.c:2:12: note: 'helper' declared here\nstatic int helper(int a) { return a; }\n           ^~~~~~~~~~~~",
                "src/extra.c:5:16: error: use of undeclared identifier 'missing_name'\n    return y + missing_name;\n               ^",
            ]
        );
        assert_eq!(
            shown(ZIG_0_17),
            [
                "src/native.zig:22:64: error: type 'u8' cannot represent integer value '300'\n    sum = @as(u8, 300);\n                  ^~~\nreferenced by:\n    methods: src/native.zig:45:29\n    6 reference(s) hidden; use '-freference-trace=8' to see all references",
                "error: lld-link: undefined symbol: missing\n    note: referenced by .pyz3-wheel/zig-cache/o/bf/hello_zcu.obj:(.Lnative.total)",
            ]
        );
    }

    /// As Zig 0.15.2 prints what is wrong before it compiles.
    const NO_LIBRARY: &str = "\
install
+- install hello
   +- compile lib hello Debug native failure
error: error: unable to find dynamic system library 'python312'. searched paths:
  /usr/lib/libpython312.so

error: the following command exited with error code 1:
/z/zig build-lib -lpython312 -dynamic --listen=-

Build Summary: 1/4 steps succeeded; 1 failed
install transitive failure

error: the following build command failed with exit code 1:
.pyz3-wheel/zig-cache/o/89/build /z/zig /z/lib --seed 0x6bd39a93
";

    #[test]
    fn errors_of_zig_itself_are_errors_too() {
        assert_eq!(
            shown(NO_LIBRARY),
            [
                "error: error: unable to find dynamic system library 'python312'. searched paths:\n  /usr/lib/libpython312.so"
            ]
        );
    }

    #[test]
    fn an_error_of_two_steps_is_one() {
        let log = ZIG_0_17.replace("hello fast", "other fast") + ZIG_0_17;
        assert_eq!(shown(&log), shown(ZIG_0_17));
    }

    #[test]
    fn other_failures_are_left_to_the_whole_output() {
        for log in [
            "thread 6466 panic: oops\n/p/build.zig:14:25: 0x121a23c in build (build.zig)\nerror: the following build command crashed:\n/z/build\n",
            "install\n+- run sh failure\nmy tool says no\nerror: the following command exited with error code 3:\nsh -c false\n",
            "a line\nand another\n",
            "",
        ] {
            assert_eq!(shown(log), Vec::<String>::new(), "{log}");
            if log.contains("error: ") {
                assert_eq!(shown(&format!("{ZIG_0_15}{log}")), Vec::<String>::new());
            }
        }
    }

    #[test]
    fn paths_of_windows_are_places_too() {
        let log = "C:\\p\\a.zig:1:2: error: no\n";
        let found = errors(log, Path::new("C:\\p"));
        assert_eq!(found[0].to_string(), "a.zig:1:2: error: no");
    }
}
