//! The progress of running jobs: bars on a terminal, lines elsewhere.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use console::{Term, style};
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use super::Report;
use super::summary::{count, ended};
use super::units::{minutes, of_job};
use crate::compile::progress::StageSink;
use crate::error::{Error, ErrorKind, Result};
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
            let lines = Lines::new(builds, self);
            self.group(&format!("Build of {}", count(builds, builds)), || {
                run(&lines)
            })
        }
    }
}

impl Report {
    /// Shows a status line below all other output, on a terminal. An empty text removes it.
    pub fn status(&self, text: &str) {
        if self.output.quiet || !console::user_attended_stderr() {
            return;
        }
        let mut shown = lock(&self.stderr.status);
        if text.is_empty() {
            if let Some(bar) = shown.take() {
                bar.finish_and_clear();
                self.stderr.bars().remove(&bar);
            }
            return;
        }
        let bar = shown.get_or_insert_with(|| {
            let bar = self.stderr.bars().add(ProgressBar::new_spinner());
            bar.set_style(style_of("{spinner:.green} {wide_msg} {clock:.dim}"));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_message(message(text));
    }
}

/// A total, and a bar for each running job with the stage that it is in.
struct Bars {
    report: Report,
    total: ProgressBar,
    running: Arc<Mutex<Running>>,
}

/// The running jobs. As many have a bar as fit the terminal; the others wait for one.
struct Running {
    all: MultiProgress,
    total: ProgressBar,
    shown: HashMap<String, ProgressBar>,
    waiting: VecDeque<(String, Instant)>,
}

impl Running {
    fn begin(&mut self, job: &str) {
        self.waiting.push_back((job.to_owned(), Instant::now()));
        self.fill();
    }

    fn end(&mut self, job: &str) {
        self.waiting.retain(|(waiting, _)| waiting != job);
        if let Some(bar) = self.shown.remove(job) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
        self.fill();
    }

    /// Gives bars to the jobs that wait for one.
    fn fill(&mut self) {
        let (rows, _) = Term::stderr().size();
        // The total needs a row, and the cursor may need one.
        let room = usize::from(rows).saturating_sub(2).max(1);
        while self.shown.len() < room
            && let Some((job, begin)) = self.waiting.pop_front()
        {
            let bar = ProgressBar::new_spinner().with_elapsed(begin.elapsed());
            let bar = self.all.insert_before(&self.total, bar);
            bar.set_style(style_of(
                "{spinner:.green} {prefix:24.bold} {wide_msg} {clock:.dim}",
            ));
            bar.set_prefix(job.clone());
            bar.enable_steady_tick(Duration::from_millis(100));
            self.shown.insert(job, bar);
        }
        self.total.set_message(match self.waiting.len() {
            0 => String::new(),
            more => format!("  and {more} more running"),
        });
    }

    fn stage(&self, job: &str, stage: &str) {
        if let Some(bar) = self.shown.get(job) {
            bar.set_message(message(stage));
        }
    }
}

/// A style of a bar, in which `{clock}` is the time since the bar began.
fn style_of(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key(
        "clock",
        |state: &ProgressState, text: &mut dyn fmt::Write| {
            // Writing to a line cannot fail.
            let _ = text.write_str(&minutes(state.elapsed()));
        },
    )
}

impl Bars {
    /// Shows the bars below everything that the report prints from now on.
    fn new(jobs: usize, report: &Report) -> Self {
        let all = report.stderr.bars().clone();
        let total = all.add(ProgressBar::new(jobs as u64));
        let template = "{bar:32.green/dim} {pos}/{len} wheels  {clock}{msg}";
        total.set_style(style_of(template).progress_chars("━━─"));
        total.enable_steady_tick(Duration::from_millis(500));
        let running = Running {
            all,
            total: total.clone(),
            shown: HashMap::new(),
            waiting: VecDeque::new(),
        };
        Self {
            report: report.clone(),
            total,
            running: Arc::new(Mutex::new(running)),
        }
    }

    /// Removes the bars before the table is printed.
    fn clear(&self) {
        self.total.finish_and_clear();
        let _ = lock(&self.running).all.clear();
    }
}

impl Observer for Bars {
    fn note(&self, text: &str) {
        self.report.note(text);
    }

    fn started(&self, job: &Job) {
        lock(&self.running).begin(&job.id);
    }

    fn stage(&self, job: &Job, stage: &str) {
        lock(&self.running).stage(&job.id, stage);
    }

    fn command(&self, job: &Job, line: &str) {
        command(&self.report, job, line);
    }

    fn finished(&self, result: &TaskResult) {
        lock(&self.running).end(&result.job.id);
        let is_failure = |error: &Error| error.kind() != ErrorKind::Interrupted;
        if result.outcome.as_ref().is_err_and(is_failure) {
            let failed = style("failed:").for_stderr().red().bold();
            self.report.eprintln(&format!("{failed} {}", result.job.id));
        }
        self.total.inc(1);
    }

    fn zig_stages(&self, job: &Job) -> Option<StageSink> {
        let (running, job) = (Arc::clone(&self.running), job.id.clone());
        Some(Box::new(move |stage| lock(&running).stage(&job, stage)))
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
            let word = ended(result);
            let width = self.jobs.to_string().len();
            self.report.eprintln(&format!(
                "[{done:>width$}/{}] {word:<9} {} ({})",
                self.jobs,
                result.job.id,
                of_job(result.time)
            ));
        }
    }

    fn zig_stages(&self, _job: &Job) -> Option<StageSink> {
        None
    }
}
