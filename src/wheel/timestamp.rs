//! The one time that every entry of a wheel carries.
//!
//! Takes `SOURCE_DATE_EPOCH`, gives what a zip can express of it; never asks the clock, so that the
//! same inputs give the same bytes.

use crate::error::{Error, Problem, Result};

/// The environment variable that sets the time of every entry, in seconds since 1970 (UTC).
pub const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// A time that zip archives can express: from 1980 to 2107, in steps of two seconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970.
    seconds: i64,
}

/// A time as zip headers hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DosTime {
    pub(super) date: u16,
    pub(super) time: u16,
}

/// 1980-01-01 00:00:00, the first time of zip's calendar.
const FIRST: i64 = 315_532_800;
/// 2107-12-31 23:59:58, the last one.
const LAST: i64 = 4_354_819_198;

impl Default for Timestamp {
    fn default() -> Self {
        Self { seconds: FIRST }
    }
}

impl Timestamp {
    /// The time that `SOURCE_DATE_EPOCH` gives, or 1980-01-01 without it.
    ///
    /// Source: reproducible-builds.org, "`SOURCE_DATE_EPOCH` specification".
    pub fn from_env() -> Result<Self> {
        match std::env::var_os(SOURCE_DATE_EPOCH) {
            None => Ok(Self::default()),
            // Other tools, too, treat an empty value as unset.
            Some(value) if value.is_empty() => Ok(Self::default()),
            Some(value) => Self::from_source_date_epoch(&value.to_string_lossy()),
        }
    }

    /// The time that a value of `SOURCE_DATE_EPOCH` stands for, moved into zip's range.
    pub fn from_source_date_epoch(text: &str) -> Result<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let seconds = plain.then(|| text.parse().ok()).flatten();
        seconds.map(Self::from_unix).ok_or_else(|| {
            Error::config(
                Problem::new(format!(
                    "`{}` is not a number of seconds since 1970",
                    text.escape_debug()
                ))
                .at(SOURCE_DATE_EPOCH)
                .hint(format!(
                    "set it to the last commit's time, {SOURCE_DATE_EPOCH}=$(git log -1 --format=%ct), \
                     or unset it"
                )),
            )
        })
    }

    /// Seconds since 1970, moved into zip's range and rounded down to an even second.
    pub fn from_unix(seconds: i64) -> Self {
        Self {
            seconds: seconds.clamp(FIRST, LAST) & !1,
        }
    }

    /// Seconds since 1970.
    pub fn unix(self) -> i64 {
        self.seconds
    }

    /// Ex) `2025-11-26T00:00:00Z`
    pub(super) fn to_rfc3339(self) -> String {
        let (year, month, day) = civil(self.seconds.div_euclid(86_400));
        let in_day = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (in_day / 3600, in_day / 60 % 60, in_day % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// The two numbers that a zip header holds.
    pub(super) fn to_dos(self) -> DosTime {
        let (year, month, day) = civil(self.seconds.div_euclid(86_400));
        let in_day = self.seconds.rem_euclid(86_400);
        let date = ((year - 1980) << 9) | (month << 5) | day;
        let time = ((in_day / 3600) << 11) | ((in_day / 60 % 60) << 5) | (in_day % 60 / 2);
        // Both fit: a time is moved into zip's range when it is made.
        let number = |value: i64| u16::try_from(value).unwrap_or_default();
        DosTime {
            date: number(date),
            time: number(time),
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01 in the Gregorian calendar.
///
/// Counts from 1 March of year 0, so that the leap day is the last of a year; 146,097 days are 400
/// years, and months of 31 and 30 days from March on follow `(153 m + 2) / 5`.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let in_era = days.rem_euclid(146_097);
    let year = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let time = Timestamp::from_source_date_epoch(text).unwrap().to_dos();
        let zip = zip::DateTime::try_from_msdos(time.date, time.time).unwrap();
        format!(
            "{}-{:02}-{:02} {:02}:{:02}:{:02}",
            zip.year(),
            zip.month(),
            zip.day(),
            zip.hour(),
            zip.minute(),
            zip.second()
        )
    }

    #[test]
    fn times_are_what_the_calendar_says() {
        for (text, expected) in [
            ("951782399", "2000-02-28 23:59:58"),
            ("951782400", "2000-02-29 00:00:00"),
            ("951868800", "2000-03-01 00:00:00"),
            ("1735689599", "2024-12-31 23:59:58"),
            ("1764115200", "2025-11-26 00:00:00"),
            ("4107542400", "2100-03-01 00:00:00"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn a_time_is_written_as_documents_have_it() {
        let time = Timestamp::from_source_date_epoch("951782398").unwrap();
        assert_eq!(time.to_rfc3339(), "2000-02-28T23:59:58Z");
    }

    #[test]
    fn times_that_zip_cannot_express_are_moved_into_its_range() {
        for text in ["0", "-1", "1", "315532799", "315532801"] {
            assert_eq!(shown(text), "1980-01-01 00:00:00");
        }
        for text in ["4354819199", "4354819200", "9999999999"] {
            assert_eq!(shown(text), "2107-12-31 23:59:58");
        }
        assert_eq!(Timestamp::default().unix(), FIRST);
    }

    #[test]
    fn what_is_no_number_is_an_error_with_a_way_out() {
        for text in [
            "",
            "-",
            "now",
            "1.5",
            "+5",
            " 5",
            "0x10",
            "99999999999999999999",
        ] {
            let error = Timestamp::from_source_date_epoch(text).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(
                error.problems()[0]
                    .hint
                    .as_ref()
                    .unwrap()
                    .contains("git log")
            );
        }
    }
}
