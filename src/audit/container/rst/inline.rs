//! Markup within the lines of a paragraph: emphasis, literals, roles and references.

use std::cell::Cell;
use std::collections::HashSet;

use super::fault::Fault;

/// The longest name that is checked, of a role or of a target that is one word, in characters.
const LONGEST_NAME: usize = 200;
/// The amount of text that lookups of definitions may read, in bytes. Each lookup reads the whole text. After that,
/// every definition counts as found.
const MOST_LOOKED_AT: usize = 64 << 20;

/// The roles of docutils.
const ROLES: &str = " ab abbreviation ac acronym anonymous-reference citation-reference code emphasis \
    footnote-reference i index literal math named-reference pep pep-reference raw \
    restructuredtext-unimplemented-role rfc rfc-reference strong sub subscript substitution-reference sup \
    superscript t target title title-reference uri uri-reference url ";

/// What is known of the whole text.
pub(super) struct Inline {
    /// The text in lowercase with single spaces, in which definitions are looked for.
    all: String,
    /// Its lines, likewise, with and without markup: each may be a title.
    titles: HashSet<String>,
    /// Whether the text defines roles of its own.
    has_roles: bool,
    /// How many more definitions may be looked for.
    lookups: Cell<usize>,
}

/// The kinds of markup, with what begins and ends them.
const KINDS: [(&str, &str, &str); 5] = [
    ("**", "**", "`**`"),
    ("*", "*", "`*`"),
    ("``", "``", "two backquotes"),
    ("_`", "`", "`_` and a backquote"),
    ("|", "|", "`|`"),
];

/// A decision depends on punctuation beyond ASCII.
struct Unsure;

