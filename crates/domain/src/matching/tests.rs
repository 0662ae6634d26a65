use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn asset<'a>(tag: &'a str, serial: &'a str, barcode: &'a str) -> Record<'a> {
    let given = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    Record { tag, name: tag, serial: given(serial), barcode: given(barcode), ..Record::default() }
}

fn linked(ours: &[Record<'_>], theirs: &[Record<'_>]) -> Vec<(u32, u32, Method)> {
    let matching = compare(ours, theirs, &[]);
    matching.links.iter().map(|l| (l.pair.ours, l.pair.theirs, l.method)).collect()
}

#[test]
fn the_equipment_id_comes_before_serial_and_barcode() {
    let ours = [asset("M-1", "", ""), asset("M-2", "SN-77001", ""), asset("M-3", "", "9000 0001")];
    let theirs =
        [asset("A", "", "90000001"), asset("m-1", "SN-1234", ""), asset("B", "sn 077001", "")];
    assert_eq!(
        linked(&ours, &theirs),
        [(0, 1, Method::Tag), (1, 2, Method::Serial), (2, 0, Method::Barcode)]
    );
}

#[test]
fn swapped_serials_are_a_conflict_of_all_four() {
    let ours = [asset("M-1", "SN-77001", ""), asset("M-2", "SN-77002", "")];
    let theirs = [asset("M-1", "SN-77002", ""), asset("M-2", "SN-77001", "")];
    let matching = compare(&ours, &theirs, &[]);
    assert!(matching.links.is_empty() && matching.suggestions.is_empty(), "{matching:?}");
    assert_eq!(matching.conflicts.len(), 1);
    assert_eq!(matching.conflicts[0].claims.len(), 4);
}

#[test]
fn a_doubled_barcode_pairs_nobody_but_does_not_hinder_the_id() {
    let ours = [asset("M-1", "", "90000001"), asset("X", "", "90000002")];
    let theirs =
        [asset("M-1", "", "90000002"), asset("M-2", "", "9000 0002"), asset("M-9", "", "")];
    let matching = compare(&ours, &theirs, &[]);
    assert_eq!(matching.links.len(), 1, "{matching:?}");
    let doubled = Duplicate { method: Method::Barcode, theirs: vec![0, 1] };
    assert_eq!(matching.duplicates, [doubled]);
    assert!(matching.suggestions.iter().all(|s| s.pair != Pair { ours: 1, theirs: 0 }));
}

#[test]
fn ids_that_differ_by_a_zero_only_keep_to_themselves() {
    let ours = [asset("P-01", "", ""), asset("P-1", "", "")];
    let theirs = [asset("P-1", "", "")];
    assert_eq!(linked(&ours, &theirs), [(1, 0, Method::Tag)]);
    assert_eq!(linked(&ours[..1], &theirs), [(0, 0, Method::Tag)]);
}

#[test]
fn a_loose_id_with_another_serial_is_suggested_only() {
    let (ours, theirs) = ([asset("P-01", "SN-55501", "")], [asset("P-1", "SN-60000", "")]);
    let matching = compare(&ours, &theirs, &[]);
    assert!(matching.links.is_empty());
    assert_eq!(matching.suggestions[0].reasons[0], Reason::SameTag);
}

#[test]
fn a_serial_of_another_maker_is_suggested_only() {
    let of = |tag, maker| Record { manufacturer: Some(maker), ..asset(tag, "77001234", "") };
    let matching = compare(&[of("M-1", "DMG Mori")], &[of("E-9", "Haas")], &[]);
    assert!(matching.links.is_empty());
    let matching = compare(&[of("M-1", "DMG Mori")], &[of("E-9", "DMG")], &[]);
    assert_eq!(matching.links.len(), 1);
}

