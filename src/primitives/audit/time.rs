//! A moment as RFC 3339 has it, in UTC.

const SHAPE: [u8; 32] = *b"0000-00-00T00:00:00.000000+00:00";

/// `2026-11-24T20:05:58.123456+00:00` of microseconds since 1970, for the years 1970 to 9999.
pub(super) fn rfc3339(microseconds: u64) -> [u8; 32] {
    const LAST: u64 = 253_402_300_799_999_999;
    let microseconds = microseconds.min(LAST);
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let mut text = SHAPE;
    let parts = [
        (0..4, year),
        (5..7, month),
        (8..10, day),
        (11..13, second / 3600),
        (14..16, second / 60 % 60),
        (17..19, second % 60),
        (20..26, fraction),
    ];
    for (place, number) in parts {
        digits(text.get_mut(place).unwrap_or_default(), number);
    }
    text
}

/// The last digits of a number, as many as there is place for.
fn digits(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b"0123456789".get(usize::try_from(number % 10).unwrap_or_default()).copied().unwrap_or(b'0');
        number /= 10;
    }
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
            assert_eq!(rfc3339(seconds * 1_000_000 + 7), format!("{text}.000007+00:00").as_bytes());
        }
        assert_eq!(&rfc3339(u64::MAX), b"9999-12-31T23:59:59.999999+00:00");
    }
}