fn normalize(text: &str) -> String {
    text.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

impl Inline {
    pub(super) fn of(text: &str) -> Self {
        let all = normalize(text);
        Self {
            lookups: Cell::new(MOST_LOOKED_AT / all.len().max(1)),
            titles: text
                .lines()
                .map(normalize)
                .flat_map(|line| [line.replace(['`', '*', '\\'], ""), line])
                .collect(),
            has_roles: all.contains("role::"),
            all,
        }
    }

    /// Whether one more definition may be looked for. Each is looked for in the whole text.
    fn may_look(&self) -> bool {
        let left = self.lookups.get();
        self.lookups.set(left.saturating_sub(1));
        left > 0
    }

    /// Checks a paragraph that begins at this line.
    pub(super) fn check(&self, text: &str, at: usize) -> Result<(), Fault> {
        let chars = escape(text);
        let mut begin = 0;
        loop {
            match self.next(&chars, begin) {
                Ok(Some(Ok(end))) => begin = end,
                Ok(Some(Err((place, what)))) => {
                    let before = chars.iter().take(place).filter(|c| **c == '\n').count();
                    return Err(Fault {
                        line: at + before + 1,
                        what,
                    });
                }
                Ok(None) | Err(Unsure) => return Ok(()),
            }
        }
    }

    /// The end of the next markup, or the place of a mistake in it; `None` if there is no more.
    #[expect(clippy::type_complexity, reason = "it is the answer of one function")]
    fn next(
        &self,
        chars: &[char],
        begin: usize,
    ) -> Result<Option<Result<usize, (usize, String)>>, Unsure> {
        for at in begin..chars.len() {
            let c = chars[at];
            let may_begin = matches!(c, '*' | '`' | '_' | '|' | ':') || c.is_alphanumeric();
            if !may_begin || !(at == begin || precedes(chars[at - 1])?) {
                continue;
            }
            let rest = &chars[at..];
            if let Some(kind) = KINDS.iter().find(|(start, ..)| is_start(rest, start)) {
                let (start, end, shown) = kind;
                let from = at + start.len();
                if is_quoted(chars, begin, at, from)? {
                    return Ok(Some(Ok(from)));
                }
                let Some(last) = find_end(chars, from, end)? else {
                    let what = format!("text that begins with {shown} does not end");
                    return Ok(Some(Err((at, what))));
                };
                let inner: String = chars[from..last].iter().collect();
                if *start == "|"
                    && self.may_look()
                    && !self.all.contains(&format!(".. |{}|", normalize(&inner)))
                {
                    let what = format!("the substitution `|{inner}|` is not defined");
                    return Ok(Some(Err((at, what))));
                }
                return Ok(Some(Ok(last + end.len())));
            }
            let role = role(rest);
            let tick = at + role.as_ref().map_or(0, |role| role.chars().count() + 2);
            let is_tick = chars.get(tick) == Some(&'`')
                && chars
                    .get(tick + 1)
                    .is_none_or(|next| *next != '`' && !next.is_whitespace());
            if is_tick {
                if role.is_none() && is_quoted(chars, begin, at, tick + 1)? {
                    return Ok(Some(Ok(tick + 1)));
                }
                return self.interpreted(chars, at, tick + 1, role).map(Some);
            }
            if let Some(end) = self.reference(chars, at)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// Text in backquotes: with a role, or a reference.
    fn interpreted(
        &self,
        chars: &[char],
        at: usize,
        from: usize,
        role: Option<String>,
    ) -> Result<Result<usize, (usize, String)>, Unsure> {
        let mut found = None;
        for last in from..chars.len() {
            let before = chars[last - 1];
            let is_escaped = last >= 2 && chars[last - 2] == '\0';
            let is_open = last > from && (before == '\0' || before.is_whitespace()) && !is_escaped;
            if chars[last] != '`' || is_open {
                continue;
            }
            let after = &chars[last + 1..];
            let suffix = role_suffix(after);
            let marks = after
                .iter()
                .skip(suffix)
                .take(2)
                .take_while(|c| **c == '_')
                .count();
            let mut ends = (0..=marks)
                .rev()
                .map(|marks| (suffix, marks))
                .chain([(0, 0)]);
            for (suffix, marks) in ends.by_ref() {
                if follows(chars.get(last + 1 + suffix + marks))? {
                    found = Some((last, suffix, marks));
                    break;
                }
            }
            if found.is_some() {
                break;
            }
        }
        let Some((last, suffix, marks)) = found.filter(|(last, ..)| *last > from) else {
            let what = "text that begins with a backquote does not end".to_owned();
            return Ok(Err((at, what)));
        };
        let end = last + 1 + suffix + marks;
        let text: String = chars[from..last].iter().collect();
        if suffix > 0 {
            return Ok(Ok(end));
        }
        if let Some(role) = role {
            let is_known = ROLES.contains(&format!(" {} ", role.to_lowercase()));
            if !is_known && !self.has_roles {
                return Ok(Err((at, format!("the role `{role}` is unknown"))));
            }
        } else if marks == 1 {
            return Ok(match self.unknown_target(&text) {
                Some(what) => Err((at, what)),
                None => Ok(end),
            });
        }
        Ok(Ok(end))
    }

    /// A reference by one word, like `name_`; gives its end, or that it leads nowhere.
    #[expect(
        clippy::type_complexity,
        reason = "it is a part of the answer of `next`"
    )]
    fn reference(
        &self,
        chars: &[char],
        at: usize,
    ) -> Result<Option<Result<usize, (usize, String)>>, Unsure> {
        let is_word = |c: &char| c.is_alphanumeric();
        let mut end = at;
        while chars.get(end).is_some_and(is_word) {
            end += 1;
            if end - at > LONGEST_NAME {
                return Ok(None);
            }
            let is_joined = chars.get(end).is_some_and(|c| "-._+:".contains(*c));
            if is_joined && chars.get(end + 1).is_some_and(is_word) {
                end += 1;
            }
        }
        if end == at || chars.get(end) != Some(&'_') {
            return Ok(None);
        }
        let marks = if chars.get(end + 1) == Some(&'_') {
            2
        } else {
            1
        };
        if !follows(chars.get(end + marks))? {
            return Ok(None);
        }
        let name: String = chars[at..end].iter().collect();
        let unknown = (marks == 1).then(|| self.unknown_target(&name)).flatten();
        Ok(Some(match unknown {
            Some(what) => Err((at, what)),
            None => Ok(end + marks),
        }))
    }

    fn unknown_target(&self, text: &str) -> Option<String> {
        let name = normalize(text);
        // With an address it is a definition of its own.
        if text.contains(['\0', '\\', '<', '>']) || !self.may_look() {
            return None;
        }
        let defining = [
            format!("_{name}:"),
            format!("_`{name}`"),
            format!("`{name} <"),
            format!("[{name}]"),
            format!("[#{name}]"),
            format!(":name: {name}"),
            format!("|{name}|"),
        ];
        let is_defined = defining.iter().any(|text| self.all.contains(text.as_str()))
            || self.titles.contains(&name)
            // Markup and backslashes in titles and names are not followed.
            || self.all.contains(&format!("_{name}\\"))
            // A list of targets in one, or a name with other spaces.
            || self.all.contains(&format!("{name}:"));
        (!is_defined).then(|| format!("the target of the link `{text}` is not defined"))
    }
}

/// Escaped characters, of which each has a zero before it.
fn escape(text: &str) -> Vec<char> {
    let mut chars = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\\' {
            chars.push('\0');
            chars.extend(rest.next());
        } else {
            chars.push(c);
        }
    }
    chars
}

