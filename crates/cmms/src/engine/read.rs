//! Reading: one record, those with our reference, and lists page by page.

use chrono::{DateTime, TimeDelta, Utc};
use domain::cmms_record::CmmsRecord;
use domain::work_order::{Closure, WorkOrderStatus};
use serde_json::{Value, json};

use super::ManifestClient;
use super::heard::StepError;
use super::rows::{AssetRow, Batch, CodeRow, Cursor, OrderRow};
use super::watch::during;
use crate::CallError;
use crate::manifest::{Class, Feed, Find, Listing, Page};
use crate::template::{Expression, Scope, Template, plain, truthy};

/// Pages that a look-up walks at most.
const MOST_PAGES_SOUGHT: u32 = 200;

/// What templates know about a page.
fn page_value(page: &Page, cursor: &Cursor, size: u32) -> Value {
    let first = match page {
        Page::Number { first, .. } => *first,
        _ => 0,
    };
    json!({"number": first + cursor.pages, "offset": cursor.rows, "size": size, "cursor": cursor.next})
}

impl ManifestClient {
    /// One page of the asset register, of all of it or of what has changed.
    ///
    /// # Errors
    /// When there is no readable answer.
    pub async fn assets(
        &self,
        since: Option<DateTime<Utc>>,
        cursor: &Cursor,
    ) -> Result<Batch<AssetRow>, CallError> {
        let listing = &self.manifest.operations.assets;
        let (rows, next) = during("assets", self.page(listing, since, cursor))
            .await
            .map_err(|error| self.call_error(error))?;
        let rows = rows.iter().map(|row| self.asset(row));
        Ok(Batch {
            rows: rows.collect::<Result<_, _>>().map_err(|error| self.call_error(error))?,
            next,
        })
    }

    /// One page of its work orders, of all of them or of those that have changed.
    ///
    /// # Errors
    /// When there is no readable answer.
    pub async fn orders(
        &self,
        since: Option<DateTime<Utc>>,
        cursor: &Cursor,
    ) -> Result<Batch<OrderRow>, CallError> {
        let listing = &self.manifest.operations.orders;
        let (rows, next) = during("orders", self.page(listing, since, cursor))
            .await
            .map_err(|error| self.call_error(error))?;
        let nothing = json!({});
        let rows = rows.iter().map(|row| self.order(row, &nothing));
        Ok(Batch {
            rows: rows.collect::<Result<_, _>>().map_err(|error| self.call_error(error))?,
            next,
        })
    }

    /// One page of its failure codes; `None` when the manifest does not know how.
    pub async fn failure_codes(
        &self,
        cursor: &Cursor,
    ) -> Option<Result<Batch<CodeRow>, CallError>> {
        let listing = self.manifest.operations.failure_codes.as_ref()?;
        let page = during("failure_codes", self.page(listing, None, cursor)).await.and_then(
            |(rows, next)| {
                let rows = rows.iter().map(|row| {
                    let read = self.reader(row);
                    Ok(CodeRow {
                        code: read.needed(&listing.item.code)?,
                        name: read.text(&listing.item.name)?.unwrap_or_default(),
                        parent: read.maybe(&listing.item.parent)?,
                    })
                });
                Ok(Batch { rows: rows.collect::<Result<_, StepError>>()?, next })
            },
        );
        Some(page.map_err(|error| self.call_error(error)))
    }

    /// What the register and the work orders can be asked for.
    pub fn feeds(&self) -> (Feed, Feed) {
        (self.manifest.operations.assets.feed, self.manifest.operations.orders.feed)
    }

    /// Whether a row of the list says as much as a reading of the one work order.
    pub fn lists_whole_orders(&self) -> bool {
        self.manifest.operations.read.steps.len() == 1
    }

    /// What the CMMS calls a priority of ours, where the value map knows.
    pub fn priority_there(&self, priority: i16) -> Option<String> {
        self.maps.get("priority")?.get(priority.to_string()).map(plain)
    }

    /// The work order with that id, as the list has it and with its closure.
    ///
    /// # Errors
    /// When there is no readable answer; that is not an absence.
    pub async fn read_order(&self, cmms_id: &str) -> Result<Option<OrderRow>, CallError> {
        let id = json!(cmms_id);
        let find = &self.manifest.operations.read;
        let rows = match during("read", self.found(find, &[("id", &id)])).await {
            Err(error) if error.class == Some(Class::Missing) => return Ok(None),
            rows => rows.map_err(|error| self.call_error(error))?,
        };
        Ok(rows.into_iter().next())
    }

    pub(super) async fn find_by_reference(
        &self,
        reference: &str,
    ) -> Result<Vec<CmmsRecord>, CallError> {
        let Some(find) = &self.manifest.operations.look_up else { return Ok(Vec::new()) };
        let reference = json!(reference);
        let found = self.found(find, &[("reference", &reference)]).await;
        let mut rows = found.map_err(|error| self.call_error(error))?;
        rows.sort_by_key(|row| row.created);
        let ours =
            |row: OrderRow| CmmsRecord { external_ref: Some(plain(&reference)), ..row.record };
        Ok(rows.into_iter().map(ours).collect())
    }

