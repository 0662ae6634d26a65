//! From an alert to the body of a work order, through the mapping in force.

use std::collections::{BTreeMap, HashMap};

use cmms::manifest::Manifest;
use cmms::template::{Scope, Template};
use domain::ids::ConnectionId;
use domain::views::mapping::{FieldSource, Mapping};
use serde_json::{Value, json};
use store::ScopedTx;
use store::connections::mapping::{self as rows, AlertNames};

use super::catalogue::{FAILURE_CODE, is_fixed, maps_of, read};
use super::check::fitted;
use crate::Error;

/// What templates may name.
pub(super) const NAMES: [&str; 7] =
    ["alert", "prediction", "asset", "decision", "order", "attributes", "site"];

/// Renders bodies for one connection with one version of its mapping.
pub struct Renderer {
    /// The connection.
    pub connection: ConnectionId,
    /// The version; 0 when nothing is published.
    pub version: i32,
    manifest: Manifest,
    mapping: Mapping,
    maps: Value,
    templates: BTreeMap<String, Template>,
    names: HashMap<i64, AlertNames>,
}

/// Renderers of those of the connections that are external, each with what can be said about the
/// alerts. A connection whose manifest no longer reads is left out: its bodies stay as they are.
///
/// # Errors
/// What the database says.
pub async fn renderers(
    tx: &mut ScopedTx,
    wanted: &HashMap<i64, Vec<i64>>,
) -> Result<HashMap<i64, Renderer>, Error> {
    let connections: Vec<i64> = wanted.keys().copied().collect();
    let mut renderers = HashMap::new();
    for row in rows::in_force(tx, &connections).await? {
        let Ok(manifest) = read(&row.system, row.manifest.as_deref()) else { continue };
        let connection = ConnectionId(row.connection_id);
        let mapping = Mapping { fields: row.fields.0, maps: row.maps.0 };
        let alerts = wanted.get(&row.connection_id).map(Vec::as_slice).unwrap_or_default();
        let names = rows::names(tx, connection, alerts).await?;
        let renderer = Renderer::new(connection, row.version, manifest, mapping, names);
        renderers.insert(row.connection_id, renderer);
    }
    Ok(renderers)
}

impl Renderer {
    pub(super) fn new(
        connection: ConnectionId,
        version: i32,
        manifest: Manifest,
        mapping: Mapping,
        names: Vec<AlertNames>,
    ) -> Self {
        let own = mapping.fields.iter().filter(|(name, _)| !is_fixed(name));
        let templates =
            own.filter_map(|(name, field)| Some((name.clone(), template(field).ok()?))).collect();
        Self {
            connection,
            version,
            maps: maps_of(&manifest, &mapping),
            names: names.into_iter().map(|names| (names.alert_id, names)).collect(),
            templates,
            manifest,
            mapping,
        }
    }

    /// The manifest it renders for.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The body as it is sent there: the asset's id of its register, and every mapped field. A field
    /// whose expression cannot work on this alert keeps its usual value.
    pub fn body(&self, alert: i64, usual: &Value) -> Value {
        let mut body = self.with_link(alert, usual);
        let order = body.clone();
        for (name, template) in &self.templates {
            if let (Some(Ok(value)), Some(field)) =
                (self.evaluate(alert, &order, template), self.manifest.fields.get(name))
            {
                let cut = self.mapping.fields.get(name).is_some_and(|own| own.cut);
                body[name] = fitted(field, cut, value);
            }
        }
        if self.version > 0 {
            let known = &self.manifest.maps;
            let maps = self.mapping.maps.iter().filter(|(name, _)| known.contains_key(*name));
            body["value_maps"] = json!(maps.collect::<BTreeMap<_, _>>());
        }
        body
    }

    /// The value of a source before any cut; nothing for an alert that is not known.
    pub(super) fn value(
        &self,
        alert: i64,
        usual: &Value,
        field: &FieldSource,
    ) -> Result<Value, String> {
        let template = template(field)?;
        let order = self.with_link(alert, usual);
        self.evaluate(alert, &order, &template).unwrap_or(Ok(Value::Null))
    }

    /// The usual body with the ids of this CMMS: the paired asset and the mapped failure code.
    fn with_link(&self, alert: i64, usual: &Value) -> Value {
        let mut body = usual.clone();
        let Some(names) = self.names.get(&alert) else { return body };
        body["asset"] = names.asset["link"].clone();
        if let Some(codes) = self.mapping.maps.get(FAILURE_CODE) {
            let code = names.alert["failure_mode"].as_str().and_then(|mode| codes.get(mode));
            body["failure_code"] = code.cloned().unwrap_or(Value::Null);
        }
        body
    }

    fn evaluate(
        &self,
        alert: i64,
        order: &Value,
        template: &Template,
    ) -> Option<Result<Value, String>> {
        let names = self.names.get(&alert)?;
        let site = json!({ "tag": names.asset["site"], "name": names.asset["site_name"] });
        let nothing = Value::Null;
        let prediction = names.prediction.as_ref().unwrap_or(&nothing);
        let known = [
            ("alert", &names.alert),
            ("asset", &names.asset),
            ("prediction", prediction),
            ("attributes", &prediction["attributes"]),
            ("decision", names.decision.as_ref().unwrap_or(&nothing)),
            ("order", order),
            ("site", &site),
            ("maps", &self.maps),
        ];
        Some(template.value(&Scope::of(&known)).map_err(|error| error.to_string()))
    }

    /// A value as the CMMS gets it: through the value map of its field, where the manifest has one.
    /// `None`: the map does not know it.
    pub(super) fn sent(&self, name: &str, value: &Value) -> Option<Value> {
        match self.maps.get(name).filter(|_| self.manifest.maps.contains_key(name)) {
            Some(map) if !value.is_null() => map.get(cmms::template::plain(value)).cloned(),
            _ => Some(value.clone()),
        }
    }
}

/// The template of a source, whose names are all known.
pub(super) fn template(field: &FieldSource) -> Result<Template, String> {
    let template = Template::parse(&field.source)?;
    if let Some(root) = template.roots().find(|root| !NAMES.contains(root)) {
        return Err(format!("`{root}` is not known; there are {}", NAMES.join(", ")));
    }
    Ok(template)
}
