//! Pairs that a person should look at, among the assets that equal names have left over.

use std::collections::{HashMap, HashSet};

use super::exact::{Found, hash, shared};
use super::{Pair, Reason, Record, Suggestion, form, makers_agree};

/// Below this a pair is not worth a look.
const LEAST: i32 = 50;
/// Never as sure as a link.
const MOST: i32 = 94;
/// For each of our assets.
const SHOWN: usize = 3;
/// A clue that more assets share is none.
const LARGEST_GROUP: usize = 32;
/// Pairs that are looked at for each of our assets.
const LOOKED_AT: usize = 64;
/// Lengths between which one letter may differ.
const NEAR: std::ops::RangeInclusive<usize> = 4..=32;

/// A record in the forms that are compared.
struct Seen {
    at: u32,
    tag: String,
    spelt: String,
    serial: Option<String>,
    barcode: Option<String>,
    name: Vec<String>,
    model: Option<String>,
}

impl Seen {
    fn of(at: u32, record: &Record<'_>) -> Self {
        Self {
            at,
            tag: form::squeezed(record.tag).unwrap_or_default(),
            spelt: form::tag(record.tag).unwrap_or_default(),
            serial: record.serial.and_then(form::code),
            barcode: record.barcode.and_then(form::code),
            name: form::words(record.name),
            model: record.model.and_then(form::squeezed),
        }
    }

    /// Clues by which it may be found, each a hash.
    fn clues(&self, record: &Record<'_>, parent: Option<u32>) -> Vec<u64> {
        let mut clues = Vec::new();
        let mut clue = |kind: &str, text: &str| clues.push(hash(&format!("{kind}\u{1f}{text}")));
        for form in near(&self.tag) {
            clue("tag", &form);
        }
        clue("end", ending(record.tag).as_str());
        for form in self.serial.iter().flat_map(|serial| near(serial)) {
            clue("serial", &form);
        }
        if let Some(barcode) = &self.barcode {
            clue("barcode", barcode);
        }
        clue("name", &self.name.join(" "));
        for word in &self.name {
            clue("word", &format!("{word} {}", self.model.as_deref().unwrap_or_default()));
        }
        if let Some(parent) = parent {
            clue("parent", &parent.to_string());
        }
        clues.sort_unstable();
        clues.dedup();
        clues
    }
}

