//! Go's `time`: moments, zones, layouts and durations.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;

use std::any::Any;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::error::Failure;
use crate::exec::Executor;
use crate::funcs::Args;
use crate::host::{HostObject, Param, Signature};
use crate::placeholder::TaintId;
use crate::text::Str;
use crate::value::Value;

pub(crate) use civil::Civil;
pub(crate) use duration::{format_duration, parse_duration};
pub(crate) use parse::parse_time;

pub(crate) const NANOS: i64 = 1_000_000_000;

/// Where a moment is told.
#[derive(Clone)]
pub(crate) enum Zone {
    Utc,
    /// The zone of the reference's machine, taken to be UTC.
    Local,
    /// An offset that a text gave, with the name that it gave.
    Fixed(i32, String),
    /// A zone of the time zone database.
    Named(TimeZone),
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("UTC"),
            Self::Local => f.write_str("Local"),
            Self::Fixed(offset, name) => write!(f, "{name}{offset:+}"),
            Self::Named(zone) => write!(f, "{zone:?}"),
        }
    }
}

impl Zone {
    /// `LoadLocation`. The database is part of the program: the machine's does not matter.
    pub(crate) fn load(name: &str) -> Option<Self> {
        match name {
            "" | "UTC" => return Some(Self::Utc),
            "Local" => return Some(Self::Local),
            _ => {}
        }
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        // Go looks for a file of exactly this name.
        (zone.iana_name() == Some(name)).then_some(Self::Named(zone))
    }

    /// Seconds east of UTC and the abbreviation at a moment.
    pub(crate) fn at(&self, seconds: i64) -> (i32, String) {
        match self {
            Self::Utc | Self::Local => (0, "UTC".to_owned()),
            Self::Fixed(offset, name) => (*offset, name.clone()),
            Self::Named(zone) => {
                let clamped = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let moment = Timestamp::from_second(clamped).unwrap_or_default();
                let info = zone.to_offset_info(moment);
                (info.offset().seconds(), info.abbreviation().to_owned())
            }
        }
    }
}

