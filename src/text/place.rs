//! Positions in files, as compilers print them.

/// The file, the line and the column of a place, both counted from 1; `None` if the place is not a position.
///
/// Ex) `src/a.zig:3:5` is `("src/a.zig", 3, 5)`
pub(crate) fn position(place: &str) -> Option<(&str, usize, usize)> {
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let number = |text: &str| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten()
    };
    let (line, column) = (number(line)?, number(column)?);
    (!file.is_empty()).then_some((file, line, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_has_a_file_a_line_and_a_column() {
        assert_eq!(position("src/a.zig:3:5"), Some(("src/a.zig", 3, 5)));
        assert_eq!(position(r"C:\a.zig:3:5"), Some((r"C:\a.zig", 3, 5)));
        for other in [
            "a.zig",
            "a.zig:3",
            "a.zig:3:",
            "a.zig:+3:5",
            ":3:5",
            "--jobs",
        ] {
            assert_eq!(position(other), None, "{other}");
        }
    }
}
