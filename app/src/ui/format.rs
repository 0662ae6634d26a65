//! Numbers and durations as people read them: unit always present, thin-space groups.

/// Narrow no-break space between groups of digits.
const GROUP: char = '\u{202f}';

/// An integer in groups of three: `1 240`.
pub fn integer(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(GROUP);
        }
        out.push(digit);
    }
    out
}

/// A decimal with a fixed number of places, in groups of three.
pub fn decimal(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return crate::strings::common::NO_DATA.to_owned();
    }
    let fixed = format!("{:.places$}", value.abs());
    let (whole, rest) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let whole = integer(whole.parse().unwrap_or(i64::MAX));
    let zero = fixed.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !zero { "\u{2212}" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A sensor value: three significant digits and its unit.
pub fn sensor(value: f64, unit: &str) -> String {
    let places = match value.abs() {
        v if v == 0.0 || v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    format!("{} {unit}", decimal(value, places)).trim_end().to_owned()
}

/// Confidence, two places, never rounded over a limit: 0.7499 reads `0.749`, not `0.75`.
pub fn confidence(value: f64) -> String {
    let two = format!("{value:.2}");
    let rounded_up = two.parse::<f64>().is_ok_and(|r| r > value + 1e-12);
    if rounded_up { format!("{:.3}", (value * 1000.0 + 1e-9).floor() / 1000.0) } else { two }
}

/// A share: one decimal, or `x of n` while n is below 30.
pub fn share(part: i64, of: i64) -> String {
    if of < 30 {
        format!("{} of {}", integer(part), integer(of))
    } else {
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        let percent = part as f64 / of as f64 * 100.0;
        format!("{} %", decimal(percent, 1))
    }
}

/// Hours of labour or downtime: `6.5 h`.
pub fn hours(value: f64) -> String {
    format!("{} h", decimal(value, usize::from(value.fract().abs() > 0.049)))
}

/// Remaining life, given in hours: `22 h` below three days, `18 d` from there.
pub fn life(hours: f64) -> String {
    if hours < 72.0 {
        format!("{} h", decimal(hours.floor(), 0))
    } else {
        format!("{} d", decimal((hours / 24.0).floor(), 0))
    }
}

/// A duration of minutes: `2 h 05 min`, `45 min`, `3 d 4 h`.
pub fn duration(minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{rest} min"),
        (0, _) => format!("{hours} h {rest:02} min"),
        (_, 0) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

/// Money with its currency: `$4 200`, `EUR 4 200.50`.
pub fn money(amount: f64, currency: &str) -> String {
    let number = decimal(amount, if amount.fract().abs() < 0.005 { 0 } else { 2 });
    match currency {
        "USD" => format!("${number}"),
        "EUR" => format!("€{number}"),
        "GBP" => format!("£{number}"),
        _ => format!("{currency} {number}").trim_start().to_owned(),
    }
}

/// How long something lasts so far, for columns: `just now`, `12 min`, `2 h 05 min`.
pub fn ago(minutes: i64) -> String {
    if minutes == 0 { "just now".to_owned() } else { duration(minutes) }
}

/// How long ago or how far ahead, from minutes since then (negative: ahead).
pub fn relative(minutes_ago: i64) -> String {
    match minutes_ago {
        0 => "just now".to_owned(),
        m if m < 0 => format!("in {}", roughly(-m)),
        m => format!("{} ago", roughly(m)),
    }
}

fn roughly(minutes: i64) -> String {
    match minutes {
        m if m < 60 => format!("{m} min"),
        m if m < 1440 => format!("{} h {:02} min", m / 60, m % 60),
        m if m < 2880 => "1 day".to_owned(),
        m => format!("{} days", m / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_groups_of_three() {
        assert_eq!(integer(0), "0");
        assert_eq!(integer(1_240), "1\u{202f}240");
        assert_eq!(integer(-1_000_000), "\u{2212}1\u{202f}000\u{202f}000");
        assert_eq!(decimal(-0.001, 1), "0.0");
        assert_eq!(decimal(33_700.25, 1), "33\u{202f}700.2");
    }

    #[test]
    fn confidence_never_crosses_a_limit_by_rounding() {
        assert_eq!(confidence(0.78), "0.78");
        assert_eq!(confidence(0.75), "0.75");
        assert_eq!(confidence(0.7499), "0.749");
        assert_eq!(confidence(1.0), "1.00");
    }

    #[test]
    fn sensors_show_three_significant_digits() {
        assert_eq!(sensor(4.6123, "mm/s"), "4.61 mm/s");
        assert_eq!(sensor(23.456, "°C"), "23.5 °C");
        assert_eq!(sensor(1234.5, "rpm"), "1\u{202f}234 rpm");
    }

    #[test]
    fn small_samples_are_counted_not_divided() {
        assert_eq!(share(4, 5), "4 of 5");
        assert_eq!(share(15, 60), "25.0 %");
    }

    #[test]
    fn durations_and_life_carry_units() {
        assert_eq!(duration(125), "2 h 05 min");
        assert_eq!(duration(45), "45 min");
        assert_eq!(duration(2 * 1440), "2 d");
        assert_eq!(life(432.0), "18 d");
        assert_eq!(life(22.5), "22 h");
        assert_eq!(hours(6.5), "6.5 h");
        assert_eq!(hours(14.0), "14 h");
        assert_eq!(money(4200.0, "USD"), "$4\u{202f}200");
    }

    #[test]
    fn relative_times_look_both_ways() {
        assert_eq!(relative(0), "just now");
        assert_eq!(relative(174), "2 h 54 min ago");
        assert_eq!(relative(-3 * 1440), "in 3 days");
    }
}
