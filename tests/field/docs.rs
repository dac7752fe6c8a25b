//! The docs site: MkDocs builds it without a warning, and every link in its pages leads somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{need, repo};

/// The packages of .github/requirements/docs.txt, with their versions.
fn packages() -> Vec<String> {
    let path = repo().join(".github/requirements/docs.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.contains("=="));
    lines
        .map(|line| line.trim_end_matches('\\').trim().to_owned())
        .collect()
}

/// The site, built in a folder of its own.
fn site(bin: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut mkdocs = Command::new(bin.join("mkdocs"));
    mkdocs
        // With --quiet, warnings are not counted.
        .args(["build", "--strict", "--site-dir"])
        .arg(folder.path())
        .env("NO_MKDOCS_2_WARNING", "1")
        .env("REPO_URL", "https://example.invalid/repository")
        .current_dir(repo());
    support::succeed(&mut mkdocs);
    folder
}

#[test]
fn the_site_builds_without_a_warning_and_every_link_leads_somewhere() {
    let packages = packages();
    let packages: Vec<_> = packages.iter().map(String::as_str).collect();
    let bin = need!(support::venv_tool(&packages), "pip cannot install MkDocs");
    let folder = site(&bin);
    let mut pages = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder.path()) {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|ending| ending == "html") && !path.ends_with("404.html") {
            let text = std::fs::read_to_string(&path).unwrap();
            pages.insert(path, text);
        }
    }
    assert!(pages.len() > 20, "{:?}", pages.keys());
    let anchors: BTreeMap<&PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, text)| (path, attributes(text, "id").collect()))
        .collect();
    let mut broken = BTreeSet::new();
    let mut checked = 0;
    for (path, text) in &pages {
        for link in attributes(text, "href").chain(attributes(text, "src")) {
            if link.contains(':') || link.starts_with("//") {
                // No page loads anything from another host.
                assert!(!is_loaded(text, link), "{}: {link}", path.display());
                continue;
            }
            checked += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let mut target = path.parent().unwrap().join(file);
            if file.is_empty() {
                target.clone_from(path);
            } else if file.ends_with('/') || file.ends_with("..") || file == "." {
                target.push("index.html");
            }
            let found = std::fs::canonicalize(&target);
            let has_anchor = || {
                let real = found.as_ref().unwrap();
                let known = anchors
                    .iter()
                    .find(|(page, _)| std::fs::canonicalize(page).is_ok_and(|page| page == *real));
                known.is_none_or(|(_, known)| known.contains(anchor))
            };
            if found.is_err() || !(anchor.is_empty() || has_anchor()) {
                broken.insert(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(checked > 500, "only {checked} links were found");
    assert_eq!(broken, BTreeSet::new());
}

/// The values of an attribute, in the order of the page.
fn attributes<'a>(page: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {name}=");
    let mut rest = page;
    std::iter::from_fn(move || {
        let (_, value) = rest.split_once(begin.as_str())?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote)?,
            // The theme leaves out quotes where HTML allows it.
            None => value.split_at(value.find([' ', '>'])?),
        };
        rest = after;
        Some(value)
    })
}

/// Whether a browser fetches this address when it shows the page.
fn is_loaded(page: &str, address: &str) -> bool {
    [
        "<script",
        "<img",
        "<link rel=\"stylesheet\"",
        "<link rel=stylesheet",
    ]
    .iter()
    .any(|tag| {
        let mut tags = page.split(tag).skip(1);
        tags.any(|rest| {
            let own = rest.split('>').next().unwrap_or_default();
            attributes(own, "src")
                .chain(attributes(own, "href"))
                .any(|value| value == address)
        })
    })
}
