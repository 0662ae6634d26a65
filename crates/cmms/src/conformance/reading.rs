//! The register over pages, and what has changed in it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Bench, Checked};
use crate::engine::{AssetRow, Cursor, ManifestClient};
use crate::manifest::Feed;

/// Pages after which a list counts as endless.
const MOST_PAGES: u32 = 2_000;

impl Bench {
    pub(super) async fn reads_assets(&self) -> Checked {
        let client = self.client()?;
        let (assets, pages) = self.all_assets(&client, None).await?;
        if assets.is_empty() {
            return Err("the register is empty".to_owned());
        }
        let ids: BTreeSet<&str> = assets.iter().map(|asset| asset.id.as_str()).collect();
        if ids.len() != assets.len() {
            return Err(format!("{} assets, but {} ids", assets.len(), ids.len()));
        }
        let map = &self.manifest.operations.assets.item;
        let filled = |given: bool, of: fn(&AssetRow) -> bool, what: &str| {
            if given && !assets.iter().any(of) {
                Err(format!("no asset has a {what}"))
            } else {
                Ok(())
            }
        };
        filled(true, |asset| !asset.name.is_empty(), "name")?;
        let Ok(control) = self.control() else {
            return Ok(format!("{} assets, {pages} pages", assets.len()));
        };
        filled(map.serial.is_some(), |asset| asset.serial.is_some(), "serial number")?;
        filled(map.manufacturer.is_some(), |asset| asset.manufacturer.is_some(), "maker")?;
        filled(map.model.is_some(), |asset| asset.model.is_some(), "model")?;
        filled(map.retired.is_some(), |asset| asset.retired, "sign of being retired")?;
        if assets.len() < 6
            || (pages < 2
                && !matches!(self.manifest.operations.assets.page, crate::manifest::Page::None))
        {
            return Err(format!("{} assets on {pages} pages", assets.len()));
        }
        let (overlap, truncated) = match self.manifest.operations.assets.feed {
            Feed::None => return Ok(format!("{} assets, {pages} pages, no feed", assets.len())),
            Feed::Timestamp { overlap_seconds } => (i64::from(overlap_seconds), 0),
            Feed::Day => (86_400, 86_400),
        };
        let newest = assets
            .iter()
            .filter_map(|asset| asset.changed)
            .max()
            .ok_or("no asset says when it changed")?;
        control.tick(overlap + 2 * truncated + 3_600).await?;
        control.touch(&assets[1].id).await?;
        let since = newest + TimeDelta::seconds(overlap + truncated + 600);
        let (changed, _) = self.all_assets(&client, Some(since)).await?;
        match changed.as_slice() {
            [one] if one.id == assets[1].id => {
                Ok(format!("{} assets, {pages} pages, 1 changed", assets.len()))
            }
            rows => Err(format!("{} assets changed instead of 1", rows.len())),
        }
    }

    async fn all_assets(
        &self,
        client: &ManifestClient,
        since: Option<DateTime<Utc>>,
    ) -> Result<(Vec<AssetRow>, u32), String> {
        let (mut assets, mut cursor, mut pages) = (Vec::new(), Cursor::default(), 0);
        loop {
            let batch = client
                .assets(since, &cursor)
                .await
                .map_err(|error| format!("page {}: {error}", pages + 1))?;
            assets.extend(batch.rows);
            pages += 1;
            match batch.next {
                Some(next) if pages < MOST_PAGES => cursor = next,
                Some(_) => return Err("the pages do not end".to_owned()),
                None => return Ok((assets, pages)),
            }
        }
    }
}
