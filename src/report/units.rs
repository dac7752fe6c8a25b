//! Durations and paths, in the short form that people read.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A duration as a clock shows it, and a short one in seconds.
///
/// Ex) `0.2 s`, `12.3 s`, `1:34`
pub(super) fn clock(time: Duration) -> String {
    if time < Duration::from_secs(60) {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        minutes(time)
    }
}

/// The duration of a job: a short one is exact enough to be compared with others.
///
/// Ex) `0.07 s`, `12.31 s`, `1:34`
pub(super) fn of_job(time: Duration) -> String {
    if time < Duration::from_secs(60) {
        format!("{:.2} s", time.as_secs_f64())
    } else {
        minutes(time)
    }
}

/// A duration in minutes and seconds.
///
/// Ex) `0:07`, `1:34`, `1:02:03`
pub(super) fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// The path as the user may type it here: relative to the current folder if it is below.
pub(super) fn near(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_what_a_clock_shows() {
        for (millis, text) in [
            (160, "0.2 s"),
            (12_340, "12.3 s"),
            (94_000, "1:34"),
            (3_723_000, "1:02:03"),
        ] {
            assert_eq!(clock(Duration::from_millis(millis)), text);
        }
        assert_eq!(minutes(Duration::from_secs(7)), "0:07");
    }

    #[test]
    fn paths_below_the_current_folder_are_relative() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(near(&here.join("dist")), Path::new("dist"));
        assert_eq!(near(&here), Path::new("."));
        let above = here.parent().unwrap();
        assert_eq!(near(above), above);
    }
}
