//! The machines that a double's register has.

use std::collections::HashMap;

use anyhow::{Context, ensure};

/// One machine, or a component of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its place in the register, from 1.
    pub number: u64,
    /// Equipment id.
    pub tag: String,
    /// Its name.
    pub name: String,
    /// Serial number.
    pub serial: String,
    /// Barcode.
    pub barcode: String,
    /// Who made it.
    pub manufacturer: String,
    /// Model.
    pub model: String,
    /// Day of installation, `YYYY-MM-DD`.
    pub installed: String,
    /// Whether it is out of use.
    pub retired: bool,
    /// The number of the machine it belongs to.
    pub parent: Option<u64>,
}

/// The machines of every double that is given no others.
pub(super) fn usual() -> Vec<Machine> {
    (1..=7)
        .map(|number| Machine {
            number,
            tag: format!("VMC-10{number:02}"),
            name: format!("Vertical machining centre {number}"),
            serial: format!("SN-77{number:03}"),
            barcode: format!("9000{number:04}"),
            manufacturer: if number % 2 == 0 { "Haas" } else { "DMG Mori" }.to_owned(),
            model: format!("DMC {number}50 V"),
            installed: format!("20{:02}-03-01", 10 + number),
            retired: number == 7,
            parent: None,
        })
        .collect()
}

/// The machines and components of one site of asset lists, each a CSV that `millwright import assets`
/// takes. A row replaces that of the same tag in an earlier list.
///
/// # Errors
/// A list that does not read, or no machine at the site.
pub fn of_site(lists: &[Vec<u8>], site: &str) -> anyhow::Result<Vec<Machine>> {
    let mut places: HashMap<String, Option<u64>> = HashMap::from([(site.to_owned(), None)]);
    let mut machines: Vec<Machine> = Vec::new();
    for row in rows(lists)? {
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        let (tag, kind) = (cell("tag"), cell("kind"));
        let Some(above) = places.get(&cell("parent")).copied() else { continue };
        if kind != "machine" && kind != "component" {
            places.insert(tag, above);
            continue;
        }
        let number = machines.len() as u64 + 1;
        places.insert(tag.clone(), Some(number));
        machines.push(Machine {
            number,
            tag,
            name: cell("name"),
            serial: cell("serial_number"),
            barcode: cell("barcode"),
            manufacturer: cell("manufacturer"),
            model: cell("model"),
            installed: cell("installed_on"),
            retired: cell("status") == "decommissioned",
            parent: above,
        });
    }
    ensure!(!machines.is_empty(), "there is no machine at {site}");
    Ok(machines)
}

fn rows(lists: &[Vec<u8>]) -> anyhow::Result<Vec<HashMap<String, String>>> {
    let mut rows: Vec<HashMap<String, String>> = Vec::new();
    for list in lists {
        for row in csv::Reader::from_reader(list.as_slice()).deserialize() {
            let row: HashMap<String, String> = row.context("an asset list does not read")?;
            match rows.iter_mut().find(|known| known.get("tag") == row.get("tag")) {
                Some(known) => *known = row,
                None => rows.push(row),
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "tag,kind,parent,name,serial_number,status\n\
                        EAST,site,,East,,active\n\
                        L1,line,EAST,Line,,active\n\
                        M-1,machine,L1,Mill,S-1,active\n\
                        M-1-SP,component,M-1,Spindle,,decommissioned\n\
                        WEST,site,,West,,active\n\
                        M-2,machine,WEST,Mill,S-2,active\n";

    #[test]
    fn a_register_holds_the_machines_of_one_site_below_each_other() {
        let lists = [LIST.as_bytes().to_vec()];
        let east = of_site(&lists, "EAST").unwrap();
        let told: Vec<_> =
            east.iter().map(|one| (one.tag.as_str(), one.parent, one.retired)).collect();
        assert_eq!(told, [("M-1", None, false), ("M-1-SP", Some(1), true)]);
        assert_eq!(of_site(&lists, "WEST").unwrap()[0].serial, "S-2");
        assert!(of_site(&lists, "NORTH").is_err());
    }

    #[test]
    fn a_later_list_changes_and_adds() {
        let later = "tag,kind,parent,name,serial_number,status\n\
                     M-2,machine,WEST,Mill,S-3,active\n\
                     M-3,machine,WEST,Saw,S-4,active\n";
        let lists = [LIST.as_bytes().to_vec(), later.as_bytes().to_vec()];
        let west = of_site(&lists, "WEST").unwrap();
        let serials: Vec<_> = west.iter().map(|one| one.serial.as_str()).collect();
        assert_eq!(serials, ["S-3", "S-4"]);
    }
}
