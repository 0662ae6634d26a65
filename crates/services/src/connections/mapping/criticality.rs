//! A register's words for how critical an asset is, in ours.

use std::collections::HashMap;

use cmms::template::plain;
use domain::asset::Criticality;
use domain::ids::ConnectionId;
use store::ScopedTx;
use store::connections::mapping as rows;

use super::catalogue::CRITICALITY;
use crate::Error;

/// What the value map in force makes of their words. A word that stands for several of ours stands
/// for none.
///
/// # Errors
/// What the database says.
pub async fn criticalities(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<HashMap<String, Criticality>, Error> {
    let Some(row) = rows::in_force(tx, &[connection.0]).await?.pop() else {
        return Ok(HashMap::new());
    };
    let mut theirs: HashMap<String, Vec<Criticality>> = HashMap::new();
    for (ours, word) in row.maps.0.get(CRITICALITY).into_iter().flatten() {
        if let Ok(ours) = ours.parse() {
            theirs.entry(plain(word)).or_default().push(ours);
        }
    }
    let sure = theirs.into_iter().filter_map(|(word, ours)| match ours.as_slice() {
        [one] => Some((word, *one)),
        _ => None,
    });
    Ok(sure.collect())
}
