//! The program comes to the browser in parts: what every page needs, and one part for each room,
//! loaded when a page of that room is opened. How they are cut: `docs/ui.md`.

mod alerts;
mod assets;
mod calendars;
mod connections;
mod door;
mod editor;
mod office;
mod registers;
mod rules;
mod start;
mod work;

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use leptos_router::ChooseView;

use crate::strings::errors;

pub use alerts::Alerts;
pub use assets::Assets;
pub use calendars::Calendars;
pub use connections::Connections;
pub use door::Door;
pub use editor::Editor;
pub use office::Office;
pub use registers::Registers;
pub use rules::Rules;
pub use start::Start;
pub use work::Work;

type Opened = Result<AnyView, SplitLoaderError>;

/// The pages that share a part of the program.
pub trait Room: Copy + Send + 'static {
    /// Loads the part.
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>>;
    /// Draws the page; at once when the part is there.
    fn open(self) -> impl Future<Output = Opened>;
}

/// The view of a route: a page of a room.
#[derive(Clone, Copy)]
pub struct In<R>(pub R);

impl<R: Room> ChooseView for In<R> {
    async fn choose(self) -> AnyView {
        self.0.open().await.unwrap_or_else(|_| Reload().into_any())
    }

    async fn preload(&self) {
        // What fails here is said by `choose`.
        let _ = R::load().await;
    }
}

/// The part could not be loaded: the connection is gone, or the server has a newer program.
#[component]
fn Reload() -> impl IntoView {
    view! {
        <h1>{errors::PART_MISSING}</h1>
        <p class="muted">{errors::PART_MISSING_HINT}</p>
        <p><a href="" rel="external">{errors::RELOAD}</a></p>
    }
    .into_any()
}
