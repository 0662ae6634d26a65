use std::io::IsTerminal;

use super::reader::Reader;

/// Section `[log]`: what goes to the standard error output.
#[derive(Debug, Clone)]
pub struct Log {
    /// `log.format`: text for people, JSON for machines; by default text on a terminal only.
    pub format: Format,
    /// `log.filter`: levels by module, as in `info,store=debug`.
    pub filter: String,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One line of text.
    Text,
    /// One JSON object per line.
    Json,
}

impl Format {
    /// The word in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let format = reader.parsed("log.format", "text or json").unwrap_or_else(|| {
            if std::io::stderr().is_terminal() { Format::Text } else { Format::Json }
        });
        let filter = reader.text("log.filter").unwrap_or_else(|| "info,sqlx=warn".to_owned());
        if filter.parse::<tracing_subscriber::EnvFilter>().is_err() {
            reader.problem("log.filter", "levels by module are expected, such as info,store=debug");
        }
        Self { format, filter }
    }
}
