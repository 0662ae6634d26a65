//! What keys do in the tree, by the rules of a treegrid: arrows move, open and close.

use std::collections::BTreeSet;

use domain::views::assets::TreeRow;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Move to this row.
    Focus(i64),
    /// Show what stands below this row.
    Open(i64),
    /// Hide it.
    Close(i64),
    /// Go to the page of this row.
    Visit(i64),
}

/// What `key` asks for while the row `at` has the focus.
pub(super) fn step(key: &str, at: i64, rows: &[TreeRow], open: &BTreeSet<i64>) -> Option<Step> {
    let index = rows.iter().position(|row| row.id.0 == at)?;
    let row = &rows[index];
    let focus = |row: Option<&TreeRow>| row.map(|row| Step::Focus(row.id.0));
    let is_open = open.contains(&at);
    match key {
        "ArrowDown" => focus(rows.get(index + 1)),
        "ArrowUp" => focus(index.checked_sub(1).and_then(|before| rows.get(before))),
        "Home" => focus(rows.first()),
        "End" => focus(rows.last()),
        "ArrowRight" if row.children > 0 && !is_open => Some(Step::Open(at)),
        "ArrowRight" if is_open => focus(rows.get(index + 1)),
        "ArrowLeft" if is_open => Some(Step::Close(at)),
        "ArrowLeft" => row.parent.map(|parent| Step::Focus(parent.0)),
        "Enter" => Some(Step::Visit(at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::asset::{AssetKind, AssetStatus, Criticality};
    use domain::ids::AssetId;
    use domain::views::assets::OpenWork;

    use super::*;

    fn row(id: i64, parent: Option<i64>, children: i64) -> TreeRow {
        TreeRow {
            id: AssetId(id),
            parent: parent.map(AssetId),
            level: 1,
            tag: format!("T{id}"),
            name: String::new(),
            kind: AssetKind::Line,
            criticality: Criticality::Low,
            status: AssetStatus::Active,
            children,
            position: 1,
            siblings: 1,
            open: OpenWork::default(),
        }
    }

    #[test]
    fn arrows_walk_open_and_close() {
        let rows = [row(1, None, 2), row(2, Some(1), 3), row(3, Some(1), 0)];
        let open = BTreeSet::from([1]);
        let press = |key, at| step(key, at, &rows, &open);
        assert_eq!(press("ArrowDown", 1), Some(Step::Focus(2)));
        assert_eq!(press("ArrowUp", 1), None);
        assert_eq!(press("ArrowRight", 1), Some(Step::Focus(2)));
        assert_eq!(press("ArrowRight", 2), Some(Step::Open(2)));
        assert_eq!(press("ArrowRight", 3), None);
        assert_eq!(press("ArrowLeft", 1), Some(Step::Close(1)));
        assert_eq!(press("ArrowLeft", 3), Some(Step::Focus(1)));
        assert_eq!(press("End", 1), Some(Step::Focus(3)));
        assert_eq!(press("Home", 3), Some(Step::Focus(1)));
        assert_eq!(press("Enter", 2), Some(Step::Visit(2)));
        assert_eq!(press("x", 2), None);
        assert_eq!(press("ArrowDown", 9), None);
    }
}
