//! Pairs by equal names, where a name is unique on both sides.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Conflict, Duplicate, Link, Method, Pair, Record, form, makers_agree, serials_differ};

/// What equal names say.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) links: Vec<Link>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) duplicates: Vec<Duplicate>,
    /// Names are equal, but something contradicts, or several assets share them; sorted. These are
    /// always suggested, how little else may speak for them.
    pub(super) doubtful: Vec<Pair>,
}

/// One way to compare.
struct Key {
    method: Method,
    /// Every letter counts.
    strict: bool,
    of: fn(&Record<'_>) -> Option<String>,
    score: u8,
}

const KEYS: [Key; 4] = [
    Key { method: Method::Tag, strict: true, of: |r| form::exact(r.tag), score: 100 },
    Key { method: Method::Tag, strict: false, of: |r| form::tag(r.tag), score: 98 },
    Key { method: Method::Serial, strict: false, of: |r| r.serial.and_then(form::code), score: 97 },
    Key {
        method: Method::Barcode,
        strict: false,
        of: |r| r.barcode.and_then(form::code),
        score: 95,
    },
];
/// Assets that share one name and are compared pair by pair.
const LARGEST_GROUP: usize = 16;

/// One name that names one asset on either side.
#[derive(Debug, Clone, Copy)]
struct Claim {
    pair: Pair,
    key: usize,
}

pub(super) fn pairs(ours: &[Record<'_>], theirs: &[Record<'_>], linked: &[Pair]) -> Found {
    let mut found = Found::default();
    let mut claims: Vec<Claim> = Vec::new();
    for (number, key) in KEYS.iter().enumerate() {
        let (left, right) = (hashed(ours, key), hashed(theirs, key));
        for group in groups(&right) {
            let in_use = in_use(theirs, group);
            if key.strict == (key.method == Method::Tag) && in_use.len() > 1 {
                found.duplicates.push(Duplicate { method: key.method, theirs: in_use });
            }
        }
        for (of_ours, of_theirs) in shared(&left, &right) {
            let (of_ours, of_theirs) =
                (in_use_first(ours, of_ours), in_use_first(theirs, of_theirs));
            match (of_ours.as_slice(), of_theirs.as_slice()) {
                (&[one], &[other]) => {
                    let pair = Pair { ours: one, theirs: other };
                    if (key.of)(&ours[one as usize]) == (key.of)(&theirs[other as usize]) {
                        claims.push(Claim { pair, key: number });
                    }
                }
                _ if of_ours.len() <= LARGEST_GROUP && of_theirs.len() <= LARGEST_GROUP => {
                    let all = of_ours.iter().flat_map(|&ours| {
                        of_theirs.iter().map(move |&theirs| Pair { ours, theirs })
                    });
                    found.doubtful.extend(all);
                }
                _ => {}
            }
        }
    }
    decide(ours, theirs, linked, claims, &mut found);
    found
}

/// Takes the claims that nothing contradicts.
fn decide(
    ours: &[Record<'_>],
    theirs: &[Record<'_>],
    linked: &[Pair],
    mut claims: Vec<Claim>,
    found: &mut Found,
) {
    let (mut standing, mut taken) = (vec![false; ours.len()], vec![false; theirs.len()]);
    for pair in linked {
        standing[pair.ours as usize] = true;
        taken[pair.theirs as usize] = true;
    }
    claims
        .retain(|claim| !(standing[claim.pair.ours as usize] && taken[claim.pair.theirs as usize]));
    prefer_strict(&mut claims);
    claims.sort_unstable_by_key(|claim| (claim.pair, claim.key));
    for claims in together(ours.len(), theirs.len(), &claims) {
        let pair = claims[0].pair;
        let agree = claims.iter().all(|claim| claim.pair == pair)
            && !standing[pair.ours as usize]
            && !taken[pair.theirs as usize];
        if !agree {
            let mut said: Vec<(Pair, Method)> =
                claims.iter().map(|claim| (claim.pair, KEYS[claim.key].method)).collect();
            said.dedup();
            found.conflicts.push(Conflict { claims: said });
            continue;
        }
        let best = claims.iter().map(|claim| claim.key).min().unwrap_or_default();
        let key = &KEYS[best];
        if contradicted(key, &claims, &ours[pair.ours as usize], &theirs[pair.theirs as usize]) {
            found.doubtful.push(pair);
        } else {
            found.links.push(Link { pair, method: key.method, score: key.score });
        }
    }
    found.links.sort_unstable_by_key(|link| link.pair);
    found.conflicts.sort_unstable_by(|a, b| a.claims.cmp(&b.claims));
    found.duplicates.sort_unstable_by(|a, b| (a.method, &a.theirs).cmp(&(b.method, &b.theirs)));
    found.doubtful.sort_unstable();
    found.doubtful.dedup();
}

/// An equipment id that is equal letter by letter outweighs one that is equal in the loose form:
/// `P-01` and `P-1` may stand beside each other.
fn prefer_strict(claims: &mut Vec<Claim>) {
    let strict: Vec<Pair> =
        claims.iter().filter(|claim| KEYS[claim.key].strict).map(|claim| claim.pair).collect();
    let (mut ours, mut theirs): (Vec<u32>, Vec<u32>) =
        strict.iter().map(|pair| (pair.ours, pair.theirs)).unzip();
    ours.sort_unstable();
    theirs.sort_unstable();
    claims.retain(|claim| {
        let loose = KEYS[claim.key].method == Method::Tag && !KEYS[claim.key].strict;
        !loose
            || (ours.binary_search(&claim.pair.ours).is_err()
                && theirs.binary_search(&claim.pair.theirs).is_err())
    });
}

/// What else is known about the two speaks against the pair.
fn contradicted(key: &Key, claims: &[Claim], ours: &Record<'_>, theirs: &Record<'_>) -> bool {
    if key.strict {
        return false;
    }
    let witnesses = claims.iter().filter(|claim| !KEYS[claim.key].strict).count();
    let disagree = serials_differ(ours, theirs) || !makers_agree(ours, theirs);
    disagree && (witnesses < 2 || serials_differ(ours, theirs))
}

/// Claims in groups that share an asset with each other, in the order of their first pair.
fn together(ours: usize, theirs: usize, claims: &[Claim]) -> Vec<Vec<Claim>> {
    let mut above: Vec<usize> = (0..ours + theirs).collect();
    fn top(above: &mut [usize], mut at: usize) -> usize {
        while above[at] != at {
            above[at] = above[above[at]];
            at = above[at];
        }
        at
    }
    for claim in claims {
        let one = top(&mut above, claim.pair.ours as usize);
        let other = top(&mut above, ours + claim.pair.theirs as usize);
        above[one.max(other)] = one.min(other);
    }
    let mut groups: BTreeMap<usize, Vec<Claim>> = BTreeMap::new();
    for claim in claims {
        let top = top(&mut above, claim.pair.ours as usize);
        groups.entry(top).or_default().push(*claim);
    }
    groups.into_values().collect()
}

fn in_use(records: &[Record<'_>], group: &[(u64, u32)]) -> Vec<u32> {
    group.iter().map(|(_, at)| *at).filter(|at| !records[*at as usize].retired).collect()
}

/// Those in use, else all.
fn in_use_first(records: &[Record<'_>], group: &[(u64, u32)]) -> Vec<u32> {
    let active = in_use(records, group);
    if active.is_empty() { group.iter().map(|(_, at)| *at).collect() } else { active }
}

/// Names by their hash, sorted. A hash of 64 bits is compared and the name itself where a pair
/// comes of it: the names of two large registers need not be kept.
fn hashed(records: &[Record<'_>], key: &Key) -> Vec<(u64, u32)> {
    let mut hashes: Vec<(u64, u32)> = (0..)
        .zip(records)
        .filter_map(|(at, record)| Some((hash(&(key.of)(record)?), at)))
        .collect();
    hashes.sort_unstable();
    hashes
}

pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn groups(hashes: &[(u64, u32)]) -> impl Iterator<Item = &[(u64, u32)]> {
    hashes.chunk_by(|a, b| a.0 == b.0)
}

type Group<'a> = &'a [(u64, u32)];

/// The groups of both sides that have the same hash.
pub(super) fn shared<'a>(
    left: &'a [(u64, u32)],
    right: &'a [(u64, u32)],
) -> impl Iterator<Item = (Group<'a>, Group<'a>)> {
    let mut right = groups(right).peekable();
    groups(left).filter_map(move |group| {
        while right.next_if(|other| other[0].0 < group[0].0).is_some() {}
        right.next_if(|other| other[0].0 == group[0].0).map(|other| (group, other))
    })
}
