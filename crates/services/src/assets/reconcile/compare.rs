//! From two registers to pairs and to what differs. No I/O.

use std::collections::{HashMap, HashSet};

use domain::asset::{AssetKind, AssetStatus, Criticality};
use domain::ids::AssetId;
use domain::matching::{self, Link, Matching, Pair, Record, form};
use domain::views::reconcile::{Absence, ClaimView, FieldChange, ItemDetail, ItemKind};
use store::assets::reconcile::{LinkRow, NewItem, NewLink, OurRow, TheirRow};

/// Both registers as they stand.
pub struct Registers {
    /// Ours, at the sites that the connection serves.
    pub(super) ours: Vec<OurRow>,
    /// Theirs.
    pub(super) theirs: Vec<TheirRow>,
    /// Standing pairs.
    pub(super) links: Vec<LinkRow>,
    /// Pairs that a person has refused.
    pub(super) refused: HashSet<(i64, String)>,
    /// Our assets with open work orders on them or below.
    pub(super) busy: HashSet<i64>,
    /// Their words for criticality.
    pub(super) criticality: HashMap<String, Criticality>,
}

/// What comes of comparing them.
#[derive(Debug, Default)]
pub struct Compared {
    /// Records over there.
    pub(super) records: usize,
    /// Pairs to be made.
    pub(super) links: Vec<NewLink>,
    /// What differs.
    pub(super) items: Vec<NewItem>,
    /// Pairs, old and new.
    pub(super) linked: usize,
    /// Pairs without a difference.
    pub(super) equal: usize,
}

/// Positions by id, and who is paired with whom.
struct Places<'a> {
    registers: &'a Registers,
    theirs: HashMap<&'a str, u32>,
    partner_of_ours: Vec<Option<u32>>,
    partner_of_theirs: Vec<Option<u32>>,
}

/// Pairs the two and lists what differs. Takes a while for large registers: no transaction should be
/// open meanwhile.
pub fn compare(registers: &Registers) -> Compared {
    let ours_at: HashMap<i64, u32> = registers.ours.iter().map(|one| one.id).zip(0..).collect();
    let theirs_at: HashMap<&str, u32> =
        registers.theirs.iter().map(|one| one.cmms_id.as_str()).zip(0..).collect();
    let standing: Vec<Pair> = registers
        .links
        .iter()
        .filter_map(|link| {
            let ours = *ours_at.get(&link.asset_id)?;
            Some(Pair { ours, theirs: *theirs_at.get(link.cmms_id.as_str())? })
        })
        .collect();
    let ours: Vec<Record<'_>> = registers
        .ours
        .iter()
        .map(|one| Record {
            tag: &one.tag,
            name: &one.name,
            serial: one.serial_number.as_deref(),
            barcode: one.barcode.as_deref(),
            manufacturer: one.manufacturer.as_deref(),
            model: one.model.as_deref(),
            parent: one.parent_id.and_then(|parent| ours_at.get(&parent).copied()),
            retired: !in_use(one),
        })
        .collect();
    let theirs: Vec<Record<'_>> = registers
        .theirs
        .iter()
        .map(|one| Record {
            tag: &one.tag,
            name: &one.name,
            serial: one.serial.as_deref(),
            barcode: one.barcode.as_deref(),
            manufacturer: one.manufacturer.as_deref(),
            model: one.model.as_deref(),
            parent: one.parent_id.as_deref().and_then(|parent| theirs_at.get(parent).copied()),
            retired: one.retired || one.gone,
        })
        .collect();
    let mut found = matching::compare(&ours, &theirs, &standing);
    let refused = |pair: &Pair| {
        let (ours, theirs) =
            (&registers.ours[pair.ours as usize], &registers.theirs[pair.theirs as usize]);
        registers.refused.contains(&(ours.id, theirs.cmms_id.clone()))
    };
    if !registers.refused.is_empty() {
        found.links.retain(|link| !refused(&link.pair));
        found.suggestions.retain(|one| !refused(&one.pair));
    }

    let mut places = Places {
        registers,
        theirs: theirs_at,
        partner_of_ours: vec![None; ours.len()],
        partner_of_theirs: vec![None; theirs.len()],
    };
    for pair in standing.iter().chain(found.links.iter().map(|link| &link.pair)) {
        places.partner_of_ours[pair.ours as usize] = Some(pair.theirs);
        places.partner_of_theirs[pair.theirs as usize] = Some(pair.ours);
    }
    places.outcome(&found, &ours_at)
}

