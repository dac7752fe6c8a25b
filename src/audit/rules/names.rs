//! Lists of names in messages.

use crate::text::list::and;

/// Ex) `a, b, c, d and 3 more symbols`
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 4;
    let shown = names.iter().take(SHOWN);
    let mut shown: Vec<_> = shown.map(|name| name.as_ref().to_owned()).collect();
    match names.len() - shown.len() {
        0 => {}
        1 => shown.push("1 more symbol".to_owned()),
        count => shown.push(format!("{count} more symbols")),
    }
    and(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_says_how_many_names_it_leaves_out() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c", "d"]), "a, b, c and d");
        let mut names = vec!["a", "b", "c", "d", "e"];
        assert_eq!(list(&names), "a, b, c, d and 1 more symbol");
        names.push("f");
        assert_eq!(list(&names), "a, b, c, d and 2 more symbols");
    }
}
