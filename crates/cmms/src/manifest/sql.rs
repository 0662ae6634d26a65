//! Steps that are SQL: one statement each, values only as typed parameters, writes only through a
//! named procedure or into a staging table.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{self, Deserialize, Deserializer};

use crate::template::Template;

/// How a database is reached.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    /// What speaks to it.
    pub driver: Driver,
    /// The role that reads; it should have no other rights.
    pub reader: Role,
    /// The role that writes.
    pub writer: Option<Role>,
    /// How the way there is protected.
    #[serde(default)]
    pub tls: SqlTls,
    /// ODBC: the connection string, from `host`, `port`, `database`, `user`, `password`.
    pub connect: Option<Template>,
    /// Procedures that may be called.
    #[serde(default)]
    pub procedures: BTreeSet<String>,
    /// Staging tables that may be inserted into.
    #[serde(default)]
    pub staging: BTreeSet<String>,
}

/// What speaks to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// Postgres.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQL Server; a program built with `mssql`.
    Mssql,
    /// Anything with an ODBC driver; a program built with `odbc`.
    Odbc,
}

/// A user of the database.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// User.
    pub user: Template,
    /// Password.
    pub password: Template,
}

/// How the way to a database is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlTls {
    /// TLS, and the certificate is the server's.
    #[default]
    Verify,
    /// TLS, whoever answers.
    Encrypt,
    /// In the clear, for a database on the same machine.
    #[serde(rename = "none")]
    Off,
}

/// A value of a statement, with its type.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Param {
    /// Text.
    Text(Template),
    /// A whole number.
    Int(Template),
    /// A number.
    Number(Template),
    /// Yes or no.
    Bool(Template),
    /// A point in time, RFC 3339.
    Time(Template),
}

impl Param {
    /// Where the value comes from.
    pub fn template(&self) -> &Template {
        match self {
            Self::Text(of) | Self::Int(of) | Self::Number(of) | Self::Bool(of) | Self::Time(of) => {
                of
            }
        }
    }
}

/// The values of a statement, by name.
pub type Params = BTreeMap<String, Param>;

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Reads.
    Read,
    /// Inserts into a table.
    Insert(String),
    /// Calls a procedure.
    Call(String),
}

/// One statement, `:name` standing for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pieces: Vec<Piece>,
    does: Does,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Param(String),
}

/// Values are parameters.
const NO_TEMPLATE: &str = "SQL is no template: say `:name` and give it in `with`";

/// Words that change something.
const CHANGING: [&str; 16] = [
    "INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "CALL", "EXEC", "EXECUTE", "DROP", "ALTER",
    "CREATE", "TRUNCATE", "GRANT", "REVOKE", "LOCK", "SET",
];

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// When it is not one statement that reads, inserts or calls.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let text = text.strip_suffix(';').unwrap_or(text).trim_end();
        let (pieces, words) = scan(text)?;
        let word = |place: usize| words.get(place).map(|word| word.to_uppercase());
        let named = |place: usize| words.get(place).cloned().unwrap_or_default();
        let (does, rest) = match (word(0).as_deref(), word(1).as_deref()) {
            (Some("SELECT" | "WITH"), _) => (Does::Read, 1),
            (Some("INSERT"), Some("INTO")) => (Does::Insert(named(2)), 3),
            (Some("CALL" | "EXEC" | "EXECUTE"), Some(_)) => (Does::Call(named(1)), 2),
            _ => return Err("SQL begins with SELECT, WITH, INSERT INTO, CALL or EXEC".to_owned()),
        };
        let changing = words.iter().skip(rest).map(|word| word.to_uppercase());
        if let Some(word) = changing.into_iter().find(|word| CHANGING.contains(&word.as_str())) {
            return Err(match does {
                Does::Read => format!("a reading SQL statement may not say {word}"),
                _ => format!("{word} may not follow in a writing SQL statement"),
            });
        }
        Ok(Self { pieces, does })
    }

    /// What it does.
    pub fn does(&self) -> &Does {
        &self.does
    }

    /// Whether it may change something.
    pub fn writes(&self) -> bool {
        self.does != Does::Read
    }

    /// The parameters it names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Param(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The statement as a driver wants it, `mark` writing the parameter of a place.
    pub fn text(&self, mark: impl Fn(usize) -> String) -> String {
        let mut place = 0;
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Param(_) => {
                place += 1;
                mark(place)
            }
        });
        pieces.collect()
    }
}

