//! Amounts as text: `100m`, `256Mi`, `5Gi`, `1h`, `1-hour`.

/// An amount of a resource, comparable with others of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Amount {
    /// Processor time, in thousandths.
    Cpu(u64),
    /// Bytes.
    Bytes(u64),
}

/// Reads `100m`, `256Mi`, `5Gi`, `2GB`; none where the text has no unit, since a number may be anything.
pub(super) fn amount(text: &str) -> Option<Amount> {
    let length = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (number, unit) = text.split_at_checked(length)?;
    if unit == "m" {
        return Some(Amount::Cpu(number.parse().ok()?));
    }
    let power = match unit {
        "Ki" | "KiB" => 1,
        "Mi" | "MiB" | "MB" => 2,
        "Gi" | "GiB" | "GB" => 3,
        "Ti" | "TiB" | "TB" => 4,
        _ => return None,
    };
    scaled(number, 1024_u64.checked_pow(power)?).map(Amount::Bytes)
}

/// A whole or decimal number, so many times.
fn scaled(number: &str, times: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    let fraction = if fraction.is_empty() {
        0
    } else {
        let digits: u64 = fraction.parse().ok()?;
        digits.checked_mul(times)?.checked_div(10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?)?
    };
    whole.checked_mul(times)?.checked_add(fraction)
}

/// The same for a value of a manifest, where a bare number is processors or bytes.
pub(super) fn known_cpu(text: &str) -> Option<u64> {
    match text.strip_suffix('m') {
        Some(millis) => millis.parse().ok(),
        None => scaled(text, 1000),
    }
}

/// The bytes of a value of a manifest.
pub(super) fn known_bytes(text: &str) -> Option<u64> {
    match amount(text) {
        Some(Amount::Bytes(bytes)) => Some(bytes),
        Some(Amount::Cpu(_)) => None,
        None => {
            let length = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
            let (number, unit) = text.split_at_checked(length)?;
            let times = match unit {
                "" => 1,
                "k" => 1000,
                "M" => 1_000_000,
                "G" => 1_000_000_000,
                "T" => 1_000_000_000_000,
                _ => return None,
            };
            scaled(number, times)
        }
    }
}

/// The seconds of `1h`, `30m`, `1h0m0s`, `1-hour`, `5-minute`; none for what is no time.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let after = rest.get(digits..)?.trim_start_matches('-');
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let times = match after.get(..letters)? {
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(times)?)?;
        rest = after.get(letters..)?;
    }
    (!text.is_empty()).then_some(total)
}
