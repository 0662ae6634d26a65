//! What a person sees: pages, components and server functions.
//!
//! Compiled twice: for the server (`ssr`) and for the browser (`hydrate`). A feature is a folder
//! with its pages and server functions; `routes` lists the pages, `ui` holds the parts they are
//! built from, `frame` what stands around them. How a page is built: `docs/ui.md`.

#![recursion_limit = "256"]

pub mod alerts;
pub mod assets;
pub mod audit;
pub mod browser;
pub mod codec;
pub mod connections;
pub mod context;
pub mod error;
pub mod frame;
#[cfg(debug_assertions)]
pub mod kit;
pub mod logbook;
pub mod mapping;
pub mod overview;
pub mod predictions;
pub mod routes;
pub mod rules;
pub mod search;
pub mod shell;
pub mod strings;
pub mod ui;
pub mod users;
pub mod work_orders;

pub use routes::App;
pub use shell::shell;
