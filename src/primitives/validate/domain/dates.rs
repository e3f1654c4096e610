//! Dates and times as Odoo stores them: `2026-01-31` and `2026-01-31 23:59:59`, nothing relative and no zones.

/// What is before cannot be shifted to every time zone, what is after not by a day.
const YEARS: core::ops::RangeInclusive<u32> = 1000..=9998;

pub(super) fn is_date(text: &str) -> bool {
    date(text).is_some_and(|(year, month, day)| {
        YEARS.contains(&year) && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day)
    })
}

pub(super) fn is_datetime(text: &str) -> bool {
    let Some((day, time)) = text.split_once(' ') else { return false };
    let mut parts = time.splitn(3, ':').map(|part| digits(part, 2));
    let mut below = |end: u32| parts.next().flatten().is_some_and(|part| part < end);
    is_date(day) && below(24) && below(60) && below(60)
}

fn date(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.splitn(3, '-');
    Some((digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?))
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_datetime};

    #[test]
    fn dates_are_those_of_the_calendar() {
        for text in ["2026-01-31", "2024-02-29", "2000-02-29", "1000-01-01", "9998-12-31"] {
            assert!(is_date(text), "{text}");
        }
        let none =
            "2026-02-29 1900-02-29 2026-13-01 2026-00-01 2026-01-00 2026-04-31 0999-12-31 9999-01-01 2026-1-1 today";
        for text in none.split(' ').chain(["", "2026-01-31 ", "+026-01-01", "２０２６-01-01", "2026-01-01-1"]) {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn times_have_seconds_and_no_zone() {
        assert!(is_datetime("2026-01-31 23:59:59") && is_datetime("2026-01-31 00:00:00"));
        for time in
            ["24:00:00", "23:60:00", "23:59:60", "23:59", "23:59:59.1", "23:59:59Z", "23:59:59+01:00", "", "1:2:3"]
        {
            assert!(!is_datetime(&format!("2026-01-31 {time}")), "{time}");
        }
        assert!(!is_datetime("2026-01-31T23:59:59") && !is_datetime("2026-02-30 00:00:00"));
    }
}