/// Whether text begins with the mark, which nothing but text may follow.
fn is_start(rest: &[char], mark: &str) -> bool {
    let length = mark.len();
    let is_mark = rest.len() >= length && rest.iter().zip(mark.chars()).all(|(c, mark)| *c == mark);
    let next = rest.get(length);
    let is_doubled = mark.len() == 1 && next == mark.chars().next().as_ref();
    is_mark && !is_doubled && next.is_none_or(|c| !c.is_whitespace())
}

/// The place of the mark that ends text, which must not be empty.
fn find_end(chars: &[char], from: usize, mark: &str) -> Result<Option<usize>, Unsure> {
    let length = mark.len();
    for at in from..chars.len() {
        let is_mark = chars[at..]
            .iter()
            .zip(mark.chars())
            .all(|(c, mark)| *c == mark)
            && at + length <= chars.len();
        let before = chars[at - 1];
        // Backslashes have no meaning in literal text.
        let is_open = before.is_whitespace() || (before == '\0' && mark != "``");
        if !is_mark || (at > from && is_open) {
            continue;
        }
        // A substitution may be a reference as well.
        let marks = if mark == "|" {
            chars[at + 1..]
                .iter()
                .take(2)
                .take_while(|c| **c == '_')
                .count()
        } else {
            0
        };
        for marks in (0..=marks).rev() {
            if follows(chars.get(at + length + marks))? {
                return Ok((at > from).then_some(at));
            }
        }
    }
    Ok(None)
}

/// Whether markup may begin after this character.
fn precedes(c: char) -> Result<bool, Unsure> {
    if c.is_ascii() {
        Ok(c.is_whitespace() || "\"'(<[{-/:".contains(c))
    } else if c.is_alphanumeric() {
        Ok(false)
    } else {
        Err(Unsure)
    }
}

/// Whether markup may end before this character.
fn follows(c: Option<&char>) -> Result<bool, Unsure> {
    match c {
        None => Ok(true),
        Some(c) if c.is_ascii() => Ok(c.is_whitespace() || "\0\"')>]}-/:\\.,;!?".contains(*c)),
        Some(c) if c.is_alphanumeric() => Ok(false),
        Some(_) => Err(Unsure),
    }
}

/// Whether a mark stands between quotes or brackets, or at the end, so that it is text.
fn is_quoted(chars: &[char], begin: usize, at: usize, after: usize) -> Result<bool, Unsure> {
    if at == begin {
        return Ok(false);
    }
    let Some(next) = chars.get(after) else {
        return Ok(true);
    };
    let before = chars[at - 1];
    if !(next.is_ascii() || next.is_alphanumeric()) && "\"'(<[{".contains(before) {
        return Err(Unsure);
    }
    let pairs = [
        ('"', '"'),
        ('\'', '\''),
        ('(', ')'),
        ('<', '>'),
        ('[', ']'),
        ('{', '}'),
    ];
    Ok(pairs.contains(&(before, *next)))
}

/// The role before a backquote, as in `:code:`.
fn role(rest: &[char]) -> Option<String> {
    let inner = rest.strip_prefix(&[':'])?;
    let mut name = inner.iter().take(LONGEST_NAME);
    let end = name.position(|c| *c == '`')?;
    let (last, name) = inner.get(..end)?.split_last()?;
    let is_name = |name: &[char]| {
        let mut parts = name.split(|c| "-._+:".contains(*c));
        parts.all(|part| !part.is_empty() && part.iter().all(|c| c.is_alphanumeric()))
    };
    (*last == ':' && is_name(name)).then(|| name.iter().collect())
}

/// The length of a role after a backquote.
fn role_suffix(after: &[char]) -> usize {
    let Some(inner) = after.strip_prefix(&[':']) else {
        return 0;
    };
    let is_part = |c: &char| c.is_alphanumeric() || "-._+".contains(*c);
    let length = inner.iter().take_while(|c| is_part(c)).count();
    if length > 0 && inner.get(length) == Some(&':') {
        length + 2
    } else {
        0
    }
}
