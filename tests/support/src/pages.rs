//! Pages of the documentation, followed word for word: files are written, commands are run, output is compared.
//!
//! A block is one of these:
//!
//! | block | what happens |
//! |---|---|
//! | ```` ```zig title="src/a.zig" ```` | the text is written to that file |
//! | ```` ```toml title="add to pyproject.toml" ```` | the text is added to the file: below the same table header if the file has one, else at the end |
//! | `console` | each line after `$` is run; what follows must be its output, where `…` stands for anything |
//! | `sh` | the text is run |
//! | `python` with `>>>` | the text is run by doctest |
//! | `text` | must be the output of the last command |
//!
//! Comments change that for the next block:
//!
//! - `<!-- not run: REASON -->`: the block is skipped, and the test prints the reason.
//! - `<!-- not run in this section: REASON -->`: the same for the blocks of the section that nothing can be done with.
//! - `<!-- needs gdb: REASON -->`: the same, unless that is a file in the directory or a program.
//! - `<!-- exit code: 4 -->`: the last command of the block ends with this code.
//!
//! Every other block is an error. All blocks of a page run in one shell, in one directory.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use crate::{hermetic, repo, skip, write_file};

/// One thing that a reader does.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// The line of the page on which the block begins.
    pub line: usize,
    /// What the step does.
    pub action: Action,
}

/// What a step does.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Writes a file.
    Write { path: String, text: String },
    /// Adds lines to a file.
    Add { path: String, text: String },
    /// Runs a command, which ends with this code.
    Run { command: String, code: i32 },
    /// Compares the output of the last command.
    Expect(String),
    /// Does nothing, for this reason.
    Skip(String),
    /// Does nothing up to the end of the block, for this reason, unless that is a file or a program.
    Need { what: String, reason: String },
}

/// What a comment says about the blocks after it.
enum Mark {
    NotRun(String),
    NotRunInSection(String),
    Needs(String, String),
    Code(i32),
}

impl Mark {
    fn parse(comment: &str) -> Option<Self> {
        let words: Vec<_> = comment.split_whitespace().collect();
        let comment = words.join(" ");
        let (what, value) = comment.split_once(": ")?;
        match what {
            "not run" => Some(Self::NotRun(value.to_owned())),
            "not run in this section" => Some(Self::NotRunInSection(value.to_owned())),
            "exit code" => Some(Self::Code(value.parse().unwrap())),
            _ => {
                let needed = what.strip_prefix("needs ")?;
                Some(Self::Needs(needed.to_owned(), value.to_owned()))
            }
        }
    }
}

/// A fenced block.
struct Block {
    line: usize,
    language: String,
    title: Option<String>,
    text: String,
}

impl Block {
    fn new(line: usize, info: &str) -> Self {
        let (_, title) = info.split_once("title=\"").unwrap_or_default();
        Self {
            line,
            language: info.split(' ').next().unwrap_or_default().to_owned(),
            title: title.split_once('"').map(|(title, _)| title.to_owned()),
            text: String::new(),
        }
    }

    /// The actions of the block, or why nothing can be done with it.
    fn actions(self, code: i32) -> Result<Vec<Action>, String> {
        let text = self.text;
        if let Some(title) = self.title {
            return Ok(vec![match title.strip_prefix("add to ") {
                Some(path) => Action::Add {
                    path: path.to_owned(),
                    text,
                },
                None => Action::Write { path: title, text },
            }]);
        }
        match self.language.as_str() {
            "console" => commands(&text, code),
            "sh" => Ok(vec![Action::Run {
                command: format!("set -e\n{text}set +e"),
                code,
            }]),
            "python" if text.starts_with(">>> ") => {
                let doctest = "import doctest, sys; sys.exit(doctest.testfile('/dev/stdin', module_relative=False, \
                               optionflags=doctest.ELLIPSIS)[0])";
                let command = format!("python3 -c \"{doctest}\" <<'END'\n{text}\nEND");
                Ok(vec![Action::Run { command, code }])
            }
            "text" => Ok(vec![Action::Expect(text)]),
            language => Err(format!(
                "a block of `{language}` needs a title=\"FILE\", or a comment `<!-- not run: REASON -->` before it"
            )),
        }
    }
}

/// The commands of a `console` block, each with its output.
fn commands(text: &str, code: i32) -> Result<Vec<Action>, String> {
    let mut actions: Vec<Action> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        match actions.last_mut() {
            _ if line.starts_with("$ ") => actions.push(Action::Run {
                command: line[2..].to_owned(),
                code: 0,
            }),
            Some(Action::Run { command, .. }) if line.starts_with("> ") || line == ">" => {
                let _ = write!(command, "\n{}", line.get(2..).unwrap_or_default());
            }
            Some(Action::Run { command, .. }) if command.ends_with('\\') => {
                let _ = write!(command, "\n{line}");
            }
            Some(Action::Run { .. }) => actions.push(Action::Expect(format!("{line}\n"))),
            Some(Action::Expect(output)) => {
                let _ = writeln!(output, "{line}");
            }
            _ => return Err("the first line of a `console` block must begin with `$ `".to_owned()),
        }
    }
    let last = actions.iter_mut().rev().find_map(|action| match action {
        Action::Run { code, .. } => Some(code),
        _ => None,
    });
    if let Some(last) = last {
        *last = code;
    }
    Ok(actions)
}

