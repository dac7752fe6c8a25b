//! A version from the tags of the git repository that the project is in.
//!
//! The nearest tag that is a version, with or without a `v` before it, says it all when it is at the
//! current commit. Commits after it make a development release of what comes next: `v1.2.3` and four
//! commits are `1.2.4.dev4`, `v1.2.3rc1` and four commits `1.2.3rc2.dev4`. No local part (`+g0123abc`)
//! tells of the commit, since indexes refuse those. Before the first tag, an editable install has `0.1.dev4`
//! after four commits; wheels and sdists cannot be built.

use std::path::Path;

use pep440_rs::Version;

use crate::error::Problem;
use crate::metadata::values::check_version;
use crate::project::git::{self as repository, NOT_INSTALLED, run as git};

/// A version that was found.
pub(super) struct Found {
    pub(super) version: Version,
    /// Why no wheel or sdist can have this version.
    pub(super) untagged: Option<Problem>,
}

impl From<Version> for Found {
    fn from(version: Version) -> Self {
        Self {
            version,
            untagged: None,
        }
    }
}

/// The version of what is checked out; `notes` takes what it leaves out of account.
pub(super) fn version(root: &Path, notes: &mut Vec<String>) -> Result<Found, Problem> {
    let mut ignored: Vec<String> = Vec::new();
    let (tagged, commits) = loop {
        let (tag, commits) = match nearest_tag(root, &ignored) {
            Ok(found) => found,
            Err(Missing::Tag(problem)) => return Ok(untagged(root, problem)),
            Err(Missing::Answer(problem)) => return Err(problem),
        };
        // A release may be at the commit of its last candidate: the highest version counts.
        let commit = format!("--points-at=refs/tags/{tag}^{{commit}}");
        let list = [
            "for-each-ref",
            &commit,
            "--format=%(refname:strip=2)",
            "refs/tags",
        ];
        let list = git(root, &list).map_err(|said| unexpected(&said))?;
        if let Some(version) = list.lines().filter_map(version_of_tag).max() {
            break (version, commits);
        }
        notes.push(format!(
            "the tag `{tag}` is not a version, so it was ignored"
        ));
        ignored.push(tag);
    };
    let version = after(&tagged, commits);
    if repository::has_changes(root).unwrap_or_default() {
        notes.push(format!(
            "there are uncommitted changes; they do not change the version, which is {version}"
        ));
    }
    Ok(version.into())
}

/// The version before the first tag, and why nothing can be released.
fn untagged(root: &Path, problem: Problem) -> Found {
    // Without a commit, git fails.
    let commits = git(root, &["rev-list", "--count", "HEAD"]);
    let commits = commits.ok().and_then(|count| count.trim().parse().ok());
    Found {
        version: Version::new([0, 1]).with_dev(Some(commits.unwrap_or(0))),
        untagged: Some(problem),
    }
}

/// Why there is no nearest tag.
enum Missing {
    /// The repository has no tag that is a version.
    Tag(Problem),
    /// Git cannot be asked.
    Answer(Problem),
}

/// The nearest tag that may be a version, and how many commits came after it.
fn nearest_tag(root: &Path, ignored: &[String]) -> Result<(String, u64), Missing> {
    let mut arguments = vec!["describe", "--tags", "--long", "--candidates=100"];
    arguments.extend(["--match", "v[0-9]*", "--match", "[0-9]*"]);
    for tag in ignored {
        arguments.extend(["--exclude", tag]);
    }
    let said = git(root, &arguments).map_err(|said| refused(root, &said))?;
    // Ex) v1.2.3-4-g0123abc
    let mut parts = said.trim().rsplitn(3, '-').skip(1);
    let commits = parts.next().and_then(|count| count.parse().ok());
    match (parts.next(), commits) {
        (Some(tag), Some(commits)) => Ok((tag.to_owned(), commits)),
        _ => Err(Missing::Answer(unexpected(&said))),
    }
}

