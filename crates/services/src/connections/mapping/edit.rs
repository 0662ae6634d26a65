//! Changing the draft: one field or one value at a time.

use domain::ids::ConnectionId;
use domain::permission::Permission;
use domain::views::mapping::{FieldSource, Mapping};
use serde_json::{Value, json};
use store::ScopedTx;
use store::connections::mapping as rows;

use super::catalogue::{Catalogue, FAILURE_CODE, is_fixed, source_of, usual};
use super::render::template;
use super::show::show;
use crate::connections::access;
use crate::{Caller, Error};

/// Longest source and value.
const LONGEST: usize = 2_000;
/// Value maps and lines of one.
const MOST: usize = 2_000;

/// Says where a field comes from; an empty source that the field's usual one stands in for again is
/// no source at all.
///
/// # Errors
/// [`Error::Invalid`] for a field that is not there or always ours, and for a source that does not
/// read; [`Error::Denied`], [`Error::NotFound`].
pub async fn set_field(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
    field: &str,
    source: FieldSource,
) -> Result<(), Error> {
    let (catalogue, mut mapping) = open(tx, caller, slug).await?;
    let known = catalogue.fields().get(field).filter(|_| !is_fixed(field));
    let known = known.ok_or_else(|| {
        Error::invalid("field", "unknown_field", "this field is not there to be mapped")
    })?;
    if source.source.len() > LONGEST {
        return Err(Error::invalid("source", "too_long", format!("at most {LONGEST} letters")));
    }
    template(&source).map_err(|why| Error::invalid("source", "unreadable", why))?;
    if source.cut && !known.cut {
        let message = "this field must not be cut";
        return Err(Error::invalid("cut", "not_allowed", message));
    }
    let before = source_of(&mapping, field, known).into_owned();
    let detail = json!({ "field": field, "source": [before.source, source.source] });
    if source == usual(field, known) {
        mapping.fields.remove(field);
    } else {
        mapping.fields.insert(field.to_owned(), source);
    }
    Ok(rows::save_draft(tx, catalogue.id(), &mapping, detail).await?)
}

/// Gives a word of ours its counterpart; an empty one takes it away.
///
/// # Errors
/// [`Error::Invalid`] for names that cannot be; [`Error::Denied`], [`Error::NotFound`].
pub async fn set_value(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
    map: &str,
    ours: &str,
    theirs: &str,
) -> Result<(), Error> {
    let (catalogue, mut mapping) = open(tx, caller, slug).await?;
    let before = put(&catalogue, &mut mapping, map, ours, theirs)?;
    let detail = json!({ "map": map, "ours": ours.trim(), "theirs": [before, theirs.trim()] });
    Ok(rows::save_draft(tx, catalogue.id(), &mapping, detail).await?)
}

/// Puts a line into a value map; answers what stood there.
pub(super) fn put(
    catalogue: &Catalogue,
    mapping: &mut Mapping,
    map: &str,
    ours: &str,
    theirs: &str,
) -> Result<Option<Value>, Error> {
    let named = !map.is_empty()
        && map.len() <= 40
        && map.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if !named || map == "failure_mode" {
        let message = "a value map is named in small letters, such as cost_centre";
        return Err(Error::invalid("map", "unknown_map", message));
    }
    let (ours, theirs) = (ours.trim(), theirs.trim());
    if ours.is_empty() || ours.len() > LONGEST || theirs.len() > LONGEST {
        return Err(Error::invalid("ours", "length", format!("1 to {LONGEST} letters")));
    }
    let built_in = catalogue.manifest.maps.get(map);
    let table =
        mapping.maps.entry(map.to_owned()).or_insert_with(|| built_in.cloned().unwrap_or_default());
    if table.len() >= MOST {
        return Err(Error::invalid("ours", "too_many", format!("at most {MOST} lines")));
    }
    let numbers = built_in.is_some_and(|known| known.values().all(Value::is_number));
    Ok(match theirs {
        "" => table.remove(ours),
        text => table.insert(ours.to_owned(), value(text, numbers)),
    })
}

fn value(text: &str, number: bool) -> Value {
    match text.parse::<i64>() {
        Ok(value) if number => value.into(),
        _ => text.into(),
    }
}

/// Takes over every suggestion for failure codes that are used and have none. Answers how many.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn accept_suggestions(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
) -> Result<usize, Error> {
    let (catalogue, mut mapping) = open(tx, caller, slug).await?;
    let view = show(tx, caller, slug, None).await?;
    let suggested: Vec<(String, String)> = view
        .maps
        .into_iter()
        .filter(|map| map.name == FAILURE_CODE)
        .flat_map(|map| map.rows)
        .filter_map(|row| Some((row.ours, row.suggestion?.value)))
        .collect();
    if suggested.is_empty() {
        return Ok(0);
    }
    let detail = json!({ "map": FAILURE_CODE, "accepted": suggested });
    let count = suggested.len();
    let table = mapping.maps.entry(FAILURE_CODE.to_owned()).or_default();
    table.extend(suggested.into_iter().map(|(mode, code)| (mode, Value::String(code))));
    rows::save_draft(tx, catalogue.id(), &mapping, detail).await?;
    Ok(count)
}

/// The connection with its draft, for one editor at a time.
pub(super) async fn open(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
) -> Result<(Catalogue, Mapping), Error> {
    let connection = rows::connection(tx, slug).await?.ok_or(Error::NotFound)?;
    let id = ConnectionId(connection.id);
    access::require(tx, caller, Permission::Integrate, id).await?;
    rows::lock(tx, id).await?;
    let catalogue = Catalogue::of(tx, slug).await?;
    let mapping = catalogue.draft();
    Ok((catalogue, mapping))
}