impl<'de> Deserialize<'de> for Statement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Splits at parameters, and gives the words outside quotes; quoted names are words too.
fn scan(text: &str) -> Result<(Vec<Piece>, Vec<String>), String> {
    let letters: Vec<char> = text.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or('\0');
    let (mut pieces, mut words, mut plain) = (Vec::new(), Vec::new(), String::new());
    let mut place = 0;
    while place < letters.len() {
        match (at(place), at(place + 1)) {
            (';', _) => return Err("SQL is one statement, not several".to_owned()),
            ('-', '-') | ('/', '*') | ('#', _) => return Err("SQL has no comments".to_owned()),
            ('$', '{') => {
                return Err(NO_TEMPLATE.to_owned());
            }
            ('$', _) | ('\\', _) => return Err(format!("SQL has no `{}`", at(place))),
            (quote @ ('\'' | '"' | '`'), _) => {
                let end = (place + 1..letters.len()).find(|&end| at(end) == quote);
                let end = end.ok_or_else(|| format!("SQL has a {quote} without its end"))?;
                let inner: String = letters[place + 1..end].iter().collect();
                if inner.contains('\\') {
                    return Err("SQL has no `\\`".to_owned());
                }
                if inner.contains("${") {
                    return Err(NO_TEMPLATE.to_owned());
                }
                plain.extend(&letters[place..=end]);
                if quote != '\'' {
                    words.push(inner);
                }
                place = end + 1;
            }
            (':', ':') => {
                plain.push_str("::");
                place += 2;
            }
            (':', next) if next.is_ascii_lowercase() => {
                let end = (place + 1..letters.len())
                    .find(|&end| !(at(end).is_ascii_alphanumeric() || at(end) == '_'))
                    .unwrap_or(letters.len());
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Param(letters[place + 1..end].iter().collect()));
                place = end;
            }
            (letter, _) if letter.is_alphabetic() || letter == '_' => {
                let end = (place..letters.len())
                    .find(|&end| !(at(end).is_alphanumeric() || matches!(at(end), '_' | '.')))
                    .unwrap_or(letters.len());
                let word: String = letters[place..end].iter().collect();
                plain.push_str(&word);
                words.push(word);
                place = end;
            }
            (letter, _) => {
                plain.push(letter);
                place += 1;
            }
        }
    }
    pieces.push(Piece::Text(plain));
    Ok((pieces, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_what_the_driver_wants() {
        let text =
            "SELECT a::text, ':no' FROM t WHERE id = :id AND (b > :since OR :since IS NULL);";
        let statement = Statement::parse(text).unwrap();
        assert_eq!(statement.names().collect::<Vec<_>>(), ["id", "since", "since"]);
        assert_eq!(
            statement.text(|place| format!("${place}")),
            "SELECT a::text, ':no' FROM t WHERE id = $1 AND (b > $2 OR $3 IS NULL)"
        );
        assert!(!statement.writes());
    }

    #[test]
    fn writes_are_an_insert_or_a_call() {
        let does = |text: &str| Statement::parse(text).unwrap().does().clone();
        assert_eq!(
            does("insert into stage.inbox (a) values (:a)"),
            Does::Insert("stage.inbox".to_owned())
        );
        assert_eq!(does("CALL new_order(:a, :b)"), Does::Call("new_order".to_owned()));
        assert_eq!(does("EXEC dbo.new_order @a = :a"), Does::Call("dbo.new_order".to_owned()));
    }

    #[test]
    fn what_is_more_than_one_harmless_statement_is_refused() {
        for (text, reason) in [
            ("SELECT 1; DROP TABLE t", "one statement"),
            ("SELECT 1 -- and", "comments"),
            ("SELECT 1 /* and */", "comments"),
            ("SELECT a FROM t WHERE a = ${id}", "no template"),
            ("SELECT a FROM t WHERE a = '${id}'", "no template"),
            ("SELECT 'a", "without its end"),
            ("SELECT '\\'; DROP TABLE t'", "`\\`"),
            ("SELECT $$a$$", "`$`"),
            ("UPDATE t SET a = 1", "begins with"),
            ("DELETE FROM t", "begins with"),
            ("WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x", "DELETE"),
            ("SELECT a INTO OUTFILE '/tmp/x' FROM t", "INTO"),
            ("SELECT a FROM t FOR UPDATE", "UPDATE"),
            ("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", "UPDATE"),
            ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "UPDATE"),
            ("", "begins with"),
        ] {
            let error = Statement::parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
