//! Which column of a file is which of ours: by the words people write over their columns.

use super::file::COLUMNS;

/// Heads by which other systems and people name our columns, as [`plain`] writes them.
const KNOWN: [(&str, &[&str]); 12] = [
    (
        "tag",
        &[
            "tag",
            "assettag",
            "asset",
            "assetid",
            "assetno",
            "assetnum",
            "assetnumber",
            "equipment",
            "equipmentid",
            "equipmentno",
            "equipmentnumber",
            "equipmenttag",
            "equnr",
            "machineid",
            "machineno",
            "id",
            "code",
            "assetcode",
        ],
    ),
    ("kind", &["kind", "type", "assettype", "level", "category", "class", "objecttype"]),
    (
        "parent",
        &[
            "parent",
            "parenttag",
            "parentid",
            "parentasset",
            "parentno",
            "belongsto",
            "partof",
            "superiorequipment",
            "superior",
            "above",
            "location",
            "functionallocation",
        ],
    ),
    (
        "name",
        &["name", "assetname", "description", "designation", "title", "label", "equipmentname"],
    ),
    (
        "serial_number",
        &["serialnumber", "serial", "serialno", "serialnum", "sn", "manufacturerserial"],
    ),
    (
        "barcode",
        &["barcode", "ean", "rfid", "scancode", "qrcode", "inventoryno", "inventorynumber"],
    ),
    ("manufacturer", &["manufacturer", "maker", "make", "vendor", "brand", "oem"]),
    ("model", &["model", "modelno", "modelnumber", "typename", "modeltype"]),
    (
        "installed_on",
        &[
            "installedon",
            "installed",
            "installdate",
            "installationdate",
            "commissioned",
            "commissionedon",
            "startupdate",
            "inservice",
            "inserviceon",
            "inservicedate",
        ],
    ),
    ("criticality", &["criticality", "critical", "abc", "abcindicator", "importance", "priority"]),
    ("status", &["status", "state", "assetstatus", "condition"]),
    ("time_zone", &["timezone", "zone", "tz"]),
];

/// The column of ours that each head names, each of ours once; empty where none fits.
pub(super) fn suggest(heads: &[String]) -> Vec<String> {
    let plain: Vec<String> = heads.iter().map(|head| plain(head)).collect();
    let mut fields = vec![String::new(); heads.len()];
    for (field, names) in KNOWN {
        let best = plain
            .iter()
            .enumerate()
            .filter(|(column, _)| fields[*column].is_empty())
            .filter_map(|(column, head)| Some((names.iter().position(|n| n == head)?, column)))
            .min();
        if let Some((_, column)) = best {
            field.clone_into(&mut fields[column]);
        }
    }
    fields
}

/// Whether we have such a column.
pub(super) fn is_field(field: &str) -> bool {
    COLUMNS.contains(&field)
}

fn plain(head: &str) -> String {
    head.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(heads: &[&str]) -> Vec<String> {
        suggest(&heads.iter().map(|&head| head.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn our_own_heads_suggest_themselves() {
        assert_eq!(of(&COLUMNS), COLUMNS);
    }

    #[test]
    fn heads_of_other_systems_are_known_and_each_column_is_given_once() {
        let heads =
            ["Equipment No.", "Description", "Superior equipment", "Serial No", "Remark", "ID"];
        assert_eq!(of(&heads), ["tag", "name", "parent", "serial_number", "", ""]);
    }

    #[test]
    fn the_reason_of_an_error_file_is_left_out() {
        assert_eq!(of(&["tag", "reason"]), ["tag", ""]);
    }
}