fn version_of_tag(tag: &str) -> Option<Version> {
    let text = tag.strip_prefix('v').unwrap_or(tag);
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| check_version(text).ok())
        .flatten()
}

/// The version so many commits after a tagged one.
fn after(tagged: &Version, commits: u64) -> Version {
    if commits == 0 {
        return tagged.clone();
    }
    let next = tagged.clone();
    if let Some(dev) = tagged.dev() {
        return next.with_dev(Some(dev.saturating_add(commits)));
    }
    let next = if let Some(post) = tagged.post() {
        next.with_post(Some(post.saturating_add(1)))
    } else if let Some(mut pre) = tagged.pre() {
        pre.number = pre.number.saturating_add(1);
        next.with_pre(Some(pre))
    } else {
        let mut release = tagged.release().to_vec();
        release.resize(release.len().max(3), 0);
        if let Some(last) = release.last_mut() {
            *last = last.saturating_add(1);
        }
        next.with_release(release)
    };
    next.with_dev(Some(commits))
}

/// Why git cannot describe what is checked out.
fn refused(root: &Path, said: &str) -> Missing {
    let elsewhere = "or take the version from a file: file = \"src/hello/__init__.py\"";
    let has = |text: &str| said.contains(text);
    if said == NOT_INSTALLED {
        return Missing::Answer(
            Problem::new("the version comes from git, but git is not on PATH")
                .hint(format!("install git, {elsewhere}")),
        );
    }
    if has("not a git repository") {
        return Missing::Answer(Problem::new("the project is not in a git repository").hint(
            format!("build in a git clone or from an sdist, {elsewhere}"),
        ));
    }
    if has("No names found") || has("No tags can describe") || has("cannot describe") {
        let shallow = git(root, &["rev-parse", "--is-shallow-repository"]);
        let problem =
            Problem::new("the current commit has no version tag (such as v1.2.3) before it");
        return Missing::Tag(if shallow.is_ok_and(|answer| answer.trim() == "true") {
            problem.hint(
                "the clone is shallow, so the tag may be missing: run `git fetch --tags --unshallow`, or set \
                 fetch-depth: 0 for actions/checkout",
            )
        } else {
            problem.hint(format!("create a tag (git tag v0.1.0), {elsewhere}"))
        });
    }
    if has("valid object name") {
        return Missing::Tag(
            Problem::new("the git repository has no commits").hint(format!(
                "commit the project and tag the commit (git tag v0.1.0), {elsewhere}"
            )),
        );
    }
    Missing::Answer(unexpected(said))
}

fn unexpected(said: &str) -> Problem {
    let line = said.lines().next().unwrap_or_default();
    Problem::new(format!("git cannot determine the version: {line}"))
        .hint("see what `git describe --tags --long` says in the project's folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_after_a_tag_make_a_development_release_of_the_next() {
        for (tag, commits, version) in [
            ("v1.2.3", 0, "1.2.3"),
            ("1.2.3", 4, "1.2.4.dev4"),
            ("v1.2", 1, "1.2.1.dev1"),
            ("v1", 1, "1.0.1.dev1"),
            ("v1.2.3.4", 2, "1.2.3.5.dev2"),
            ("v1.2.3rc1", 4, "1.2.3rc2.dev4"),
            ("v1.2.3-alpha.1", 4, "1.2.3a2.dev4"),
            ("v1.2.3.post1", 4, "1.2.3.post2.dev4"),
            ("v1.2.3.dev5", 4, "1.2.3.dev9"),
            ("v2!1.0", 3, "2!1.0.1.dev3"),
        ] {
            let tagged = version_of_tag(tag).unwrap();
            let found = after(&tagged, commits);
            assert_eq!(found.to_string(), version, "{tag}");
            assert!(commits == 0 || found > tagged, "{tag}");
        }
        for tag in ["vv1", "v", "", "v1+local", "1.2.x", "release-1", "V1"] {
            assert_eq!(version_of_tag(tag), None, "{tag}");
        }
    }
}