#[test]
fn a_retired_asset_gives_way_to_the_one_in_use() {
    let ours = [asset("M-1", "", "")];
    let old = Record { retired: true, ..asset("M-1", "", "") };
    assert_eq!(linked(&ours, &[old, asset("m-1", "", "")]), [(0, 1, Method::Tag)]);
    assert_eq!(linked(&ours, &[old]), [(0, 0, Method::Tag)]);
}

#[test]
fn a_name_that_a_linked_asset_has_already_is_a_conflict() {
    let ours = [asset("M-1", "SN-77001", ""), asset("M-2", "SN-77001", "")];
    let theirs = [asset("A", "SN-77001", "")];
    let matching = compare(&ours[..1], &theirs, &[Pair { ours: 0, theirs: 0 }]);
    assert_eq!(matching, Matching::default());
    let taken = [asset("B", "", ""), asset("M-1", "", "")];
    let matching = compare(&[asset("M-1", "", "")], &taken, &[Pair { ours: 0, theirs: 0 }]);
    assert_eq!(matching.conflicts.len(), 1, "{matching:?}");
}

#[test]
fn neighbours_are_not_suggested_for_each_other() {
    let ours = [asset("VMC-1050", "", "")];
    let theirs = [asset("VMC-1051", "", ""), asset("VMC-1060", "", "")];
    assert_eq!(compare(&ours, &theirs, &[]), Matching::default());
}

#[test]
fn name_model_and_parent_speak_for_a_pair() {
    let ours = [
        asset("VMC-1050", "", ""),
        Record {
            name: "Spindle 2",
            model: Some("SX 40"),
            parent: Some(0),
            ..asset("VMC-SP2", "", "")
        },
    ];
    let theirs = [
        asset("VMC-1050", "", ""),
        Record {
            name: "spindle 02",
            model: Some("SX-40"),
            parent: Some(0),
            ..asset("EQ-9", "", "")
        },
    ];
    let matching = compare(&ours, &theirs, &[Pair { ours: 0, theirs: 0 }]);
    let [one] = matching.suggestions.as_slice() else { panic!("{matching:?}") };
    assert_eq!(one.reasons, [Reason::SameName, Reason::SameModel, Reason::SameParent]);
    assert_eq!(one.score, 55);
}

#[test]
fn two_letters_swapped_are_near() {
    let matching = compare(&[asset("VMC-1050-SPX", "", "")], &[asset("VMC-1050-SXP", "", "")], &[]);
    assert!(matching.links.is_empty());
    let speaking = Record { name: "Spindle", ..asset("VMC-1050-SPX", "", "") };
    let theirs = Record { name: "Spindle", ..asset("VMC-1050-SXP", "", "") };
    assert_eq!(compare(&[speaking], &[theirs], &[]).suggestions.len(), 1);
}

#[derive(Debug, Clone)]
struct Owned {
    tag: String,
    name: String,
    serial: Option<String>,
    barcode: Option<String>,
    retired: bool,
}

impl Owned {
    fn record(&self) -> Record<'_> {
        Record {
            tag: &self.tag,
            name: &self.name,
            serial: self.serial.as_deref(),
            barcode: self.barcode.as_deref(),
            retired: self.retired,
            ..Record::default()
        }
    }
}

prop_compose! {
    /// Few values, so that names collide in every way.
    fn any_asset()(
        tag in select(vec!["P-1", "P-01", "p 1", "P-1-1", "P-11", "Q-7", "q7", "", "P-2"]),
        name in select(vec!["Pump", "Pump 1", "Mill", ""]),
        serial in option::of(select(vec!["SN-77001", "sn 077001", "SN-77002", "n/a", "0000"])),
        barcode in option::of(select(vec!["9000 0001", "90000001", "90000002"])),
        retired in proptest::bool::weighted(0.2),
    ) -> Owned {
        Owned {
            tag: tag.to_owned(),
            name: name.to_owned(),
            serial: serial.map(str::to_owned),
            barcode: barcode.map(str::to_owned),
            retired,
        }
    }
}

fn records(owned: &[Owned]) -> Vec<Record<'_>> {
    owned.iter().map(Owned::record).collect()
}

