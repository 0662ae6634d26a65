//! The program `millwright`.

mod cli;
mod config;
mod database;
mod http;
mod serve;
mod state;
mod tls;
mod vault;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let provider = rustls::crypto::ring::default_provider();
    if provider.install_default().is_err() {
        eprintln!("error: another TLS provider is installed");
        return ExitCode::FAILURE;
    }
    let line = cli::Line::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(cli::run(line));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", cli::explain(&error));
            ExitCode::FAILURE
        }
    }
}
