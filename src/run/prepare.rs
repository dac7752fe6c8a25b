//! Finds everything that a plan needs, for dry runs and for builds.

use std::path::{Path, PathBuf};

use super::contents::Contents;
use crate::compile::importable::Importable;
use crate::compile::managed::Recipe;
use crate::compile::packages;
use crate::compile::workspace::Workspace;
use crate::error::Result;
use crate::plan::Plan;
use crate::project::Project;
use crate::toolchain::{Cache, Fetch, UserKey, Zig, ZigRequest, zig};
use crate::wheel::Timestamp;

/// A plan with the tools and files that are needed to carry it out.
#[derive(Debug)]
pub struct Prepared<'a> {
    pub(super) plan: &'a Plan,
    pub(super) project: &'a Project,
    pub(super) cache: &'a Cache,
    pub(super) zig: Zig,
    /// The build script of a managed project.
    pub(super) recipe: Option<Recipe>,
    /// The user's key, which signs what a run records in the project. Without a key the records of
    /// earlier runs are not used.
    pub(super) key: Option<UserKey>,
    /// The date of the entries in the wheels.
    pub(super) timestamp: Timestamp,
    /// The project's package files and what they import.
    pub(super) importable: Importable<'a>,
    /// The part of the wheels that zig does not make.
    pub(super) contents: Contents,
}

/// Where a plan is built: in the project or in a copy of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Location<'a> {
    /// The project, whose root is zig's working directory.
    pub(super) project: &'a Project,
    /// The directory for the wheels.
    pub(super) output_dir: &'a Path,
    /// The project's cache folder; it need not exist yet.
    pub(super) workspace: &'a Path,
    /// Zig's local cache.
    pub(super) local_cache: &'a Path,
    /// Signs the records of this run; `None` if the records of earlier runs cannot be trusted.
    pub(super) key: Option<&'a UserKey>,
}

impl<'a> Prepared<'a> {
    /// Finds everything that the plan needs, or reports what is wrong. Returns `None` if something is
    /// missing and [`Fetch::Never`] forbids to download it.
    pub fn new(
        plan: &'a Plan,
        project: &'a Project,
        request: &ZigRequest,
        cache: &'a Cache,
        fetch: Fetch<'_>,
    ) -> Result<Option<Self>> {
        let files = project.wheel_files(&plan.output_dir)?;
        for text in &files.notes {
            fetch.note(text);
        }
        let timestamp = Timestamp::from_env()?;
        let mut contents = Contents::new(project, &files.wheel)?;
        let recipe = Recipe::find(project, plan, cache, fetch)?;
        if project.managed.is_some() && recipe.is_none() {
            return Ok(None);
        }
        let python = plan.python().map(|python| python.exe.as_path());
        let Some(zig) = zig::find(request, python, cache, fetch)? else {
            return Ok(None);
        };
        if let Some(caution) = zig.caution() {
            fetch.note(&caution);
        }
        if project.config.sbom.as_ref().is_some_and(|sbom| sbom.value) {
            let framework = recipe.as_ref().and_then(Recipe::framework);
            contents.sbom =
                packages::bill_of_materials(project, &zig, framework, timestamp, fetch, cache)?;
            if contents.sbom.is_none() {
                return Ok(None);
            }
        }
        let key = UserKey::of(cache).unwrap_or_else(|error| {
            fetch.note(&format!(
                "cannot store your signing key in the cache, so earlier builds of this project are not reused: {error}"
            ));
            None
        });
        Ok(Some(Self {
            plan,
            project,
            cache,
            zig,
            recipe,
            key,
            timestamp,
            importable: Importable::new(project, files),
            contents,
        }))
    }

    /// Zig's local cache for a build in the project: the user's own if the environment names one. Zig runs
    /// in the project, so a relative path is resolved there.
    pub(super) fn local_cache(&self, workspace: &Path) -> PathBuf {
        std::env::var_os("ZIG_LOCAL_CACHE_DIR")
            .filter(|value| !value.is_empty())
            .map_or_else(
                || Workspace::zig_cache(workspace),
                |value| self.project.root.join(value),
            )
    }
}
