//! The wheels of the examples, which are slow to build.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use crate::shared::{contents, hash, made_once, program_stamp};
use crate::{command, copy_tree, default_pythons, kept, repo, run};

/// The wheels of one run over an example, for all platforms and Pythons.
#[derive(Debug)]
pub struct Wheels {
    pub project: PathBuf,
    pub report: Value,
}

impl Wheels {
    /// Builds all wheels of an example.
    #[track_caller]
    pub fn build(name: &str) -> Self {
        Self::build_for(name, &["--all-platforms", "--all-pythons"])
    }

    /// Builds the wheels of an example for these platforms and Pythons, once for all tests: they may only
    /// read the project.
    #[track_caller]
    pub fn build_for(name: &str, args: &[&str]) -> Self {
        let example = repo().join("docs/examples").join(name);
        let name = format!("{name}-{}", hash(&args.join(" ")));
        let folder = kept("wheels").join(name);
        let key = format!(
            "{} {} {:?}",
            program_stamp(),
            contents(&example),
            default_pythons()
        );
        let project = folder.join("project");
        let report = folder.join("report.json");
        let made = made_once(&folder, &key, |_| {
            copy_tree(&example, &project);
            let mut build = command();
            build.args(args).args(["--format", "json", "--project"]);
            let ran = run(build.arg(&project)).exits(0);
            std::fs::write(&report, ran.stdout).unwrap();
            Some(())
        });
        made.unwrap();
        let report = std::fs::read(report).unwrap();
        let report = serde_json::from_slice(&report).unwrap();
        Self { project, report }
    }

    /// Each wheel's path.
    pub fn paths(&self) -> Vec<PathBuf> {
        let wheels = self.report["wheels"].as_array().unwrap().iter();
        wheels
            .map(|wheel| PathBuf::from(wheel["path"].as_str().unwrap()))
            .collect()
    }

    /// The paths of the wheels whose job has this name or begins with it.
    pub fn of(&self, job: &str) -> Vec<PathBuf> {
        let wheels = self.report["wheels"].as_array().unwrap().iter();
        wheels
            .filter(|wheel| wheel["job"].as_str().unwrap().starts_with(job))
            .map(|wheel| PathBuf::from(wheel["path"].as_str().unwrap()))
            .collect()
    }
}

/// The wheels of docs/examples/hello, built once for all tests.
pub fn hello() -> &'static Wheels {
    static HELLO: OnceLock<Wheels> = OnceLock::new();
    HELLO.get_or_init(|| Wheels::build("hello"))
}
