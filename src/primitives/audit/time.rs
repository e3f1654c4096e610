//! A moment as RFC 3339 has it, in UTC.

/// `2026-11-24T20:05:58.123456+00:00` of microseconds since 1970, for the years 1970 to 9999.
pub(super) fn rfc3339(microseconds: u64) -> String {
    const LAST: u64 = 253_402_300_799_999_999;
    let microseconds = microseconds.min(LAST);
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:06}+00:00")
}

/// The date so many days after 1970-01-01. Years begin in March here, so that a leap day is the last one; eras have 400.
#[allow(clippy::arithmetic_side_effects, reason = "at most 2,932,896 days")]
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let calendar = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + (calendar <= 2) as u64, calendar, day - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_799, "2000-02-29T23:59:59"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (1_795_540_359, "2026-11-24T17:12:39"),
        ] {
            assert_eq!(rfc3339(seconds * 1_000_000 + 7), format!("{text}.000007+00:00"));
        }
        assert_eq!(rfc3339(u64::MAX), "9999-12-31T23:59:59.999999+00:00");
    }
}
