//! Charts as SVG text, for pages, attachments and mail. Colours and text follow the style sheet of
//! the page (`.chart`); where there is none, in a file or a mail, the light theme is the fallback.

mod axis;
mod trend;

pub use trend::{Mark, Series, TrendOptions, trend_svg};