/// README.md and the pages in docs, without those of the examples, which `init` writes.
pub fn all() -> Vec<PathBuf> {
    let root = repo();
    let docs = walkdir::WalkDir::new(root.join("docs")).into_iter();
    let docs = docs.filter_entry(|entry| entry.file_name() != "examples");
    let files = docs.map(|entry| entry.unwrap().into_path());
    let pages = files.filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.chain([root.join("README.md")]).collect()
}

/// The steps of a page, or its problems, each with its line.
pub fn steps(page: &str) -> Result<Vec<Step>, Vec<String>> {
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    let (mut mark, mut level, mut section) = (None, 0, None::<(usize, String)>);
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let start = line.trim_start();
        let indent = line.len() - start.len();
        if let Some(comment) = start.strip_prefix("<!--") {
            let mut comment = comment.to_owned();
            while !comment.contains("-->") {
                let Some((_, more)) = lines.next() else { break };
                let _ = write!(comment, " {more}");
            }
            match Mark::parse(comment.split("-->").next().unwrap_or_default()) {
                Some(Mark::NotRunInSection(reason)) => section = Some((level, reason)),
                other => mark = other,
            }
        } else if let Some(info) = start.strip_prefix("```") {
            let fence = start.len() - info.trim_start_matches('`').len();
            let mut block = Block::new(at + 1, info.trim_start_matches('`').trim());
            for (_, line) in lines.by_ref() {
                let (space, rest) = line.split_at(indent.min(line.len()));
                let inner = if space.trim().is_empty() { rest } else { line };
                if inner.trim_end() == &start[..fence] {
                    break;
                }
                let _ = writeln!(block.text, "{inner}");
            }
            let line = block.line;
            let actions = match (mark.take(), &section) {
                (Some(Mark::NotRun(reason)), _) => Ok(vec![Action::Skip(reason)]),
                (Some(Mark::Code(code)), _) => block.actions(code),
                (Some(Mark::Needs(what, reason)), _) => block.actions(0).map(|actions| {
                    let need = Action::Need { what, reason };
                    [need].into_iter().chain(actions).collect()
                }),
                (_, reason) => block.actions(0).or_else(|problem| {
                    let reason = reason.as_ref().ok_or(problem)?;
                    Ok(vec![Action::Skip(reason.1.clone())])
                }),
            };
            match actions {
                Ok(actions) => {
                    steps.extend(actions.into_iter().map(|action| Step { line, action }))
                }
                Err(problem) => problems.push(format!("line {line}: {problem}")),
            }
        } else if let Some((hashes, _)) = start.split_once(' ')
            && !hashes.is_empty()
            && hashes.bytes().all(|byte| byte == b'#')
        {
            level = hashes.len();
            section = section.filter(|(of, _)| *of < level);
        } else if !start.is_empty() && mark.take().is_some() {
            problems.push(format!(
                "line {}: no block follows the comment above",
                at + 1
            ));
        }
    }
    if problems.is_empty() {
        Ok(steps)
    } else {
        Err(problems)
    }
}

/// Whether this is the output that a page shows, in which `…` stands for anything, and as a line of its own for any
/// number of lines, even none.
pub fn is_output(shown: &str, output: &str) -> bool {
    // A line begins and ends with a line break, so that what stands between two lines can be nothing.
    let tidy = |text: &str| -> String {
        let lines = text.trim_end().lines();
        lines
            .map(|line| format!("\n{}\n", line.trim_end()))
            .collect()
    };
    let (shown, output) = (tidy(shown).replace("\n…\n", "…"), tidy(output));
    let mut parts = shown.split('…');
    let Some(mut rest) = output.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    false
}

/// A shell that stays open from one command to the next.
struct Shell {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    files: TempDir,
    folder: PathBuf,
}

impl Shell {
    fn new(mut command: Command, folder: &Path) -> Self {
        let mut child = command
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
            files: tempfile::tempdir().unwrap(),
            folder: folder.to_path_buf(),
        }
    }

    /// The exit code of a command, and what it printed.
    fn run(&mut self, command: &str) -> (i32, String) {
        let [script, output] = ["command", "output"].map(|name| self.files.path().join(name));
        std::fs::write(&script, format!("{command}\n")).unwrap();
        let (script, shown) = (script.display(), output.display());
        writeln!(
            self.stdin,
            "source '{script}' >'{shown}' 2>&1 </dev/null; echo $? \"$PWD\""
        )
        .unwrap();
        let mut end = String::new();
        self.stdout.read_line(&mut end).unwrap();
        let code = match end.trim_end().split_once(' ') {
            Some((code, folder)) => {
                self.folder = PathBuf::from(folder);
                code.parse().unwrap()
            }
            // The shell has ended.
            None => self.child.wait().unwrap().code().unwrap_or(-1),
        };
        let output = std::fs::read(output).unwrap_or_default();
        (code, String::from_utf8_lossy(&output).into_owned())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = writeln!(self.stdin, "exit");
        let _ = self.child.wait();
    }
}

