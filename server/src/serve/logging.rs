use tracing_subscriber::EnvFilter;

use crate::config::{Config, Format};

/// Sends the log to the standard error output; a subcommand says only what went wrong.
pub fn log(config: &Config, quiet: bool) {
    let filter = match quiet {
        true => EnvFilter::new("warn"),
        false => EnvFilter::new(&config.log.filter),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match config.log.format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    if let Err(error) = set {
        eprintln!("the log cannot be set up: {error}");
    }
}
