//! What the help has besides the options: its style, its examples and the exit codes.

use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Arg, ArgAction};

use crate::options::table::GENERAL_HEADING;

/// The colors of help and of usage errors.
pub(super) const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .valid(AnsiColor::Cyan.on_default().bold())
    .invalid(AnsiColor::Yellow.on_default().bold());

/// A command line and what it does.
type Example = (&'static str, &'static str);

pub(super) const TOP: &[Example] = &[
    ("pyz3-wheel init hello", "Create a project"),
    ("pyz3-wheel", "Build a wheel for this machine"),
    (
        "pyz3-wheel --all-platforms --all-pythons",
        "Build all wheels",
    ),
    ("pyz3-wheel check dist", "Check wheels from any build tool"),
];

pub(super) const BUILD: &[Example] = &[
    ("pyz3-wheel build", "This machine, this Python"),
    (
        "pyz3-wheel build --all-platforms --all-pythons",
        "All wheels",
    ),
    (
        "pyz3-wheel build --platform linux-x86_64 --python 3.12",
        "One wheel",
    ),
    (
        "pyz3-wheel build --all-platforms --dry-run",
        "Only show the plan",
    ),
];

pub(super) const SDIST: &[Example] = &[
    ("pyz3-wheel sdist", "Write the sdist into dist"),
    ("pyz3-wheel sdist --vendor", "Include the Zig packages"),
];

pub(super) const DEVELOP: &[Example] = &[
    ("pyz3-wheel develop", "Install into the active environment"),
    (
        "pyz3-wheel develop --optimize Debug",
        "The same with debug checks",
    ),
    (
        "pyz3-wheel develop --venv .venv",
        "Install into this environment",
    ),
];

pub(super) const INIT: &[Example] = &[
    ("pyz3-wheel init hello", "Create a project in ./hello"),
    (
        "pyz3-wheel init hello --template c --ci",
        "In C, with a workflow",
    ),
    (
        "pyz3-wheel init --adopt",
        "Show what this project is missing",
    ),
];

pub(super) const FILES: &[Example] = &[
    ("pyz3-wheel files --sdist", "List the files of the sdist"),
    ("pyz3-wheel files --verbose", "List excluded files too"),
];

pub(super) const CHECK: &[Example] = &[
    ("pyz3-wheel check dist", "All wheels and sdists of a folder"),
    (
        "pyz3-wheel check numpy==2.1.0",
        "A release on the package index",
    ),
    (
        "pyz3-wheel check dist --format github",
        "Annotations in a workflow",
    ),
    ("pyz3-wheel check dist --fix", "Write corrected copies"),
];

pub(super) const EXPLAIN: &[Example] = &[
    ("pyz3-wheel explain", "List all checks and topics"),
    ("pyz3-wheel explain wrong-machine", "Explain one of them"),
];

pub(super) const COMPLETIONS: &[Example] = &[
    ("source <(pyz3-wheel completions bash)", "In ~/.bashrc"),
    (
        "source <(pyz3-wheel completions zsh)",
        "In ~/.zshrc, behind compinit",
    ),
    (
        "pyz3-wheel completions fish | source",
        "In ~/.config/fish/config.fish",
    ),
];

pub(super) const DOCTOR: &[Example] = &[
    ("pyz3-wheel doctor", "Show what is missing"),
    ("pyz3-wheel doctor --fix", "Install what is missing"),
];

const EXIT_CODES: &[(u8, &str)] = &[
    (0, "success"),
    (1, "a build or the system failed"),
    (2, "wrong usage or configuration"),
    (3, "nothing to do"),
    (4, "a binary or a wheel is not what it promises"),
    (130, "interrupted"),
];

/// The flags that clap adds itself to other programs, below the heading of the general options.
pub(super) fn flags() -> [Arg; 2] {
    let help = Arg::new("help").short('h').long("help");
    let version = Arg::new("version").short('V').long("version");
    let help = help
        .help("Print help; -h prints the short form")
        .action(ArgAction::Help)
        .global(true);
    let version = version.help("Print version").action(ArgAction::Version);
    // Behind all other options.
    [help, version].map(|flag| flag.help_heading(GENERAL_HEADING).display_order(1000))
}

/// Examples below a heading.
pub(super) fn examples(examples: &[Example]) -> StyledStr {
    let (header, literal) = (STYLES.get_header(), STYLES.get_literal());
    let width = examples.iter().map(|(line, _)| line.len()).max();
    let width = width.unwrap_or_default();
    let mut text = StyledStr::new();
    let _ = write!(text, "{header}Examples:{header:#}");
    for (line, what) in examples {
        let padding = width - line.len();
        let _ = write!(
            text,
            "\n  {literal}{line}{literal:#}{:padding$}  {what}",
            ""
        );
    }
    text
}

/// What the long help of the program ends with.
pub(super) fn top() -> StyledStr {
    let header = STYLES.get_header();
    let mut text = examples(TOP);
    let _ = write!(text, "\n\n{header}Values:{header:#}\n  {PRECEDENCE}");
    let _ = write!(text, "\n\n{header}Exit codes:{header:#}");
    for (code, what) in EXIT_CODES {
        let _ = write!(text, "\n  {code:<3}  {what}");
    }
    text
}

/// What a value of an option may come from.
const PRECEDENCE: &str = "An option overrides its environment variable, and the variable overrides \
    pyproject.toml.\n  In variables, lists are separated by commas, and switches are 1 or 0.\n  \
    --dry-run shows where each value comes from.";