    /// Walks the pages until one has what is sought; that there is nothing needs the last page.
    async fn found(
        &self,
        find: &Find,
        names: &[(&str, &Value)],
    ) -> Result<Vec<OrderRow>, StepError> {
        let mut cursor = Cursor::default();
        for _ in 0..MOST_PAGES_SOUGHT {
            let (found, next) = self.found_on(find, names, &cursor).await?;
            match next {
                Some(next) if found.is_empty() => cursor = next,
                _ => return Ok(found),
            }
        }
        Err(StepError::unreadable("too many pages to find a record in"))
    }

    async fn found_on(
        &self,
        find: &Find,
        names: &[(&str, &Value)],
        cursor: &Cursor,
    ) -> Result<(Vec<OrderRow>, Option<Cursor>), StepError> {
        let page = page_value(&find.page, cursor, find.page.size());
        let names: Vec<(&str, &Value)> = names.iter().copied().chain([("page", &page)]).collect();
        let kept = self.run(&find.steps, &names).await?;
        let now = self.time();
        let base = self.names(&now);
        let scope = Scope::of(&base);
        let scope = scope.with_all(&names);
        let scope = scope.with("steps", &kept);
        let value = |expression: &Expression| {
            expression.value(&scope).map_err(|error| StepError::unreadable(error.to_string()))
        };
        let rows = match value(&find.rows)? {
            Value::Array(rows) => rows,
            row @ Value::Object(_) => vec![row],
            Value::Null if names.iter().any(|(name, _)| *name == "id") => Vec::new(),
            _ => return Err(StepError::unreadable("unexpected answer: no list of records")),
        };
        let full = !rows.is_empty() && rows.len() >= find.page.size() as usize;
        let next = match &find.page {
            Page::None => None,
            Page::Number { .. } | Page::Offset { .. } => full.then_some(None),
            Page::Cursor { next, .. } => said(value(next)?).map(Some),
            Page::Link { .. } => return Err(StepError::unreadable("a look-up follows no links")),
        };
        let next = next.map(|next| cursor.after(rows.len(), next));
        let mut found = Vec::new();
        for row in rows {
            if self.counts(find.only.as_ref(), &scope, &row)? {
                found.push(self.order(&row, &kept)?);
            }
        }
        Ok((found, next))
    }

    fn counts(
        &self,
        only: Option<&Expression>,
        scope: &Scope<'_>,
        row: &Value,
    ) -> Result<bool, StepError> {
        let Some(only) = only else { return Ok(true) };
        only.holds(&scope.with("row", row))
            .map_err(|error| StepError::unreadable(error.to_string()))
    }

