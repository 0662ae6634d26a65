//! The fields of a connection's work orders, and the mapping people are looking at.

use std::collections::BTreeMap;

use cmms::manifest::{self, Field, FieldKind, Manifest};
use domain::ids::ConnectionId;
use domain::views::mapping::{FieldSource, Mapping};
use serde_json::Value;
use store::ScopedTx;
use store::connections::mapping::{self as rows, MappedConnection, MappingRow};

use crate::Error;

/// Fields that are always ours: the reference, the paired asset, the parts.
const FIXED: [&str; 3] = ["external_ref", "asset", "spare_parts"];
/// The value map of failure codes: ours are failure modes.
pub(super) const FAILURE_CODE: &str = "failure_code";

/// The value map of criticality: ours are the words of assets, theirs those of the register.
pub(super) const CRITICALITY: &str = "criticality";

/// A connection with its fields and versions.
pub struct Catalogue {
    /// The connection.
    pub connection: MappedConnection,
    pub(super) manifest: Manifest,
    /// Newest first.
    pub(super) versions: Vec<MappingRow>,
}

impl Catalogue {
    /// The catalogue of a connection, by its name in addresses.
    ///
    /// # Errors
    /// [`Error::NotFound`]; `manifest_refused` when its manifest does not read.
    pub async fn of(tx: &mut ScopedTx, slug: &str) -> Result<Self, Error> {
        let connection = rows::connection(tx, slug).await?.ok_or(Error::NotFound)?;
        let manifest = read(&connection.system, connection.manifest.as_deref())?;
        let manifest = without_unread(manifest, &connection);
        let versions = rows::versions(tx, ConnectionId(connection.id)).await?;
        Ok(Self { connection, manifest, versions })
    }

    pub(super) fn id(&self) -> ConnectionId {
        ConnectionId(self.connection.id)
    }

    /// The draft, else what is in force.
    pub(super) fn draft(&self) -> Mapping {
        let newest = self.versions.first();
        newest.map(|row| row.content.clone().into()).unwrap_or_default()
    }

    pub(super) fn drafted(&self) -> Option<i32> {
        self.versions.first().filter(|row| row.state == "draft").map(|row| row.version)
    }

    pub(super) fn fields(&self) -> &BTreeMap<String, Field> {
        &self.manifest.fields
    }
}

/// Without the fields that its create does not take from the order: those are settings.
fn without_unread(mut manifest: Manifest, connection: &MappedConnection) -> Manifest {
    let builtin = manifest::builtin().iter().find(|(system, _)| *system == connection.system);
    let yaml = connection.manifest.as_deref().or(builtin.map(|(_, yaml)| *yaml));
    let yaml = yaml.unwrap_or_default();
    manifest.fields.retain(|name, _| is_fixed(name) || yaml.contains(&format!("order.{name}")));
    manifest
}

/// A manifest: a connection's own, else the one that comes with the program.
pub(super) fn read(system: &str, own: Option<&str>) -> Result<Manifest, Error> {
    let read = match own {
        Some(yaml) => Some(Manifest::read(yaml)),
        None => manifest::find(system),
    };
    let refused = |why: String| Error::conflict("manifest_refused", why);
    read.ok_or_else(|| refused(format!("there is no manifest `{system}`")))?
        .map_err(|refusal| refused(refusal.to_string()))
}

pub(super) fn is_fixed(field: &str) -> bool {
    FIXED.contains(&field)
}

/// Where a field comes from when nobody has said so.
pub(super) fn usual(name: &str, field: &Field) -> FieldSource {
    FieldSource { source: format!("${{order.{name}}}"), cut: field.cut }
}

pub(super) fn source_of<'a>(
    mapping: &'a Mapping,
    name: &str,
    field: &Field,
) -> std::borrow::Cow<'a, FieldSource> {
    match mapping.fields.get(name).filter(|_| !is_fixed(name)) {
        Some(own) => std::borrow::Cow::Borrowed(own),
        None => std::borrow::Cow::Owned(usual(name, field)),
    }
}

/// The value maps that rendering goes through: the manifest's, then the mapping's.
pub(super) fn maps_of(manifest: &Manifest, mapping: &Mapping) -> Value {
    let mut maps = manifest.maps.clone();
    maps.extend(mapping.maps.clone());
    serde_json::json!(maps)
}

pub(super) const fn kind_word(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Number => "number",
        FieldKind::Time => "time",
        FieldKind::Code => "code",
        FieldKind::Reference => "reference",
        FieldKind::Rows => "rows",
    }
}
