//! Lists of names in messages.

/// Ex) `a, b, c, d and 3 more symbols`
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 4;
    let mut shown: Vec<_> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let rest = names.len() - shown.len();
    let last = match rest {
        0 => shown.pop().unwrap_or_default().to_owned(),
        count => format!("{count} more symbols"),
    };
    if shown.is_empty() {
        return last;
    }
    format!("{} and {last}", shown.join(", "))
}
