//! The progress of running jobs: bars on a terminal, lines elsewhere.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use console::style;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Report;
use crate::compile::progress::StageSink;
use crate::error::Result;
use crate::plan::Job;
use crate::run::{Observer, Summary, TaskResult};
use crate::sys::sync::lock;
use crate::text::{credentials, escape};

impl Report {
    /// Shows the progress of `builds` jobs while `run` carries them out: as bars on a terminal, as lines
    /// elsewhere.
    pub fn watch(
        &self,
        builds: usize,
        run: impl FnOnce(&dyn Observer) -> Result<Summary>,
    ) -> Result<Summary> {
        if !self.output.quiet && console::user_attended_stderr() {
            let bars = Bars::new(builds, self);
            let summary = run(&bars);
            bars.clear();
            summary
        } else {
            run(&Lines::new(builds, self))
        }
    }
}

/// A total, and a bar for each running job with the stage that it is in.
struct Bars {
    report: Report,
    all: MultiProgress,
    total: ProgressBar,
    running: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    /// Shows the bars below everything that the report prints from now on.
    fn new(jobs: usize, report: &Report) -> Self {
        let all = report.stderr.bars().clone();
        let total = all.add(ProgressBar::new(jobs as u64));
        let template = "{bar:32.green/dim} {pos}/{len} wheels  {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            total.set_style(style.progress_chars("━━─"));
        }
        total.enable_steady_tick(Duration::from_millis(500));
        Self {
            report: report.clone(),
            all,
            total,
            running: Mutex::default(),
        }
    }

    /// Removes the bars before the table is printed.
    fn clear(&self) {
        self.total.finish_and_clear();
        let _ = self.all.clear();
    }

    fn bar(&self, job: &Job) -> Option<ProgressBar> {
        lock(&self.running).get(&job.id).cloned()
    }
}

impl Observer for Bars {
    fn note(&self, text: &str) {
        self.report.note(text);
    }

    fn started(&self, job: &Job) {
        let bar = self
            .all
            .insert_before(&self.total, ProgressBar::new_spinner());
        if let Ok(style) =
            ProgressStyle::with_template("{spinner:.green} {prefix:24.bold} {wide_msg}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(job.id.clone());
        bar.enable_steady_tick(Duration::from_millis(100));
        lock(&self.running).insert(job.id.clone(), bar);
    }

    fn stage(&self, job: &Job, stage: &str) {
        if let Some(bar) = self.bar(job) {
            bar.set_message(message(stage));
        }
    }

    fn command(&self, job: &Job, line: &str) {
        command(&self.report, job, line);
    }

    fn finished(&self, result: &TaskResult) {
        let bar = lock(&self.running).remove(&result.job.id);
        if let Some(bar) = bar {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
        if result.outcome.is_err() {
            let failed = style("failed:").for_stderr().red().bold();
            self.report.eprintln(&format!("{failed} {}", result.job.id));
        }
        self.total.inc(1);
    }

    fn zig_stages(&self, job: &Job) -> Option<StageSink> {
        let bar = self.bar(job)?;
        Some(Box::new(move |stage| bar.set_message(message(stage))))
    }
}

/// With `--verbose` prints a command on its own line, ready to paste into a shell.
fn command(report: &Report, job: &Job, line: &str) {
    if report.is_verbose() && !report.is_quiet() {
        report.eprintln(&format!("{}: runs zig:\n{line}", job.id));
    }
}

/// A stage on one line. The stages of zig contain names that the project chooses.
fn message(stage: &str) -> String {
    escape::cell(&credentials::hide(stage))
}

/// A line for each job that has ended; with `--verbose` one for each stage.
struct Lines {
    jobs: usize,
    done: AtomicUsize,
    report: Report,
}

impl Lines {
    fn new(jobs: usize, report: &Report) -> Self {
        Self {
            jobs,
            done: AtomicUsize::new(0),
            report: report.clone(),
        }
    }
}

impl Observer for Lines {
    fn note(&self, text: &str) {
        self.report.note(text);
    }

    fn started(&self, job: &Job) {
        self.stage(job, "started");
    }

    fn stage(&self, job: &Job, stage: &str) {
        if self.report.is_verbose() && !self.report.is_quiet() {
            self.report
                .eprintln(&format!("{}: {}", job.id, message(stage)));
        }
    }

    fn command(&self, job: &Job, line: &str) {
        command(&self.report, job, line);
    }

    fn finished(&self, result: &TaskResult) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if !self.report.is_quiet() {
            let word = if result.outcome.is_ok() {
                result.work.word()
            } else {
                "failed"
            };
            let width = self.jobs.to_string().len();
            self.report.eprintln(&format!(
                "[{done:>width$}/{}] {word:<9} {} ({:.2} s)",
                self.jobs,
                result.job.id,
                result.time.as_secs_f64()
            ));
        }
    }

    fn zig_stages(&self, _job: &Job) -> Option<StageSink> {
        None
    }
}