/// A new user: an empty home directory, and nothing on PATH but the system's programs and what the test adds.
pub struct Reader {
    home: TempDir,
    path: Vec<PathBuf>,
    variables: Vec<(String, String)>,
}

impl Default for Reader {
    fn default() -> Self {
        let home = tempfile::tempdir().unwrap();
        write_file(
            &home.path().join(".gitconfig"),
            "[user]\nname = Ada Reader\nemail = ada@example.com\n[init]\ndefaultBranch = main\n",
        );
        std::fs::create_dir(home.path().join("work")).unwrap();
        Self {
            home,
            path: ["/usr/local/bin", "/usr/bin", "/bin"]
                .map(PathBuf::from)
                .to_vec(),
            variables: Vec::new(),
        }
    }
}

impl Reader {
    /// The home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The directory in which the commands of a page run.
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("work")
    }

    /// Puts a directory first on PATH.
    pub fn program(&mut self, folder: &Path) -> &mut Self {
        self.path.insert(0, folder.to_path_buf());
        self
    }

    /// Puts a directory last on PATH.
    pub fn more_programs(&mut self, folder: &Path) -> &mut Self {
        self.path.push(folder.to_path_buf());
        self
    }

    /// Sets an environment variable.
    pub fn variable(&mut self, name: &str, value: impl AsRef<Path>) -> &mut Self {
        let value = value.as_ref().to_str().unwrap().to_owned();
        self.variables.push((name.to_owned(), value));
        self
    }

    fn shell(&self) -> Shell {
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc"]);
        hermetic(&mut bash);
        for name in [
            "PYZ3_WHEEL_NO_CACHE",
            "PYZ3_WHEEL_CACHE_DIR",
            crate::LOCAL_CACHE,
        ] {
            bash.env_remove(name);
        }
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if ["XDG_", "CARGO_", "GITHUB_", "PYENV"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
            {
                bash.env_remove(&*name);
            }
        }
        bash.env("HOME", self.home())
            .env("PATH", std::env::join_paths(&self.path).unwrap())
            .env("LC_ALL", "C.UTF-8")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        Shell::new(bash, &self.folder())
    }

    /// Does what a page says, and fails the test with everything that was printed where the page is wrong.
    ///
    /// `name` is what messages call the page.
    #[track_caller]
    pub fn follow(&self, name: &str, page: &str) {
        let steps =
            steps(page).unwrap_or_else(|problems| panic!("{name}: {}", problems.join("\n")));
        let mut shell = self.shell();
        let (mut ran, mut skipped) = (0, 0);
        let (mut printed, mut told) = (String::new(), String::new());
        let mut left_out = None;
        for Step { line, action } in steps {
            if left_out == Some(line) {
                continue;
            }
            match action {
                Action::Need { what, reason } => {
                    let found = format!("test -e {what} || command -v {what}");
                    if shell.run(&found).0 != 0 {
                        skip(&format!("{name}:{line}: needs {what}: {reason}"));
                        skipped += 1;
                        left_out = Some(line);
                    }
                }
                Action::Write { path, text } => {
                    write_file(&shell.folder.join(path), &text);
                    ran += 1;
                }
                Action::Add { path, text } => {
                    add(&shell.folder.join(path), &text);
                    ran += 1;
                }
                Action::Run { command, code } => {
                    let (ended, output) = shell.run(&command);
                    let _ = write!(told, "{name}:{line}: $ {command}\n{output}");
                    assert!(
                        ended == code,
                        "{told}\n{name}:{line}: `{command}` ended with {ended}, not {code}"
                    );
                    printed = output;
                    ran += 1;
                }
                Action::Expect(shown) => assert!(
                    is_output(&shown, &printed),
                    "{told}\n{name}:{line}: the page shows other output:\n{shown}"
                ),
                Action::Skip(reason) => {
                    skip(&format!("{name}:{line}: {reason}"));
                    skipped += 1;
                }
            }
        }
        let _ = writeln!(
            std::io::stderr(),
            "{name}: {ran} steps were run, {skipped} were not"
        );
    }
}

/// Adds lines to a file.
fn add(path: &Path, text: &str) {
    let old = std::fs::read_to_string(path).unwrap_or_default();
    let header = text.lines().next().unwrap_or_default();
    let is_table = header.starts_with('[') && !header.starts_with("[[");
    let new = match old.split_once(&format!("{header}\n")) {
        Some((before, after)) if is_table => format!("{before}{text}{after}"),
        _ => format!("{old}\n{text}"),
    };
    write_file(path, &new);
}
