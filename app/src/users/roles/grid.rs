//! Moving through the boxes with the arrows: one stop for the tab key, as grids have it.

use leptos::prelude::*;

/// Where the keyboard is in the grid, and how large it is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: RwSignal<(u32, u32)>,
    /// Set once the script runs: without it every box is a stop of its own.
    ready: RwSignal<bool>,
    rows: u32,
    columns: u32,
}

impl Place {
    /// At the first box.
    pub(super) fn new(rows: u32, columns: u32) -> Self {
        let place = Self { at: RwSignal::new((0, 0)), ready: RwSignal::new(false), rows, columns };
        Effect::new(move |_| place.ready.set(true));
        place
    }

    /// Whether the script runs.
    pub(super) fn ready(self) -> bool {
        self.ready.get()
    }

    /// `tabindex` of a box; `plain` is what it is without scripts.
    pub(super) fn tab_index(self, row: u32, column: u32, plain: &'static str) -> &'static str {
        if !self.ready.get() {
            plain
        } else if self.at.get() == (row, column) {
            "0"
        } else {
            "-1"
        }
    }

    /// Id of a box.
    pub(super) fn id(row: u32, column: u32) -> String {
        format!("box-{row}-{column}")
    }

    /// A box has the focus.
    pub(super) fn enter(self, row: u32, column: u32) {
        self.at.set((row, column));
    }

    /// Moves by a key; `false` for keys that do not move.
    pub(super) fn key(self, key: &str, ctrl: bool) -> bool {
        let (row, column) = self.at.get_untracked();
        let (last_row, last_column) = (self.rows.saturating_sub(1), self.columns.saturating_sub(1));
        let next = match key {
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowDown" => ((row + 1).min(last_row), column),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowRight" => (row, (column + 1).min(last_column)),
            "Home" if ctrl => (0, 0),
            "End" if ctrl => (last_row, last_column),
            "Home" => (row, 0),
            "End" => (row, last_column),
            _ => return false,
        };
        self.at.set(next);
        focus(&Self::id(next.0, next.1));
        true
    }
}

fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
