//! What a walk adds at its end: files that no sdist can do without, and packages of Zig.

use std::path::Path;

use super::Walk;
use crate::error::Problem;
use crate::project::files::{LeftOut, PackageFile, Why};
use crate::project::packages::{Origin, ZigPackages};
use crate::project::walk;

impl Walk<'_> {
    /// Takes in what no sdist can do without, wherever the rules have left it.
    pub(super) fn require(&mut self) {
        for (path, what) in self.project.required_files() {
            let up = |part| part == std::path::Component::ParentDir;
            let path = if path.components().any(up) {
                walk::canonical(&path).unwrap_or(path)
            } else {
                path
            };
            if !path.starts_with(&self.project.root) {
                // PKG-INFO has the text.
                if what == "readme" {
                    continue;
                }
                self.found.sdist_problems.push(
                    Problem::new(format!("the {what} lies outside the project"))
                        .at(path.display())
                        .hint(
                            "move it into the project: an sdist contains only files of the project",
                        ),
                );
                continue;
            }
            let place = self.below(&path);
            if self.found.sdist.contains_key(&place) {
                self.put_into_sdist(place, &path, Why::Required(what));
                continue;
            }
            let excludes = [&mut self.exclude, &mut self.sdist_exclude];
            let pattern = excludes.into_iter().find_map(|list| {
                Some((list.find(Path::new(&place), false)?, list.key, list.place))
            });
            if let Some((pattern, key, place_of_key)) = pattern {
                self.found.sdist_problems.push(
                    Problem::new(format!(
                        "tool.pyz3-wheel.{key}: `{pattern}` leaves out `{place}`, the {what}"
                    ))
                    .at(place_of_key)
                    .hint(
                        "every sdist needs this file: make the pattern more specific, or write it in wheel-exclude, \
                         which leaves the file out of the wheel only",
                    ),
                );
            } else if path.is_file() {
                self.found.left_out.retain(|out| out.path != place);
                self.put_into_sdist(place, &path, Why::Required(what));
            }
        }
    }

    /// Adds the Zig packages of an unpacked sdist to the sdist, whatever the rules say about their files. In
    /// another project such packages are left over from a build, unless build.zig.zon depends on their folders
    /// by path.
    pub(super) fn take_packages(&mut self) {
        let store = self.project.package_store();
        let packages = ZigPackages::read(self.project, std::slice::from_ref(&store));
        self.found.sdist_problems.extend(packages.outside.clone());
        for (identity, package) in &packages.list {
            let place = match &package.origin {
                Origin::Remote { hash, .. } if self.is_sdist => self.project.vendored_place(hash),
                Origin::Folder if package.folder.as_deref().is_some_and(walk::is_fetched) => {
                    identity.clone()
                }
                _ => continue,
            };
            match package.files() {
                Ok(files) if !files.is_empty() => {
                    for (below, path) in files {
                        let why = Why::Vendored(package.name.clone());
                        self.put_into_sdist(format!("{place}/{below}"), &path, why);
                    }
                    let folder = format!("{place}/");
                    self.found.left_out.retain(|out| out.path != folder);
                }
                Ok(_) => {}
                Err(problems) => self.found.sdist_problems.extend(problems),
            }
        }
    }

    /// A package that a rule leaves out as a whole would be missed at import only.
    pub(super) fn refuse_ignored_areas(&mut self) {
        for area in self.areas {
            let place = self.below(&area.source);
            let folder = format!("{place}/");
            let is_by_wheel_exclude = |out: &LeftOut| {
                out.path.starts_with(&folder) && out.why.starts_with(self.wheel_exclude.key)
            };
            let leaves_out =
                |out: &&LeftOut| folder.starts_with(&out.path) || is_by_wheel_exclude(out);
            let out = self.found.left_out.iter().find(leaves_out);
            let empty = |file: &PackageFile| !file.source.starts_with(&area.source);
            if let Some(out) = out.filter(|_| self.found.wheel.iter().all(empty)) {
                self.found.problems.push(
                    Problem::new(format!("`{place}` is left out of the wheel: {}", out.why))
                        .at(&place)
                        .hint(if is_by_wheel_exclude(out) {
                            "make the pattern of wheel-exclude more specific".to_owned()
                        } else {
                            format!("include it: include = [\"/{place}/\"] in [tool.pyz3-wheel]")
                        }),
                );
            }
        }
    }
}