/// The quotes of the `time` package: all but ASCII is escaped byte by byte.
fn quote(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=0x7F => out.push(char::from(byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// `time.Time`.
#[derive(Debug, Clone)]
pub(crate) struct Time {
    /// Seconds since 1970.
    pub(crate) seconds: i64,
    /// Nanoseconds of the second.
    pub(crate) nanos: u32,
    pub(crate) zone: Zone,
    /// Set when the moment stands for one that cannot be known.
    pub(crate) taint: Option<TaintId>,
}

/// Seconds from the year 1, Go's zero time, to 1970.
const ZERO_SECONDS: i64 = -62_135_596_800;

impl Time {
    /// The zero time, which failed parsing gives.
    pub(crate) fn zero() -> Self {
        Self::unix(ZERO_SECONDS, Zone::Utc)
    }

    pub(crate) fn unix(seconds: i64, zone: Zone) -> Self {
        Self { seconds, nanos: 0, zone, taint: None }
    }

    pub(crate) fn with_zone(&self, zone: Zone) -> Self {
        Self { zone, ..self.clone() }
    }

    /// The moment `nanos` nanoseconds later.
    pub(crate) fn add(&self, nanos: i64) -> Self {
        let total = i64::from(self.nanos) + nanos.rem_euclid(NANOS);
        let seconds = self.seconds.wrapping_add(nanos.div_euclid(NANOS)).wrapping_add(total / NANOS);
        Self { seconds, nanos: u32::try_from(total % NANOS).unwrap_or(0), ..self.clone() }
    }

    /// Date and clock in its zone.
    pub(crate) fn civil(&self) -> Civil {
        let (offset, abbreviation) = self.zone.at(self.seconds);
        Civil::new(self.seconds, self.nanos, offset, abbreviation)
    }

    /// `Format`.
    pub(crate) fn format(&self, layout: &[u8]) -> Str {
        Str::tainted(format::format(&self.civil(), layout), self.taint)
    }

    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

const TIME: Param = Param::Named("time.Time");

impl HostObject for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    /// Zones are compared by their address, and Go shares only its own and those of whole hours without a name
    /// (time/zoneinfo.go, `FixedZone`).
    fn hidden_fields(&self) -> Option<String> {
        let zone = match &self.zone {
            Zone::Utc => "UTC".to_owned(),
            Zone::Local => "Local".to_owned(),
            Zone::Fixed(offset, name)
                if name.is_empty() && offset % 3600 == 0 && (-12..=14).contains(&(offset / 3600)) =>
            {
                offset.to_string()
            }
            Zone::Fixed(..) | Zone::Named(_) => format!("{self:p}"),
        };
        Some(format!("{} {} {zone} {:?}", self.seconds, self.nanos, self.taint))
    }

    fn text(&self) -> Option<Str> {
        Some(self.format(b"2006-01-02 15:04:05.999999999 -0700 MST"))
    }

    fn go_text(&self) -> Option<Str> {
        let Civil { year, month, day, hour, minute, second, nanos, .. } = self.civil();
        let month = layout::month_name(month);
        let zone = match &self.zone {
            Zone::Utc => "time.UTC".to_owned(),
            Zone::Local => "time.Local".to_owned(),
            Zone::Fixed(_, name) => format!("time.Location({name:?})"),
            Zone::Named(zone) => format!("time.Location({:?})", zone.iana_name().unwrap_or_default()),
        };
        let text =
            format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanos}, {zone})");
        Some(Str::tainted(text.into_bytes(), self.taint))
    }

    fn to_data(&self) -> Value {
        Value::Str(self.format(b"2006-01-02T15:04:05.999999999Z07:00"))
    }

    fn method(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "Year" | "Month" | "Day" | "Hour" | "Minute" | "Second" | "Nanosecond" | "YearDay"
            | "Weekday" | "Unix" | "UnixMilli" | "UnixMicro" | "UnixNano" | "UTC" | "Local" | "String"
            | "IsZero" => Signature::fixed(&[]),
            "Format" => Signature::fixed(&[Param::Str]),
            "AddDate" => Signature::fixed(&[Param::Int, Param::Int, Param::Int]),
            "Before" | "After" | "Equal" | "Compare" | "Sub" => Signature::fixed(&[TIME]),
            _ => return None,
        })
    }

    fn call(&self, name: &str, _: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
        let civil = self.civil();
        let order = args.object::<Self>(0).map_or(std::cmp::Ordering::Equal, |other| self.cmp(other));
        Ok(match name {
            "Year" => Value::Int(civil.year),
            "Month" => Value::Object(std::rc::Rc::new(Named::month(civil.month))),
            "Weekday" => Value::Object(std::rc::Rc::new(Named::weekday(civil.weekday))),
            "Day" => Value::Int(i64::from(civil.day)),
            "Hour" => Value::Int(i64::from(civil.hour)),
            "Minute" => Value::Int(i64::from(civil.minute)),
            "Second" => Value::Int(i64::from(civil.second)),
            "Nanosecond" => Value::Int(i64::from(civil.nanos)),
            "YearDay" => Value::Int(i64::from(civil.year_day)),
            "Unix" => Value::Int64(self.seconds),
            "UnixMilli" => {
                Value::Int64(self.seconds.wrapping_mul(1_000).wrapping_add(i64::from(self.nanos / 1_000_000)))
            }
            "UnixMicro" => {
                Value::Int64(self.seconds.wrapping_mul(1_000_000).wrapping_add(i64::from(self.nanos / 1_000)))
            }
            "UnixNano" => Value::Int64(self.seconds.wrapping_mul(NANOS).wrapping_add(i64::from(self.nanos))),
            "UTC" => Value::Object(std::rc::Rc::new(self.with_zone(Zone::Utc))),
            "Local" => Value::Object(std::rc::Rc::new(self.with_zone(Zone::Local))),
            "String" => self.text().map_or(Value::Nil, Value::Str),
            "IsZero" => Value::Bool(self.seconds == ZERO_SECONDS && self.nanos == 0),
            "Format" => Value::Str(self.format(args.str(0))),
            "AddDate" => {
                let (years, months, days) = (args.int(0), args.int(1), args.int(2));
                let seconds = civil.moved(years, months, days);
                Value::Object(std::rc::Rc::new(Self { seconds, ..self.clone() }))
            }
            "Before" => Value::Bool(order.is_lt()),
            "After" => Value::Bool(order.is_gt()),
            "Equal" => Value::Bool(order.is_eq()),
            "Compare" => Value::Int(order as i64),
            "Sub" => {
                let other = args.object::<Self>(0).unwrap_or(self);
                let seconds = i128::from(self.seconds) - i128::from(other.seconds);
                let nanos = seconds * i128::from(NANOS) + i128::from(self.nanos) - i128::from(other.nanos);
                let clamped = nanos.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
                Value::Object(std::rc::Rc::new(Duration(i64::try_from(clamped).unwrap_or(0))))
            }
            _ => Value::Nil,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `time.Month` and `time.Weekday`: numbers with names.
#[derive(Debug)]
struct Named {
    type_name: &'static str,
    name: &'static str,
}

impl Named {
    fn month(month: u32) -> Self {
        Self { type_name: "time.Month", name: layout::month_name(month) }
    }

    fn weekday(weekday: u32) -> Self {
        Self { type_name: "time.Weekday", name: layout::weekday_name(weekday) }
    }
}

impl HostObject for Named {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn text(&self) -> Option<Str> {
        Some(Str::from(self.name))
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "String").then_some(Signature::fixed(&[]))
    }

    fn call(&self, _: &str, _: &mut Executor<'_>, _: Args<'_>) -> Result<Value, Failure> {
        Ok(Value::str(self.name))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `time.Duration`, in nanoseconds.
#[derive(Debug)]
pub(crate) struct Duration(pub(crate) i64);

impl HostObject for Duration {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn text(&self) -> Option<Str> {
        Some(Str::from(format_duration(self.0)))
    }

    fn method(&self, name: &str) -> Option<Signature> {
        matches!(name, "String" | "Seconds" | "Minutes" | "Hours" | "Milliseconds" | "Nanoseconds")
            .then_some(Signature::fixed(&[]))
    }

    fn call(&self, name: &str, _: &mut Executor<'_>, _: Args<'_>) -> Result<Value, Failure> {
        #[allow(clippy::cast_precision_loss, reason = "Go converts the parts to floats too")]
        let in_units = |unit: i64| (self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64;
        Ok(match name {
            "Seconds" => Value::Float(in_units(NANOS)),
            "Minutes" => Value::Float(in_units(60 * NANOS)),
            "Hours" => Value::Float(in_units(3600 * NANOS)),
            "Milliseconds" => Value::Int64(self.0 / 1_000_000),
            "Nanoseconds" => Value::Int64(self.0),
            _ => Value::str(format_duration(self.0)),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
