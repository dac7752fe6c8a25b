//! What a line at the left margin is.

/// Replaces tabs, of which each ends at a column that 8 divides.
pub(super) fn expand_tabs(line: &str) -> String {
    let mut expanded = String::new();
    let mut column = 0;
    for c in line.trim_end().chars() {
        let width = if c == '\t' { 8 - column % 8 } else { 1 };
        if c == '\t' {
            expanded.extend(std::iter::repeat_n(' ', width));
        } else {
            expanded.push(if matches!(c, '\u{b}' | '\u{c}') {
                ' '
            } else {
                c
            });
        }
        column += width;
    }
    expanded
}

/// The name of the directive in a line that begins with `..`, in lowercase.
pub(super) fn directive(line: &str) -> Option<String> {
    let rest = line.strip_prefix("..")?.trim_start();
    let rest = match rest.strip_prefix('|') {
        Some(rest) => rest.split_once('|')?.1.trim_start(),
        None => rest,
    };
    let (name, after) = rest.split_once("::")?;
    let name = name.strip_suffix(' ').unwrap_or(name);
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    let is_name = name.split(['-', '.', '_', '+', ':']).all(is_part);
    (is_name && (after.is_empty() || after.starts_with(' '))).then(|| name.to_ascii_lowercase())
}

/// Whether a line consists of one punctuation character.
pub(super) fn is_adornment(line: &str) -> bool {
    let mut chars = line.chars();
    let first = chars.next();
    first.is_some_and(|c| c.is_ascii_punctuation()) && chars.all(|c| Some(c) == first)
}

/// Whether a title is surely wider than a line of punctuation.
pub(super) fn is_wider(title: &str, line: &str) -> bool {
    // Characters beyond these may be wide or have no width.
    title.chars().all(|c| c < '\u{300}') && title.chars().count() > line.len()
}

/// Whether a line is the top of a table.
pub(super) fn is_table(line: &str) -> bool {
    let is_grid = line.starts_with("+-")
        && line.ends_with("-+")
        && line.chars().all(|c| matches!(c, '+' | '-'));
    let is_simple =
        line.starts_with('=') && line.contains(' ') && line.chars().all(|c| matches!(c, '=' | ' '));
    is_grid || is_simple
}

/// Whether a line may begin a list that is not a bullet list, or another block.
pub(super) fn is_other_body(line: &str) -> bool {
    let first_word = line.split(' ').next().unwrap_or(line);
    let inner = first_word.strip_prefix('(').unwrap_or(first_word);
    let is_enumerator = inner.strip_suffix(['.', ')']).is_some_and(|inner| {
        let is_one = inner.chars().count() == 1;
        let is_number = inner.bytes().all(|byte| byte.is_ascii_digit());
        let is_roman = inner.chars().all(|c| "ivxlcdmIVXLCDM".contains(c));
        inner == "#" || (is_one && inner.is_ascii()) || is_number || is_roman
    });
    let is_field = line.starts_with(':') && (line.contains(": ") || line.ends_with(':'));
    // Options, line blocks, doctests, and quoted or unusual text.
    let is_marked = line.starts_with(['-', '+', '/', '|', '>']);
    is_enumerator || is_field || is_marked
}
