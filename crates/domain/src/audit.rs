//! The query of the audit screen: terms such as `action:rule.publish -actor:millwright`, read from
//! the address, changed by links, and written again.

use crate::alert::words;

words! {
    /// What a term is about.
    Key {
        /// Who acted.
        Actor = "actor",
        /// What was done: `rule.publish`, or `rule.*`.
        Action = "action",
        /// What it was done to: `work_order`, or `work_order/12`.
        Object = "object",
        /// Where, by the tag of the site.
        Site = "site",
        /// How it ended.
        Outcome = "outcome",
        /// Only earlier than this.
        Before = "before",
        /// Only from this on.
        After = "after",
    }
}

impl Key {
    /// A bound of the range of time, which cannot be excluded.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Before | Self::After)
    }
}

/// One term: any of the values, or with `not` none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it is about.
    pub key: Key,
    /// One at least, none of them empty.
    pub values: Vec<String>,
    /// Excludes.
    pub not: bool,
}

/// Every term must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// In the order they were typed.
    pub terms: Vec<Term>,
}

/// Longer queries are cut off.
const LONGEST: usize = 2_000;

impl AuditQuery {
    /// Reads a query; what is no term comes back beside it.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut reader = Reader { rest: cut(text) };
        let (mut query, mut stray) = (Self::default(), Vec::new());
        while let Some(read) = reader.next_term() {
            match read {
                Ok(term) => query.terms.push(term),
                Err(word) => stray.push(word),
            }
        }
        (query, stray)
    }

    /// The same without one term.
    #[must_use]
    pub fn without(&self, place: usize) -> Self {
        let terms = self.terms.iter().enumerate().filter(|(at, _)| *at != place);
        Self { terms: terms.map(|(_, term)| term.clone()).collect() }
    }

    /// Whether the value is asked for.
    pub fn has(&self, key: Key, value: &str) -> bool {
        let mut wanted = self.terms.iter().filter(|t| t.key == key && !t.not);
        wanted.any(|t| t.values.iter().any(|v| v == value))
    }

    /// The same with only this value of a key, or without it if it is asked for already.
    #[must_use]
    pub fn toggled(&self, key: Key, value: &str) -> Self {
        let asked = self.has(key, value);
        let others = self.terms.iter().filter(|t| t.key != key || t.not).cloned();
        let new = Term { key, values: vec![value.to_owned()], not: false };
        Self { terms: others.chain((!asked).then_some(new)).collect() }
    }
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// The same text that is parsed again to the same query.
impl std::fmt::Display for AuditQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}:", if self.not { "-" } else { "" }, self.key)?;
        for (place, value) in self.values.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            if value.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '"')) {
                write!(f, "\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))?;
            } else {
                f.write_str(value)?;
            }
        }
        Ok(())
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// The next term, or what stands in its place.
    fn next_term(&mut self) -> Option<Result<Term, String>> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return None;
        }
        let start = self.rest;
        let not = self.rest.starts_with(['-', '\u{2212}']);
        if not {
            self.rest = self.rest.trim_start_matches(['-', '\u{2212}']);
        }
        let word = self.rest.find(|c: char| c == ':' || c.is_whitespace());
        let key = word.filter(|&at| self.rest[at..].starts_with(':'));
        let known = key.and_then(|at| self.rest[..at].to_lowercase().parse::<Key>().ok());
        let (Some(at), Some(key)) = (key, known.filter(|key| !(not && key.is_time()))) else {
            self.rest = start;
            return Some(Err(self.word()));
        };
        self.rest = &self.rest[at + 1..];
        let values = self.values();
        if values.is_empty() {
            return Some(Err(format!("{key}:")));
        }
        Some(Ok(Term { key, values, not }))
    }

    fn word(&mut self) -> String {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn values(&mut self) -> Vec<String> {
        let mut values = Vec::new();
        loop {
            let value = if self.rest.starts_with('"') { self.quoted() } else { self.plain() };
            if !value.is_empty() {
                values.push(value);
            }
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => return values,
            }
        }
    }

    fn plain(&mut self) -> String {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '"');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        value.to_owned()
    }

    /// Up to the closing quotation mark, or to the end where it is missing.
    fn quoted(&mut self) -> String {
        let mut value = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return value;
                }
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                c => value.push(c),
            }
        }
        self.rest = "";
        value
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> AuditQuery {
        let (query, stray) = AuditQuery::parse(text);
        assert_eq!(stray, Vec::<String>::new(), "{text}");
        query
    }

    #[test]
    fn terms_lists_quotes_and_minus_are_read() {
        let query = parsed("action:rule.publish,rule.* −actor:\"D. Kowalski\" Site:RFD2");
        let term = |key, values: &[&str], not| Term {
            key,
            values: values.iter().map(ToString::to_string).collect(),
            not,
        };
        let expected = [
            term(Key::Action, &["rule.publish", "rule.*"], false),
            term(Key::Actor, &["D. Kowalski"], true),
            term(Key::Site, &["RFD2"], false),
        ];
        assert_eq!(query.terms, expected);
        assert_eq!(
            query.to_string(),
            "action:rule.publish,rule.* -actor:\"D. Kowalski\" site:RFD2"
        );
    }

    #[test]
    fn what_is_no_term_is_given_back() {
        let (query, stray) =
            AuditQuery::parse("hello colour:red action: -before:2026-01-01 site:A");
        assert_eq!(query, parsed("site:A"));
        assert_eq!(stray, ["hello", "colour:red", "action:", "-before:2026-01-01"]);
    }

    #[test]
    fn a_facet_sets_its_value_and_takes_it_away_again() {
        let query = parsed("action:a,b -action:c site:A");
        let chosen = query.toggled(Key::Action, "b c");
        assert_eq!(chosen.to_string(), "-action:c site:A action:\"b c\"");
        assert!(chosen.has(Key::Action, "b c") && !chosen.has(Key::Action, "c"));
        assert_eq!(chosen.toggled(Key::Action, "b c").to_string(), "-action:c site:A");
        assert_eq!(query.without(1).to_string(), "action:a,b site:A");
    }

    fn terms() -> impl Strategy<Value = Vec<Term>> {
        let key = proptest::sample::select(Key::ALL);
        let value = "[a-zA-Z0-9\\.\\*\\\\:\" ,\t\u{fc}\u{2212}-]{1,12}";
        vec(
            (key, vec(value, 1..4), any::<bool>()).prop_map(|(key, values, not)| Term {
                key,
                values,
                not: not && !key.is_time(),
            }),
            0..6,
        )
    }

    proptest! {
        #[test]
        fn a_printed_query_is_parsed_to_itself(terms in terms()) {
            let query = AuditQuery { terms };
            let (again, stray) = AuditQuery::parse(&query.to_string());
            prop_assert_eq!(stray, Vec::<String>::new());
            prop_assert_eq!(again, query);
        }

        #[test]
        fn any_text_is_read_without_end_or_panic(text in "\\PC{0,200}") {
            let (query, _) = AuditQuery::parse(&text);
            let (again, stray) = AuditQuery::parse(&query.to_string());
            prop_assert_eq!(stray, Vec::<String>::new());
            prop_assert_eq!(again, query);
        }
    }
}
