//! What changed about an asset, from the audit log, field by field.

use std::collections::HashMap;

use domain::ids::AssetId;
use domain::views::assets::{AssetHistory, Change, ChangedField};
use serde_json::Value;
use store::ScopedTx;
use store::assets::{self as rows, ChangeRow};

use super::search::steps;
use crate::Error;
use crate::calendars;

/// Changes of one page.
const PAGE: i64 = 50;

/// The changes of an asset, newest first; older than the change `after`.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist, or not for this caller.
pub async fn history(
    tx: &mut ScopedTx,
    id: AssetId,
    after: Option<i64>,
) -> Result<AssetHistory, Error> {
    let mut above = rows::ancestors(tx, &[id.0]).await?;
    let asset = above.pop().ok_or(Error::NotFound)?;
    let zone = calendars::zone(tx, domain::ids::SiteId(asset.site_id)).await?;
    let mut found = rows::changes(tx, id, after, PAGE + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > PAGE;
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|change| change.id);
    let parents: Vec<i64> = found
        .iter()
        .filter_map(|change| change.detail.get("parent_id")?.as_array())
        .flatten()
        .filter_map(Value::as_i64)
        .collect();
    let tags: HashMap<i64, String> = rows::tags(tx, &parents).await?.into_iter().collect();
    let kind = asset.kind.parse().map_err(|error| store::Error::corrupt("asset", error))?;
    Ok(AssetHistory {
        tag: asset.tag,
        name: asset.name,
        kind,
        zone,
        above: steps(above)?,
        changes: found.into_iter().map(|row| change(row, &tags)).collect(),
        next,
    })
}

fn change(row: ChangeRow, tags: &HashMap<i64, String>) -> Change {
    let lines = match row.action.as_str() {
        "calendar.set" => calendars::changed(&row.detail),
        _ => fields(&row.detail, tags),
    };
    Change {
        at: row.at,
        person: row.actor_kind == "user",
        by: row.actor.unwrap_or_else(|| "Millwright".to_owned()),
        action: row.action,
        lines,
    }
}

/// The fields whose value is a pair: before and after.
fn fields(detail: &Value, tags: &HashMap<i64, String>) -> Vec<ChangedField> {
    let Some(detail) = detail.as_object() else { return Vec::new() };
    let shown = |field: &str, value: &Value| match value {
        Value::Null => None,
        Value::Number(id) if field == "parent_id" => {
            id.as_i64().map(|id| tags.get(&id).cloned().unwrap_or_else(|| id.to_string()))
        }
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let mut lines: Vec<ChangedField> = detail
        .iter()
        .filter_map(|(field, value)| match value.as_array().map(Vec::as_slice) {
            Some([before, after]) => Some(ChangedField {
                field: field.clone(),
                before: shown(field, before),
                after: shown(field, after),
            }),
            _ => None,
        })
        .collect();
    // Where an asset hangs says it better than its path does.
    if lines.iter().any(|line| line.field == "parent_id") {
        lines.retain(|line| line.field != "path_text");
    }
    lines
}
