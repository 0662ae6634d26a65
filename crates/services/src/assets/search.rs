//! Lists of assets: by words in tag, name, serial number or barcode, by place, kind and state.

use domain::asset::AssetKey;
use domain::ids::AssetId;
use domain::views::assets::{AssetLine, AssetList, AssetSearch, Step};
use store::ScopedTx;
use store::assets::{self as rows, AssetHead, SearchFilter};

use super::tree::open_work;
use crate::Error;

/// Rows of a page.
const PAGE: i64 = 50;
/// Counting stops here.
const COUNTED: i64 = 10_000;
/// Words that are looked for; more would only slow it down.
const WORDS: usize = 6;

/// A page of assets within the caller's sites. The words are compared as tags of predictions are.
///
/// # Errors
/// [`Error::NotFound`] when `under` does not exist, or not for this caller.
pub async fn search(tx: &mut ScopedTx, asked: &AssetSearch) -> Result<AssetList, Error> {
    let above = match asked.under {
        Some(under) => steps(rows::ancestors(tx, &[under.0]).await?)?,
        None => Vec::new(),
    };
    if asked.under.is_some() && above.is_empty() {
        return Err(Error::NotFound);
    }
    let filter = SearchFilter { limit: PAGE + 1, ..filter(asked) };
    let total = rows::count(tx, &filter, COUNTED).await?;
    let mut found = rows::search(tx, &filter).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > PAGE;
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|row| row.tag_key.clone());
    let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
    let open = open_work(tx, &ids).await?;
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    let items = found
        .into_iter()
        .map(|row| {
            Ok(AssetLine {
                id: AssetId(row.id),
                tag: row.tag,
                name: row.name,
                path: row.path,
                kind: row.kind.parse().map_err(corrupt)?,
                serial_number: row.serial_number,
                barcode: row.barcode,
                criticality: row.criticality.parse().map_err(corrupt)?,
                status: row.status.parse().map_err(corrupt)?,
                children: row.children,
                open: open.get(&row.id).copied().unwrap_or_default(),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(AssetList { items, next, total, above })
}

/// The question as the database is asked.
pub(super) fn filter(asked: &AssetSearch) -> SearchFilter {
    let key = AssetKey::normalise(&asked.q).ok().map(|key| key.as_str().to_owned());
    let mut words: Vec<String> =
        asked.q.split_whitespace().take(WORDS).map(as_compared).filter(|w| !w.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    SearchFilter {
        key,
        words,
        under: asked.under,
        direct: asked.direct,
        kind: asked.kind.map(|kind| kind.as_str().to_owned()),
        criticality: asked.criticality.map(|c| c.as_str().to_owned()),
        status: asked.status.map(|status| status.as_str().to_owned()),
        after: asked.after.clone(),
        limit: 0,
    }
}

/// A word as tags are compared; one that no tag could hold is looked for as it is.
fn as_compared(word: &str) -> String {
    AssetKey::normalise(word).map_or_else(|_| word.to_lowercase(), |key| key.as_str().to_owned())
}

/// Steps of a path.
pub(super) fn steps(heads: Vec<AssetHead>) -> Result<Vec<Step>, Error> {
    heads.into_iter().map(step).collect()
}

pub(super) fn step(head: AssetHead) -> Result<Step, Error> {
    let kind = head.kind.parse().map_err(|error| store::Error::corrupt("asset", error))?;
    Ok(Step { id: AssetId(head.id), tag: head.tag, name: head.name, kind })
}
