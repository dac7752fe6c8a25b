//! The documents of `init`: a project that was created, and what an existing one is missing.

use std::path::{Path, PathBuf};

use console::style;
use serde_json::{Value, json};
use similar::TextDiff;

use super::{Document, Report};
use crate::error::Result;
use crate::init::{Adoption, Change, Draft, Template};
use crate::sys::shell;
use crate::text::escape;
use crate::text::path::lossy;

/// A project that was created.
#[derive(Debug)]
pub struct Created {
    /// Its files.
    pub draft: Draft,
    /// What it was created from.
    pub template: Template,
    /// Its folder, as the user gave it.
    pub dir: PathBuf,
}

impl Document for Created {
    fn human(&self, report: &Report) -> Result<()> {
        if report.is_quiet() {
            return Ok(());
        }
        let Self {
            draft,
            template,
            dir,
        } = self;
        report.eprintln(&format!(
            "{} {} (template: {})",
            style("created").for_stderr().green().bold(),
            style(&draft.names.project).for_stderr().bold(),
            template.name()
        ));
        for (path, _) in &draft.files {
            report.eprintln(&format!("  {}", escape::cell(path)));
        }
        for path in &draft.kept {
            report.eprintln(&format!(
                "  {} (unchanged, because it exists)",
                escape::cell(path)
            ));
        }
        let mut steps = vec![
            (
                "Install it into a virtual environment, and import it:",
                vec![
                    "pyz3-wheel develop".to_owned(),
                    format!(
                        "python -c \"{}\"",
                        template.first_line(&draft.names.package)
                    ),
                ],
            ),
            (
                "Run its tests:",
                vec!["python -m unittest discover -s tests".to_owned()],
            ),
            ("Build its wheels:", vec![template.command().to_owned()]),
        ];
        if dir != Path::new(".") {
            steps[0]
                .1
                .insert(0, format!("cd {}", escape::cell(&shell::word(dir))));
        }
        for (title, lines) in steps {
            report.eprintln(&format!("\n{title}\n  {}", lines.join("\n  ")));
        }
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let Self {
            draft, template, ..
        } = self;
        Ok(json!({
            "project": draft.names.project,
            "package": draft.names.package,
            "template": template.name(),
            "root": lossy(&draft.root),
            "files": draft.files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            "kept": draft.kept,
            "exit_code": 0,
        }))
    }
}

/// What an existing project is missing.
#[derive(Debug)]
pub struct Adopted {
    /// The changes that it needs.
    pub adoption: Adoption,
    /// Whether they were made.
    pub is_written: bool,
}

impl Document for Adopted {
    /// On stdout as a patch, unless the changes were made.
    fn human(&self, report: &Report) -> Result<()> {
        self.beside_json(report);
        if self.is_written {
            return Ok(());
        }
        let patches = self.adoption.changes.iter().map(patch);
        report.print_data(&patches.collect::<String>())
    }

    fn json(&self) -> Result<Value> {
        let changes =
            self.adoption.changes.iter().map(
                |change| json!({"path": change.path, "why": change.why, "patch": patch(change)}),
            );
        Ok(json!({
            "root": lossy(&self.adoption.root),
            "changes": changes.collect::<Vec<_>>(),
            "left": self.adoption.left,
            "written": self.is_written,
            "exit_code": 0,
        }))
    }

    fn beside_json(&self, report: &Report) {
        if report.is_quiet() {
            return;
        }
        for change in &self.adoption.changes {
            let done = if self.is_written { "added" } else { "missing" };
            report.eprintln(&format!(
                "{} {}",
                style(format!("{done}:")).for_stderr().green().bold(),
                escape::cell(&change.path)
            ));
            for why in &change.why {
                report.eprintln(&format!("  {}", escape::value(why)));
            }
        }
        for problem in &self.adoption.left {
            report.eprintln(&format!(
                "{} {}",
                style("do by hand:").for_stderr().yellow().bold(),
                escape::value(&problem.to_string())
            ));
            report.hints(problem.hint.as_deref());
        }
        match (self.adoption.changes.is_empty(), self.is_written) {
            (true, _) if self.adoption.left.is_empty() => report.eprintln("nothing is missing"),
            (false, false) => {
                report.eprintln("nothing was changed yet: --write makes these changes");
            }
            _ => {}
        }
    }
}

/// A patch that `git apply` accepts.
fn patch(change: &Change) -> String {
    let before = change.before.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(before, &change.after);
    let path = &change.path;
    let from = match change.before {
        Some(_) => format!("a/{path}"),
        None => "/dev/null".to_owned(),
    };
    let head = match change.before {
        Some(_) => String::new(),
        None => format!("diff --git a/{path} b/{path}\nnew file mode 100644\n"),
    };
    format!(
        "{head}{}",
        diff.unified_diff().header(&from, &format!("b/{path}"))
    )
}