fn in_use(one: &OurRow) -> bool {
    one.status == AssetStatus::Active.as_str()
}

fn kind_of(one: &OurRow) -> Option<AssetKind> {
    one.kind.parse().ok()
}

impl Places<'_> {
    fn ours(&self, at: u32) -> &OurRow {
        &self.registers.ours[at as usize]
    }

    fn theirs(&self, at: u32) -> &TheirRow {
        &self.registers.theirs[at as usize]
    }

    fn item(&self, kind: ItemKind, ours: Option<u32>, theirs: Option<u32>) -> NewItem {
        let (ours, theirs) = (ours.map(|at| self.ours(at)), theirs.map(|at| self.theirs(at)));
        NewItem {
            kind: kind.as_str(),
            site_id: ours.map(|one| one.site_id),
            asset_id: ours.map(|one| one.id),
            cmms_id: theirs.map(|one| one.cmms_id.clone()),
            detail: ItemDetail::default(),
            score: 0,
            choice: false,
            asset_version: ours.map(|one| one.version),
            cmms_version: theirs.map(|one| one.version),
            state: "open",
        }
    }

    fn outcome(&self, found: &Matching, ours_at: &HashMap<i64, u32>) -> Compared {
        let mut done = Compared {
            records: self.registers.theirs.iter().filter(|one| !one.gone).count(),
            links: self.links(&found.links),
            ..Compared::default()
        };
        let (mut seen_ours, mut seen_theirs) =
            (vec![false; self.partner_of_ours.len()], vec![false; self.partner_of_theirs.len()]);
        let mut lost: Vec<(u32, NewItem)> = Vec::new();
        for (ours, theirs) in (0..).zip(&self.partner_of_ours) {
            let Some(theirs) = *theirs else { continue };
            done.linked += 1;
            match self.difference(ours, theirs, ours_at) {
                Difference::None => done.equal += 1,
                Difference::Absent(item) => lost.push((ours, *item)),
                Difference::Items(items) => done.items.extend(items),
            }
        }
        for conflict in &found.conflicts {
            let claims: Vec<ClaimView> = conflict
                .claims
                .iter()
                .map(|(pair, method)| ClaimView {
                    ours: self.ours(pair.ours).tag.clone(),
                    cmms_id: self.theirs(pair.theirs).cmms_id.clone(),
                    theirs: self.theirs(pair.theirs).tag.clone(),
                    method: *method,
                })
                .collect();
            for (pair, _) in &conflict.claims {
                seen_theirs[pair.theirs as usize] = true;
                if std::mem::replace(&mut seen_ours[pair.ours as usize], true) {
                    continue;
                }
                let mut item = self.item(ItemKind::Conflict, Some(pair.ours), Some(pair.theirs));
                item.detail.claims.clone_from(&claims);
                item.choice = true;
                done.items.push(item);
            }
        }
        for duplicate in &found.duplicates {
            let tags = duplicate.theirs.iter().map(|at| self.theirs(*at).tag.clone()).collect();
            let mut item = self.item(ItemKind::Duplicate, None, duplicate.theirs.first().copied());
            item.detail.doubled = Some(duplicate.method);
            item.detail.others = tags;
            item.choice = true;
            done.items.push(item);
            duplicate.theirs.iter().for_each(|at| seen_theirs[*at as usize] = true);
        }
        for one in &found.suggestions {
            let mut item =
                self.item(ItemKind::Suggestion, Some(one.pair.ours), Some(one.pair.theirs));
            item.detail.reasons.clone_from(&one.reasons);
            item.score = i16::from(one.score);
            item.choice = true;
            done.items.push(item);
            seen_ours[one.pair.ours as usize] = true;
            seen_theirs[one.pair.theirs as usize] = true;
        }
        for (at, one) in (0..).zip(&self.registers.ours) {
            let placed = matches!(kind_of(one), Some(AssetKind::Machine | AssetKind::Component));
            let known = self.partner_of_ours[at as usize].is_some() || seen_ours[at as usize];
            if placed && !known && in_use(one) {
                let mut item = self.item(ItemKind::Missing, Some(at), None);
                item.detail.absence = Some(Absence::Unknown);
                item.choice = true;
                lost.push((at, item));
            }
        }
        done.items.extend(self.topmost(lost, ours_at));
        done.items.extend(self.added(&seen_theirs));
        done
    }

    fn links(&self, links: &[Link]) -> Vec<NewLink> {
        links
            .iter()
            .map(|link| NewLink {
                asset_id: self.ours(link.pair.ours).id,
                cmms_id: self.theirs(link.pair.theirs).cmms_id.clone(),
                method: link.method.as_str(),
                score: i16::from(link.score),
            })
            .collect()
    }

    /// Retiring an asset retires what is below it: only the topmost are listed.
    fn topmost(
        &self,
        lost: Vec<(u32, NewItem)>,
        ours_at: &HashMap<i64, u32>,
    ) -> impl Iterator<Item = NewItem> {
        let all: HashSet<u32> = lost.iter().map(|(at, _)| *at).collect();
        let below: HashSet<u32> = all
            .iter()
            .copied()
            .filter(|at| {
                let mut above = self.ours(*at).parent_id;
                while let Some(at) = above.and_then(|id| ours_at.get(&id)) {
                    if all.contains(at) {
                        return true;
                    }
                    above = self.ours(*at).parent_id;
                }
                false
            })
            .collect();
        lost.into_iter().filter(move |(at, _)| !below.contains(at)).map(|(_, item)| item)
    }

    fn difference(&self, at: u32, partner: u32, ours_at: &HashMap<i64, u32>) -> Difference {
        let (ours, theirs) = (self.ours(at), self.theirs(partner));
        let absence = match (theirs.gone, theirs.retired) {
            (true, _) => Some(Absence::Gone),
            (false, true) => Some(Absence::Retired),
            (false, false) => None,
        };
        if let Some(absence) = absence {
            if !in_use(ours) {
                return Difference::None;
            }
            let mut item = self.item(ItemKind::Missing, Some(at), Some(partner));
            item.detail.absence = Some(absence);
            item.choice = self.registers.busy.contains(&ours.id);
            return Difference::Absent(Box::new(item));
        }
        let mut items = Vec::new();
        let (changes, choice) = self.changes(ours, theirs);
        if !changes.is_empty() {
            let mut item = self.item(ItemKind::Changed, Some(at), Some(partner));
            item.detail.changes = changes;
            item.choice = choice;
            items.push(item);
        }
        items.extend(self.moved(at, partner, ours_at));
        if items.is_empty() { Difference::None } else { Difference::Items(items) }
    }

    /// Fields that differ, and whether a person must look. What the CMMS does not say stays ours.
    fn changes(&self, ours: &OurRow, theirs: &TheirRow) -> (Vec<FieldChange>, bool) {
        let mut changes = Vec::new();
        let mut choice = false;
        let mut change = |field: &str, old: Option<String>, new: String| {
            changes.push(FieldChange { field: field.to_owned(), old, new: Some(new) });
        };
        let same = |a: &str, b: &str, form: Form| {
            form(a).is_some() && form(a) == form(b) || a.trim() == b.trim()
        };
        if !theirs.name.is_empty() && !same(&ours.name, &theirs.name, form::exact) {
            change("name", Some(ours.name.clone()), theirs.name.clone());
        }
        let texts: [(&str, &Option<String>, &Option<String>, Form); 4] = [
            ("serial_number", &ours.serial_number, &theirs.serial, form::code),
            ("barcode", &ours.barcode, &theirs.barcode, form::code),
            ("manufacturer", &ours.manufacturer, &theirs.manufacturer, form::squeezed),
            ("model", &ours.model, &theirs.model, form::squeezed),
        ];
        for (field, old, new, form) in texts {
            let Some(new) = new else { continue };
            if old.as_ref().is_none_or(|old| !same(old, new, form)) {
                change(field, old.clone(), new.clone());
            }
        }
        if let Some(day) = theirs.installed_on
            && ours.installed_on != Some(day)
        {
            change("installed_on", ours.installed_on.map(|old| old.to_string()), day.to_string());
        }
        let old: Option<Criticality> = ours.criticality.parse().ok();
        if let Some(new) = theirs.criticality.as_ref().and_then(|word| self.criticality(word))
            && old != Some(new)
        {
            choice |= old.is_some_and(|old| new.rank() < old.rank());
            change("criticality", Some(ours.criticality.clone()), new.as_str().to_owned());
        }
        if !in_use(ours) {
            choice = true;
            let active = AssetStatus::Active.as_str().to_owned();
            change("status", Some(ours.status.clone()), active);
        }
        (changes, choice)
    }

    fn criticality(&self, word: &str) -> Option<Criticality> {
        let mapped = self.registers.criticality.get(word).copied();
        mapped.or_else(|| word.to_lowercase().parse().ok())
    }

    fn moved(&self, at: u32, partner: u32, ours_at: &HashMap<i64, u32>) -> Option<NewItem> {
        let ours = self.ours(at);
        let parent = self.theirs(partner).parent_id.as_deref()?;
        let above = self.partner_of_theirs[*self.theirs.get(parent)? as usize]?;
        let (above, kind) = (self.ours(above), kind_of(ours)?);
        if ours.parent_id == Some(above.id) || above.id == ours.id {
            return None;
        }
        let old = ours.parent_id.and_then(|id| ours_at.get(&id)).map(|at| self.ours(*at));
        let mut item = self.item(ItemKind::Moved, Some(at), Some(partner));
        item.choice = !kind.may_hang_under(kind_of(above)) || above.site_id != ours.site_id;
        item.detail.under = Some(AssetId(above.id));
        item.detail.changes = vec![FieldChange {
            field: "parent".to_owned(),
            old: old.map(|one| one.tag.clone()),
            new: Some(above.tag.clone()),
        }];
        Some(item)
    }

    /// Records without a counterpart, those above before those below.
    fn added(&self, seen: &[bool]) -> Vec<NewItem> {
        let new = |at: u32| {
            let one = self.theirs(at);
            let free = self.partner_of_theirs[at as usize].is_none() && !seen[at as usize];
            free && !one.gone && !one.retired
        };
        let (places, only) = (self.our_places(), self.only_site());
        let taken: HashSet<String> =
            self.registers.ours.iter().filter_map(|one| form::exact(&one.tag)).collect();
        let all: Vec<u32> =
            (0..).take(self.partner_of_theirs.len()).filter(|at| new(*at)).collect();
        all.into_iter()
            .map(|at| {
                let one = self.theirs(at);
                let above = one.parent_id.as_deref().and_then(|id| self.theirs.get(id)).copied();
                let mut item = self.item(ItemKind::Added, None, Some(at));
                match above {
                    Some(above) if new(above) => {
                        item.detail.under_new = Some(self.theirs(above).cmms_id.clone());
                        item.detail.asset_kind = Some(AssetKind::Component);
                    }
                    Some(above) => {
                        let ours = self.partner_of_theirs[above as usize].map(|at| self.ours(at));
                        self.put(&mut item, ours);
                    }
                    None => {
                        let word = one.location.as_deref().and_then(form::tag);
                        let at = word.and_then(|word| places.get(&word).copied());
                        self.put(&mut item, at.or(only));
                    }
                }
                let clash = form::exact(&one.tag).is_none_or(|tag| taken.contains(&tag));
                item.choice |= clash;
                item
            })
            .collect()
    }

    fn put(&self, item: &mut NewItem, above: Option<&OurRow>) {
        item.choice = above.is_none();
        let Some(above) = above else { return };
        item.site_id = Some(above.site_id);
        item.detail.under = Some(AssetId(above.id));
        item.detail.asset_kind = Some(match kind_of(above) {
            Some(AssetKind::Site | AssetKind::Line) | None => AssetKind::Machine,
            Some(AssetKind::Machine | AssetKind::Component) => AssetKind::Component,
        });
    }

    /// Sites and lines by tag and name, those that are unique.
    fn our_places(&self) -> HashMap<String, &OurRow> {
        let mut places: HashMap<String, Option<&OurRow>> = HashMap::new();
        for one in &self.registers.ours {
            if !matches!(kind_of(one), Some(AssetKind::Site | AssetKind::Line)) || !in_use(one) {
                continue;
            }
            let names: HashSet<String> =
                [form::tag(&one.tag), form::tag(&one.name)].into_iter().flatten().collect();
            for name in names {
                places.entry(name).and_modify(|known| *known = None).or_insert(Some(one));
            }
        }
        places.into_iter().filter_map(|(name, one)| Some((name, one?))).collect()
    }

    fn only_site(&self) -> Option<&OurRow> {
        let mut sites =
            self.registers.ours.iter().filter(|one| kind_of(one) == Some(AssetKind::Site));
        let first = sites.next()?;
        sites.next().is_none().then_some(first)
    }
}

/// The form in which two texts are compared.
type Form = fn(&str) -> Option<String>;

/// How a pair differs.
enum Difference {
    None,
    Absent(Box<NewItem>),
    Items(Vec<NewItem>),
}
