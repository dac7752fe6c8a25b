//! The environment of a job, for programs that are not started by this one: shells, editors, debuggers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::compile::zig_build::{configured, contract, path_with};
use crate::error::Result;
use crate::plan::Job;
use crate::project::Project;
use crate::sys::programs;
use crate::toolchain::{self, Cache, ZigRequest, zig};
use crate::wheel::Timestamp;

/// The environment of a job.
#[derive(Debug)]
pub struct Environment {
    /// The name of the job.
    pub job: String,
    /// The Zig that builds it.
    pub zig: PathBuf,
    /// The variables, of which PATH begins with the directory of that Zig.
    pub variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment in which zig builds a job; downloads a missing Zig.
    ///
    /// The launcher that describes the target's Python is not on PATH: a user who types `python` means the one
    /// that is active.
    pub fn of(
        job: &Job,
        project: &Project,
        request: &ZigRequest,
        cache: &Cache,
        note: &dyn Fn(&str),
    ) -> Result<Self> {
        let compile = &job.compiles()[0];
        let python = job.python.as_ref();
        let exe = python.map(|python| python.exe.as_path());
        let zig = zig::find_or_install(request, exe, cache, note)?;
        let sysroot = python
            .map(|python| toolchain::sysroot(python, compile.zig_target, compile.abi, &zig, cache))
            .transpose()?;
        let epoch = Timestamp::from_env()?.unix();
        let promised = contract(compile, sysroot.as_ref(), epoch).into_iter();
        let mut variables: BTreeMap<_, _> = promised
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let own = configured(project, compile);
        variables.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        if programs::find("zig").as_ref() != Some(&zig.exe)
            && let Some(path) = zig.exe.parent().and_then(path_with)
        {
            variables.insert("PATH".to_owned(), path);
        }
        Ok(Self {
            job: job.id.clone(),
            zig: zig.exe,
            variables,
        })
    }
}
