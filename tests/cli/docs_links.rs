//! The links of the Markdown files work on GitHub: each file and each anchor exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pyz3_wheel::compile::remedies::guide::anchor;
use support::repo;

/// A page with its links and anchors.
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut anchors = BTreeSet::new();
        let mut prose = String::new();
        let mut in_code = false;
        for line in text.lines() {
            let fence = line.trim_start().starts_with("```");
            in_code ^= fence;
            if in_code || fence {
                continue;
            }
            if line.starts_with('#') {
                let title = line.trim_start_matches('#').trim();
                let mut name = anchor(&without_links(title));
                // Of headings of one name the later ones are numbered.
                for number in 1.. {
                    if anchors.insert(name.clone()) {
                        break;
                    }
                    name = format!("{}-{number}", anchor(&without_links(title)));
                }
            }
            for id in line.split("<a id=\"").skip(1) {
                anchors.insert(id.split('"').next().unwrap().to_owned());
            }
            // Code has brackets of its own.
            let plain = line.split('`').step_by(2);
            prose.push_str(&plain.collect::<Vec<_>>().join("CODE"));
            prose.push('\n');
        }
        let links = prose.split("](").skip(1);
        let links = links.filter_map(|rest| rest.split_once(')'));
        Self {
            links: links.map(|(link, _)| link.to_owned()).collect(),
            anchors,
        }
    }
}

/// The text of a heading, without the targets of its links.
fn without_links(title: &str) -> String {
    let mut text = String::new();
    for (index, part) in title.split("](").enumerate() {
        let part = match (index, part.split_once(')')) {
            (1.., Some((_, after))) => after,
            _ => part,
        };
        text.push_str(&part.replace('[', ""));
    }
    text
}

fn pages() -> Vec<PathBuf> {
    let docs = walkdir::WalkDir::new(repo().join("docs")).into_iter();
    let docs = docs.map(|entry| entry.unwrap().into_path());
    let github = walkdir::WalkDir::new(repo().join(".github")).into_iter();
    let github = github.map(|entry| entry.unwrap().into_path());
    let root = ["README.md", "CHANGELOG.md", "ROADMAP.md"].map(|name| repo().join(name));
    docs.chain(github)
        .chain(root)
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let mut read = BTreeMap::new();
    let mut broken = Vec::new();
    let mut checked = 0;
    let paths = pages();
    for path in &paths {
        read.insert(path.clone(), Page::read(path));
    }
    for path in &paths {
        for link in &read[path].links {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            let Ok(target) = std::fs::canonicalize(&target) else {
                broken.push(format!("{}: {link}", path.display()));
                continue;
            };
            let known = read
                .iter()
                .find(|(page, _)| std::fs::canonicalize(page).is_ok_and(|page| page == target));
            let has_anchor = known.is_none_or(|(_, page)| page.anchors.contains(anchor));
            if !anchor.is_empty() && !has_anchor {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(checked > 100, "only {checked} links were found");
    assert_eq!(broken, [""; 0]);
}
