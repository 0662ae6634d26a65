use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// One row of a CSV file, built cell by cell. Every cell is quoted; text that a spreadsheet would
/// take for a formula is given an apostrophe in front (B17).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// A line without cells.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cell of text from anywhere.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        self.cell(if formula { "'" } else { "" }, text)
    }

    /// A cell of text that may be missing.
    #[must_use]
    pub fn maybe(self, text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => self.text(text),
            None => self.cell("", ""),
        }
    }

    /// A number, with a decimal point; empty when it is missing or not finite.
    #[must_use]
    pub fn number(self, value: impl Into<Option<f64>>) -> Self {
        let value = value.into().filter(|value| value.is_finite());
        self.cell("", &value.map(|value| value.to_string()).unwrap_or_default())
    }

    /// A whole number; empty when it is missing.
    #[must_use]
    pub fn integer(self, value: impl Into<Option<i64>>) -> Self {
        self.cell("", &value.into().map(|value| value.to_string()).unwrap_or_default())
    }

    /// An instant in the zone of its site, with the offset; empty when it is missing.
    #[must_use]
    pub fn time(self, at: impl Into<Option<DateTime<Utc>>>, zone: Tz) -> Self {
        let written = at.into().map(|at| {
            at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, zone == Tz::UTC)
        });
        self.cell("", &written.unwrap_or_default())
    }

    /// `yes` or `no`.
    #[must_use]
    pub fn yes(self, yes: bool) -> Self {
        self.cell("", if yes { "yes" } else { "no" })
    }

    /// Adds the line to a file.
    pub fn write(&self, file: &mut String) {
        file.push_str(&self.0);
        file.push_str("\r\n");
    }

    fn cell(mut self, before: &str, text: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(before);
        self.0.push_str(&text.replace('"', "\"\""));
        self.0.push('"');
        self
    }
}

/// How a file begins: the mark by which spreadsheets know UTF-8, then the names of the columns.
pub fn header(columns: &[&str]) -> String {
    let mut file = "\u{feff}".to_owned();
    columns.iter().fold(Line::new(), |line, name| line.text(name)).write(&mut file);
    file
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn read(file: &str) -> Vec<Vec<String>> {
        let file = file.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn written(line: &Line) -> String {
        let mut file = String::new();
        line.write(&mut file);
        file
    }

    #[test]
    fn a_file_begins_with_the_mark_and_the_names() {
        assert_eq!(header(&["alert", "first_seen"]), "\u{feff}\"alert\",\"first_seen\"\r\n");
    }

    #[test]
    fn an_instant_carries_the_offset_of_its_site() {
        let at = Utc.with_ymd_and_hms(2026, 6, 18, 9, 12, 5).unwrap();
        let line = Line::new().time(at, Tz::America__Chicago).time(at, Tz::UTC).time(None, Tz::UTC);
        let expected = "\"2026-06-18T04:12:05-05:00\",\"2026-06-18T09:12:05Z\",\"\"\r\n";
        assert_eq!(written(&line), expected);
    }

    #[test]
    fn numbers_stay_numbers_and_what_is_missing_stays_empty() {
        let line = Line::new().number(-0.7499).number(f64::NAN).number(None).integer(-3).yes(true);
        assert_eq!(written(&line), "\"-0.7499\",\"\",\"\",\"-3\",\"yes\"\r\n");
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_none_is_a_formula(cells in prop::collection::vec(any::<String>(), 1..6)) {
            let line = cells.iter().fold(Line::new(), |line, cell| line.text(cell));
            let rows = read(&written(&line));
            prop_assert_eq!(rows.len(), 1);
            prop_assert_eq!(rows[0].len(), cells.len());
            for (cell, read) in cells.iter().zip(&rows[0]) {
                prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", read);
                prop_assert_eq!(read.strip_prefix('\'').filter(|_| read != cell).unwrap_or(read), cell);
            }
        }

        #[test]
        fn a_formula_is_never_left_as_one(start in "[=+@\t\r-]", rest in ".*") {
            let rows = read(&written(&Line::new().text(format!("{start}{rest}"))));
            prop_assert!(rows[0][0].starts_with('\''));
        }
    }
}
