//! A project that was begun, and what one lacks.

use std::process::ExitCode;

use console::style;
use serde_json::json;
use similar::TextDiff;

use super::{Format, Report, say, text};
use crate::error::Result;
use crate::init::{Adoption, Change, Draft, Template};
use crate::text::escape;
use crate::text::path::lossy;

impl Report {
    /// A project that was written, and what can be done with it.
    pub fn draft(&self, draft: &Draft, template: Template) -> Result<()> {
        let output = self.output.get();
        if output.format == Format::Json {
            return super::json(&json!({
                "project": draft.names.project,
                "package": draft.names.package,
                "template": template.name(),
                "root": lossy(&draft.root),
                "files": draft.files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
                "kept": draft.kept,
                "exit_code": 0,
            }));
        }
        if output.quiet {
            return Ok(());
        }
        say(&format!(
            "{} {}, from the template {}",
            style("began").for_stderr().green().bold(),
            style(&draft.names.project).for_stderr().bold(),
            template.name()
        ));
        for (path, _) in &draft.files {
            say(&format!("  {}", escape::cell(path)));
        }
        for path in &draft.kept {
            say(&format!("  {} (yours, as it was)", escape::cell(path)));
        }
        say(&format!(
            "\nAll wheels:\n  cd {}\n  {}",
            escape::path(&draft.root),
            template.command()
        ));
        Ok(())
    }

    /// What a project lacks: on stdout as a patch, unless it was put in.
    pub fn adoption(&self, adoption: &Adoption, written: bool) -> Result<ExitCode> {
        let output = self.output.get();
        if !output.quiet {
            for change in &adoption.changes {
                let done = if written { "put in" } else { "missing" };
                say(&format!(
                    "{} {}",
                    style(format!("{done}:")).for_stderr().green().bold(),
                    escape::cell(&change.path)
                ));
                for why in &change.why {
                    say(&format!("  {}", escape::value(why)));
                }
            }
            for problem in &adoption.left {
                say(&format!(
                    "{} {}",
                    style("left to you:").for_stderr().yellow().bold(),
                    escape::value(&problem.to_string())
                ));
                super::hints(problem);
            }
            match (adoption.changes.is_empty(), written) {
                (true, _) if adoption.left.is_empty() => say("nothing is missing"),
                (false, false) => say("nothing was changed yet: --write puts it in"),
                _ => {}
            }
        }
        if output.format == Format::Json {
            let changes = adoption.changes.iter().map(
                |change| json!({"path": change.path, "why": change.why, "patch": patch(change)}),
            );
            super::json(&json!({
                "root": lossy(&adoption.root),
                "changes": changes.collect::<Vec<_>>(),
                "left": adoption.left,
                "written": written,
                "exit_code": 0,
            }))?;
        } else if !written {
            let patches = adoption.changes.iter().map(patch);
            text(&patches.collect::<String>())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// As `git apply` takes it.
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