/// Suggestions among assets in use that are neither linked nor in conflict.
pub(super) fn suggestions(
    ours: &[Record<'_>],
    theirs: &[Record<'_>],
    linked: &[Pair],
    found: &Found,
) -> Vec<Suggestion> {
    let mut partner = vec![None; ours.len()];
    let (mut done, mut taken) = (vec![false; ours.len()], vec![false; theirs.len()]);
    for pair in linked.iter().copied().chain(found.links.iter().map(|link| link.pair)) {
        partner[pair.ours as usize] = Some(pair.theirs);
        done[pair.ours as usize] = true;
        taken[pair.theirs as usize] = true;
    }
    for (pair, _) in found.conflicts.iter().flat_map(|conflict| &conflict.claims) {
        done[pair.ours as usize] = true;
        taken[pair.theirs as usize] = true;
    }
    let left = left_over(ours, &done);
    let right = left_over(theirs, &taken);
    let clues_of = |seen: &[Seen], records: &[Record<'_>], parent: &dyn Fn(u32) -> Option<u32>| {
        let mut clues: Vec<(u64, u32)> = (0..)
            .zip(seen)
            .flat_map(|(place, one)| {
                let clues = one.clues(&records[one.at as usize], parent(one.at));
                clues.into_iter().map(move |clue| (clue, place))
            })
            .collect();
        clues.sort_unstable();
        clues
    };
    let over = |at: u32| ours[at as usize].parent.and_then(|parent| partner[parent as usize]);
    let above = |at: u32| theirs[at as usize].parent;
    let (our_clues, their_clues) = (clues_of(&left, ours, &over), clues_of(&right, theirs, &above));

    let mut candidates: Vec<HashSet<u32>> = vec![HashSet::new(); left.len()];
    let place: HashMap<u32, u32> = right.iter().map(|one| one.at).zip(0..).collect();
    let first: HashMap<u32, usize> = left.iter().map(|one| one.at).zip(0..).collect();
    for pair in &found.doubtful {
        if let (Some(&one), Some(&other)) = (first.get(&pair.ours), place.get(&pair.theirs)) {
            candidates[one].insert(other);
        }
    }
    for (of_ours, of_theirs) in shared(&our_clues, &their_clues) {
        if of_ours.len() > LARGEST_GROUP || of_theirs.len() > LARGEST_GROUP {
            continue;
        }
        for (_, one) in of_ours {
            let candidates = &mut candidates[*one as usize];
            let room = LOOKED_AT.saturating_sub(candidates.len());
            candidates.extend(of_theirs.iter().map(|(_, other)| *other).take(room));
        }
    }

    let mut suggestions = Vec::new();
    for (one, candidates) in left.iter().zip(&candidates) {
        let mut best: Vec<Suggestion> = candidates
            .iter()
            .filter_map(|other| {
                let other = &right[*other as usize];
                let pair = Pair { ours: one.at, theirs: other.at };
                let same_parent = over(one.at).is_some() && over(one.at) == above(other.at);
                let records = (&ours[one.at as usize], &theirs[other.at as usize]);
                let doubtful = found.doubtful.binary_search(&pair).is_ok();
                weigh(pair, one, other, records, same_parent, doubtful)
            })
            .collect();
        best.sort_unstable_by_key(|one| (std::cmp::Reverse(one.score), one.pair));
        best.truncate(SHOWN);
        suggestions.append(&mut best);
    }
    suggestions
}

fn left_over(records: &[Record<'_>], done: &[bool]) -> Vec<Seen> {
    (0..)
        .zip(records)
        .filter(|(at, record)| !done[*at as usize] && !record.retired)
        .map(|(at, record)| Seen::of(at, record))
        .collect()
}

fn weigh(
    pair: Pair,
    one: &Seen,
    other: &Seen,
    (ours, theirs): (&Record<'_>, &Record<'_>),
    same_parent: bool,
    doubtful: bool,
) -> Option<Suggestion> {
    let mut score = 0;
    let mut reasons = Vec::new();
    let mut say = |reason: Reason, weight: i32| {
        score += weight;
        reasons.push(reason);
    };
    if !one.spelt.is_empty() && one.spelt == other.spelt {
        say(Reason::SameTag, 75);
    } else if !one.tag.is_empty() && one.tag == other.tag {
        say(Reason::SqueezedTag, 60);
    } else if other_number(&one.tag, &other.tag) {
        say(Reason::OtherNumber, -40);
    } else if one_apart(&one.tag, &other.tag) {
        say(Reason::NearTag, 45);
    } else if part_of(&one.tag, &other.tag) {
        say(Reason::PartOfTag, 35);
    }
    match (&one.serial, &other.serial) {
        (Some(a), Some(b)) if a == b => say(Reason::SameSerial, 60),
        (Some(a), Some(b)) if one_apart(a, b) => say(Reason::NearSerial, 30),
        (Some(_), Some(_)) => say(Reason::OtherSerial, -20),
        _ => {}
    }
    if one.barcode.is_some() && one.barcode == other.barcode {
        say(Reason::SameBarcode, 50);
    }
    match shared_words(&one.name, &other.name) {
        100 => say(Reason::SameName, 25),
        part if part >= 50 => say(Reason::NearName, part / 5),
        _ => {}
    }
    if one.model.is_some() && one.model == other.model && makers_agree(ours, theirs) {
        say(Reason::SameModel, 15);
    }
    if !makers_agree(ours, theirs) {
        say(Reason::OtherMaker, -10);
    }
    if same_parent {
        say(Reason::SameParent, 15);
    }
    let least = if doubtful { LEAST } else { 0 };
    let score = u8::try_from(score.clamp(least, MOST)).unwrap_or(0);
    (i32::from(score) >= LEAST).then_some(Suggestion { pair, score, reasons })
}

/// The text and every text that lacks one letter of it.
fn near(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut forms = vec![text.to_owned()];
    if NEAR.contains(&letters.len()) {
        forms.extend((0..letters.len()).map(|gone| {
            letters.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, c)| c).collect()
        }));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// What comes last in an equipment id that is written with its place before it.
fn ending(tag: &str) -> String {
    let parts = tag.rsplit(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut last: Vec<String> = parts.take(2).map(str::to_lowercase).collect();
    last.reverse();
    last.concat()
}

fn part_of(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= 5 && short != long && long.ends_with(short)
}

/// Same letters, other digits: `VMC-1050` and `VMC-1051` are neighbours, not one asset.
fn other_number(one: &str, other: &str) -> bool {
    let parts =
        |text: &str| -> (String, String) { text.chars().partition(|c| !c.is_ascii_digit()) };
    let ((letters, digits), (other_letters, other_digits)) = (parts(one), parts(other));
    letters == other_letters
        && digits != other_digits
        && !digits.is_empty()
        && !other_digits.is_empty()
}

/// One letter more, less or other, or two neighbours swapped.
fn one_apart(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if a == b
        || !NEAR.contains(&a.len())
        || !NEAR.contains(&b.len())
        || a.len().abs_diff(b.len()) > 1
    {
        return false;
    }
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - back], &b[..b.len() - back]);
    match (a, b) {
        ([_], [_]) | ([], [_]) | ([_], []) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

/// Words that both names have, in percent of all their words.
fn shared_words(one: &[String], other: &[String]) -> i32 {
    let both = one.iter().filter(|word| other.contains(word)).count();
    let all = one.len() + other.len() - both;
    (both * 100).checked_div(all).and_then(|part| i32::try_from(part).ok()).unwrap_or(0)
}