proptest! {
    #[test]
    fn no_asset_is_answered_twice(ours in vec(any_asset(), 0..9), theirs in vec(any_asset(), 0..9)) {
        let matching = compare(&records(&ours), &records(&theirs), &[]);
        let (mut left, mut right) = (BTreeSet::new(), BTreeSet::new());
        for link in &matching.links {
            prop_assert!(left.insert(link.pair.ours) && right.insert(link.pair.theirs));
        }
        let claims = matching.conflicts.iter().flat_map(|conflict| &conflict.claims);
        for (pair, _) in claims {
            prop_assert!(!left.contains(&pair.ours) && !right.contains(&pair.theirs));
        }
        for one in &matching.suggestions {
            prop_assert!(!left.contains(&one.pair.ours) && !right.contains(&one.pair.theirs));
            prop_assert!(one.score >= 50 && one.score < 95);
        }
    }

    #[test]
    fn a_link_rests_on_a_name_that_is_unique_on_both_sides(
        ours in vec(any_asset(), 0..9),
        theirs in vec(any_asset(), 0..9),
    ) {
        let key = |asset: &Owned, method: Method| match method {
            Method::Tag => form::tag(&asset.tag),
            Method::Serial => asset.serial.as_deref().and_then(form::code),
            Method::Barcode => asset.barcode.as_deref().and_then(form::code),
        };
        for link in compare(&records(&ours), &records(&theirs), &[]).links {
            let exact = link.score == 100;
            let name = |asset: &Owned| {
                if exact { form::exact(&asset.tag) } else { key(asset, link.method) }
            };
            let wanted = name(&ours[link.pair.ours as usize]);
            prop_assert!(wanted.is_some());
            for side in [&ours, &theirs] {
                let all = side.iter().filter(|asset| name(asset) == wanted);
                let (active, retired): (Vec<_>, Vec<_>) = all.partition(|asset| !asset.retired);
                let counted = if active.is_empty() { retired.len() } else { active.len() };
                prop_assert_eq!(counted, 1);
            }
        }
    }

    #[test]
    fn the_order_of_the_registers_does_not_matter(
        ours in vec(any_asset(), 0..9),
        theirs in vec(any_asset(), 0..9),
    ) {
        let links = |matching: &Matching, turned: bool| -> BTreeSet<(u32, u32, u8)> {
            let at = |at: u32, len: usize| if turned { len as u32 - 1 - at } else { at };
            let links = matching.links.iter().map(|link| (link.pair, link.score));
            links
                .map(|(p, score)| (at(p.ours, ours.len()), at(p.theirs, theirs.len()), score))
                .collect()
        };
        let straight = compare(&records(&ours), &records(&theirs), &[]);
        let turned = |side: &[Owned]| side.iter().rev().cloned().collect::<Vec<_>>();
        let (back_ours, back_theirs) = (turned(&ours), turned(&theirs));
        let back = compare(&records(&back_ours), &records(&back_theirs), &[]);
        prop_assert_eq!(straight.conflicts.len(), back.conflicts.len());
        prop_assert_eq!(links(&straight, false), links(&back, true));
    }

    #[test]
    fn what_is_linked_stays_and_is_not_answered_again(
        ours in vec(any_asset(), 0..9),
        theirs in vec(any_asset(), 0..9),
    ) {
        let (ours, theirs) = (records(&ours), records(&theirs));
        let first = compare(&ours, &theirs, &[]);
        let linked: Vec<Pair> = first.links.iter().map(|link| link.pair).collect();
        let again = compare(&ours, &theirs, &linked);
        let (left, right): (BTreeSet<u32>, BTreeSet<u32>) =
            linked.iter().map(|pair| (pair.ours, pair.theirs)).unzip();
        for link in &again.links {
            prop_assert!(!left.contains(&link.pair.ours) && !right.contains(&link.pair.theirs));
        }
    }
}
