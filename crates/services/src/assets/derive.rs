//! What follows from an asset's place in the tree: site, path, inherited criticality.

use std::collections::HashMap;

use domain::asset::{AssetKind, Criticality};
use store::assets::AssetRow;

/// Recomputes site, path and criticality of every asset from its parents.
pub(super) fn derive(assets: &mut HashMap<i64, AssetRow>) {
    let mut children: HashMap<Option<i64>, Vec<i64>> = HashMap::new();
    for asset in assets.values() {
        children.entry(asset.parent_id).or_default().push(asset.id);
    }
    let mut next = children.remove(&None).unwrap_or_default();
    while let Some(id) = next.pop() {
        let above = assets
            .get(&id)
            .and_then(|asset| asset.parent_id)
            .and_then(|parent| assets.get(&parent))
            .map(|p| (p.site_id, p.path.clone(), p.path_text.clone(), p.criticality.clone()));
        if let Some(asset) = assets.get_mut(&id) {
            place(asset, above);
        }
        next.extend(children.remove(&Some(id)).unwrap_or_default());
    }
}

/// Recomputes an asset and everything below it; `rows` has parents before children, and the first
/// hangs under `above`.
pub(super) fn derive_below(rows: &mut [AssetRow], above: Option<&AssetRow>) {
    let facts =
        |p: &AssetRow| (p.site_id, p.path.clone(), p.path_text.clone(), p.criticality.clone());
    let mut done = HashMap::new();
    for (index, asset) in rows.iter_mut().enumerate() {
        let over = match asset.parent_id {
            _ if index == 0 => above.map(facts),
            parent => parent.and_then(|parent| done.get(&parent).cloned()),
        };
        place(asset, over);
        done.insert(asset.id, facts(asset));
    }
}

fn place(asset: &mut AssetRow, above: Option<(i64, Vec<i64>, String, String)>) {
    let own = asset.own_criticality.as_deref().and_then(|c| c.parse().ok());
    let (site, mut path, text, inherited) = match above {
        Some((site, path, text, criticality)) => {
            let inherits = asset.kind == AssetKind::Component.as_str();
            let inherited = criticality.parse().ok().filter(|_| inherits);
            (site, path, format!("{text} / {}", shown(asset)), inherited)
        }
        None => (asset.id, Vec::new(), shown(asset).to_owned(), None),
    };
    path.push(asset.id);
    asset.site_id = site;
    asset.path = path;
    asset.path_text = text;
    asset.criticality = Criticality::effective(own, inherited).as_str().to_owned();
}

/// Sites and lines are known by name, machines and components by tag.
fn shown(asset: &AssetRow) -> &str {
    let by_name = asset.kind == AssetKind::Site.as_str() || asset.kind == AssetKind::Line.as_str();
    if by_name { &asset.name } else { &asset.tag }
}
