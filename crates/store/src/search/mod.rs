//! Finding assets by what people and scanners know them by.

use crate::{Error, ScopedTx};

/// An asset that matches.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of asset; the view type carries the words")]
pub struct AssetRow {
    pub id: i64,
    pub tag: String,
    pub name: String,
    pub path: String,
    pub kind: String,
    pub status: String,
    pub serial_number: Option<String>,
    pub barcode: Option<String>,
    pub exact: bool,
}

/// Assets of the scope by their tag, serial number or barcode (`key` is one as compared), or by a
/// part of these or of the name (`part`, in lower case). Exact ones first, then tags that begin with
/// it; decommissioned ones last.
///
/// # Errors
/// When the database refuses.
pub async fn assets(
    tx: &mut ScopedTx,
    key: &str,
    part: &str,
    limit: i64,
) -> Result<Vec<AssetRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, tag, name, path_text AS path, kind, status, serial_number, barcode,
                tag_key = $2 OR coalesce(serial_key = $2, false)
                    OR coalesce(barcode_key = $2, false) AS exact
         FROM asset
         WHERE ($1::bigint[] IS NULL OR site_id = ANY($1))
           AND (asset_words(tag_key, name, serial_key, barcode_key) LIKE $4
                OR asset_words(tag_key, name, serial_key, barcode_key) LIKE $5)
         ORDER BY exact DESC, status = 'decommissioned', starts_with(tag_key, $2) DESC,
                  array_length(path, 1), tag_key LIMIT $3",
    )
    .bind(sites)
    .bind(key)
    .bind(limit)
    .bind(anywhere(key))
    .bind(anywhere(part))
    .persistent(false)
    .fetch_all(tx.conn())
    .await?)
}

/// A `LIKE` pattern for a text at any place.
fn anywhere(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}
