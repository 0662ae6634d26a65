//! Every exact pair of a set that was labelled by hand is found, none is linked wrongly, and what
//! is doubtful is never linked without asking.

#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use domain::matching::{Pair, Record, compare};
use serde::Deserialize;

#[derive(Deserialize)]
struct Set {
    ours: Vec<Asset>,
    theirs: Vec<Asset>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asset {
    label: Option<String>,
    tag: String,
    name: String,
    serial: Option<String>,
    barcode: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    parent: Option<String>,
    #[serde(default)]
    retired: bool,
    same: Option<String>,
    pair: Option<String>,
}

impl Asset {
    fn record<'a>(&'a self, places: &BTreeMap<&str, u32>) -> Record<'a> {
        Record {
            tag: &self.tag,
            name: &self.name,
            serial: self.serial.as_deref(),
            barcode: self.barcode.as_deref(),
            manufacturer: self.manufacturer.as_deref(),
            model: self.model.as_deref(),
            parent: self.parent.as_deref().map(|parent| places[parent]),
            retired: self.retired,
        }
    }
}

#[test]
fn the_labelled_set_comes_out_as_labelled() {
    let set: Set = toml::from_str(include_str!("data/matching.toml")).unwrap();
    let our_places: BTreeMap<&str, u32> =
        set.ours.iter().map(|asset| asset.tag.as_str()).zip(0..).collect();
    let their_places: BTreeMap<&str, u32> =
        set.theirs.iter().map(|asset| asset.label.as_deref().unwrap()).zip(0..).collect();
    let ours: Vec<Record<'_>> = set.ours.iter().map(|asset| asset.record(&our_places)).collect();
    let theirs: Vec<Record<'_>> =
        set.theirs.iter().map(|asset| asset.record(&their_places)).collect();
    let found = compare(&ours, &theirs, &[]);

    let mut expected = BTreeSet::new();
    for (asset, ours) in set.ours.iter().zip(0..) {
        let pair = asset.pair.as_deref().map(|label| Pair { ours, theirs: their_places[label] });
        let suggested: Vec<Pair> =
            found.suggestions.iter().map(|one| one.pair).filter(|pair| pair.ours == ours).collect();
        let conflicts = found.conflicts.iter().flat_map(|one| &one.claims);
        let disputed = conflicts.clone().any(|(pair, _)| pair.ours == ours);
        match asset.same.as_deref().unwrap() {
            "exact" => assert!(expected.insert(pair.unwrap())),
            "doubt" => {
                let shown = pair.is_none_or(|pair| suggested.contains(&pair));
                assert!(shown && !disputed, "{}: {suggested:?}", asset.tag);
            }
            "conflict" => assert!(disputed, "{}", asset.tag),
            "none" => assert!(suggested.is_empty() && !disputed, "{}: {suggested:?}", asset.tag),
            other => panic!("{other}"),
        }
    }
    let linked: BTreeSet<Pair> = found.links.iter().map(|link| link.pair).collect();
    let name =
        |pair: &Pair| (&set.ours[pair.ours as usize].tag, &set.theirs[pair.theirs as usize].label);
    let missed: Vec<_> = expected.difference(&linked).map(name).collect();
    let wrong: Vec<_> = linked.difference(&expected).map(name).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "missed {missed:?}, wrong {wrong:?}");
    assert_eq!(linked.len(), 19);
}
