//! Dates of the proleptic Gregorian calendar.

/// A moment as date and clock.
#[derive(Debug, Clone)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    pub(crate) nanos: u32,
    /// From 0, Sunday.
    pub(crate) weekday: u32,
    /// From 1.
    pub(crate) year_day: u32,
    /// Seconds east of UTC.
    pub(crate) offset: i32,
    pub(crate) abbreviation: String,
}

const DAY: i64 = 86_400;

impl Civil {
    pub(super) fn new(seconds: i64, nanos: u32, offset: i32, abbreviation: String) -> Self {
        let local = seconds.saturating_add(i64::from(offset));
        let (days, clock) = (local.div_euclid(DAY), small(local.rem_euclid(DAY)));
        let (year, month, day) = date_of(days);
        Self {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
            nanos,
            weekday: small((days + 4).rem_euclid(7)),
            year_day: small(days - days_to(year, 1, 1)) + 1,
            offset,
            abbreviation,
        }
    }

    /// Seconds since 1970 of the moment so many years, months and days away, with what overflows carried on.
    pub(super) fn moved(&self, years: i64, months: i64, days: i64) -> i64 {
        // Go's own limits are far inside of these.
        const FAR: i64 = 1 << 40;
        let months =
            (i64::from(self.month) - 1 + months.clamp(-FAR, FAR)) + 12 * (self.year + years.clamp(-FAR, FAR));
        let first = days_to(months.div_euclid(12), small(months.rem_euclid(12)) + 1, 1);
        let day = first + i64::from(self.day) - 1 + days.clamp(-FAR, FAR);
        let clock = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        day.saturating_mul(DAY).saturating_add(clock - i64::from(self.offset))
    }
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// Days from 1970 to a date.
pub(super) fn days_to(year: i64, month: u32, day: u32) -> i64 {
    // Years start in March, so that the leap day is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from((month + 9) % 12);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn date_of(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = small(day_of_year - (153 * month + 2) / 5 + 1);
    let month = small(if month < 10 { month + 3 } else { month - 9 });
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// How many days a month has.
pub(super) fn days_in(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