    async fn page<T>(
        &self,
        listing: &Listing<T>,
        since: Option<DateTime<Utc>>,
        cursor: &Cursor,
    ) -> Result<(Vec<Value>, Option<Cursor>), StepError> {
        let since = since.map(|since| match listing.feed {
            Feed::Timestamp { overlap_seconds } => {
                since - TimeDelta::seconds(overlap_seconds.into())
            }
            Feed::Day => since - TimeDelta::days(1),
            Feed::None => since,
        });
        let since = match (since, listing.feed) {
            (None, _) | (_, Feed::None) => Value::Null,
            (Some(since), _) => json!(since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
        };
        let size = listing.page.size().min(self.page_size);
        let page = page_value(&listing.page, cursor, size);
        let now = self.time();
        let names = self.names(&now);
        let base = Scope::of(&names);
        let extra = [("page", &page), ("since", &since)];
        let scope = base.with_all(&extra);
        let link = match listing.page {
            Page::Link { .. } => cursor.next.as_deref(),
            _ => None,
        };
        let heard = match self.call(&listing.step, &scope, link).await {
            Err(error) if error.class == Some(Class::Missing) && cursor.pages > 0 => {
                return Ok((Vec::new(), None));
            }
            heard => heard?,
        };
        let Value::Array(rows) = self.look(&listing.rows, &scope, &heard)? else {
            return Err(StepError::unreadable("unexpected answer: no list of rows"));
        };
        let count = Value::from(rows.len());
        let scope = scope.with("rows", &count);
        let full = !rows.is_empty() && rows.len() >= size as usize;
        let next = match &listing.page {
            Page::None => None,
            Page::Number { more, .. } | Page::Offset { more, .. } => {
                let more = more.as_ref().map(|one| self.holds(one, &scope, &heard)).transpose()?;
                (!rows.is_empty() && more.unwrap_or(full)).then_some(None)
            }
            Page::Cursor { next, .. } => said(self.look(next, &scope, &heard)?).map(Some),
            Page::Link { next, .. } => {
                said(self.look(next, &scope, &heard)?).map(|link| self.own_link(&link))
            }
        };
        let next = next.map(|next| cursor.after(rows.len(), next));
        if next.as_ref().is_some_and(|next| next.next.is_some() && next.next == cursor.next) {
            return Err(StepError::unreadable("unexpected answer: the next page is this page"));
        }
        let mut counted = Vec::with_capacity(rows.len());
        for row in rows {
            if self.counts(listing.only.as_ref(), &scope, &row)? {
                counted.push(row);
            }
        }
        Ok((counted, next))
    }

    fn reader<'a>(&'a self, row: &'a Value) -> Reader<'a> {
        Reader { client: self, row, steps: None, now: self.time() }
    }

    fn asset(&self, row: &Value) -> Result<AssetRow, StepError> {
        let map = &self.manifest.operations.assets.item;
        let read = self.reader(row);
        let retired = match &map.retired {
            Some(expression) => read.value(|scope| expression.value(scope))?,
            None => Value::Null,
        };
        Ok(AssetRow {
            id: read.needed(&map.id)?,
            tag: read.maybe(&map.tag)?,
            name: read.text(&map.name)?.unwrap_or_default(),
            serial: read.maybe(&map.serial)?,
            barcode: read.maybe(&map.barcode)?,
            manufacturer: read.maybe(&map.manufacturer)?,
            model: read.maybe(&map.model)?,
            installed: read.maybe(&map.installed)?,
            criticality: read.maybe(&map.criticality)?,
            parent: read.maybe(&map.parent)?,
            location: read.maybe(&map.location)?,
            retired: truthy(&retired),
            changed: read.time(&map.changed)?,
        })
    }

    fn order(&self, row: &Value, steps: &Value) -> Result<OrderRow, StepError> {
        let map = &self.manifest.record;
        let read = Reader { steps: Some(steps), ..self.reader(row) };
        let cmms_id = read.needed(&map.cmms_id)?;
        let cmms_status = read.text(&map.status)?;
        let status = cmms_status.as_ref().and_then(|status| self.statuses.get(status)).copied();
        let changed = read.time(&map.changed)?;
        let version = match read.maybe(&map.version)? {
            Some(text) => {
                text.parse().map_err(|_| StepError::unreadable("the version is no number"))?
            }
            None => changed.map_or(0, |time| time.timestamp_millis()),
        };
        let assigned_to = read.maybe(&map.assigned_to)?;
        let status = match status {
            Some(WorkOrderStatus::Approved) if assigned_to.is_some() => {
                Some(WorkOrderStatus::Assigned)
            }
            status => status,
        };
        let closure = match &map.closure {
            Some(node) if status == Some(WorkOrderStatus::Closed) => {
                let value = read.value(|scope| node.value(scope))?;
                Some(serde_json::from_value::<Closure>(value).map_err(|error| {
                    StepError::unreadable(format!("the closure cannot be read: {error}"))
                })?)
            }
            _ => None,
        };
        Ok(OrderRow {
            record: CmmsRecord {
                external_ref: read.maybe(&map.external_ref)?,
                number: read.maybe(&map.number)?.unwrap_or_else(|| cmms_id.clone()),
                cmms_id,
                status,
                cmms_status,
                version,
                assigned_to,
                closure,
                updated_at: changed.unwrap_or(DateTime::UNIX_EPOCH),
            },
            asset: read.maybe(&map.asset)?,
            title: read.maybe(&map.title)?,
            failure_code: read.maybe(&map.failure_code)?,
            work_type: read.maybe(&map.work_type)?,
            priority: read.maybe(&map.priority)?,
            due: read.time(&map.due)?,
            created: read.time(&map.created)?,
        })
    }
}

fn said(value: Value) -> Option<String> {
    Some(plain(&value)).filter(|text| !text.is_empty() && text != "false")
}

/// Reads one row.
struct Reader<'a> {
    client: &'a ManifestClient,
    row: &'a Value,
    steps: Option<&'a Value>,
    now: Value,
}

impl Reader<'_> {
    fn value(
        &self,
        of: impl Fn(&Scope<'_>) -> Result<Value, crate::template::TemplateError>,
    ) -> Result<Value, StepError> {
        let names = self.client.names(&self.now);
        let base = Scope::of(&names);
        let row = base.with("row", self.row);
        let nothing = Value::Null;
        let scope = row.with("steps", self.steps.unwrap_or(&nothing));
        of(&scope).map_err(|error| StepError::unreadable(error.to_string()))
    }

    fn text(&self, template: &Template) -> Result<Option<String>, StepError> {
        let value = self.value(|scope| template.value(scope))?;
        let text = plain(&value);
        Ok(Some(text.trim().to_owned())
            .filter(|text| !text.is_empty() && value != Value::Bool(false)))
    }

    fn maybe(&self, template: &Option<Template>) -> Result<Option<String>, StepError> {
        template.as_ref().map_or(Ok(None), |template| self.text(template))
    }

    fn needed(&self, template: &Template) -> Result<String, StepError> {
        self.text(template)?
            .ok_or_else(|| StepError::unreadable("unexpected answer: a row without an id"))
    }

    fn time(&self, template: &Option<Template>) -> Result<Option<DateTime<Utc>>, StepError> {
        let Some(text) = self.maybe(template)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| StepError::unreadable(format!("`{text}` is no time")))
    }
}
