//! Statements: what they may touch, where they may stand, and that every value is given.

use super::Check;
use crate::manifest::{Does, Driver, Sql, Step};

impl Check<'_> {
    /// Everything about SQL, or that there is none.
    pub(super) fn database(&mut self) {
        let manifest = self.manifest;
        if let Some(sql) = &manifest.sql {
            self.way(sql);
        }
        let operations = &manifest.operations;
        let mut reading: Vec<&Step> = vec![&operations.assets.step, &operations.orders.step];
        reading.extend(operations.failure_codes.iter().map(|codes| &codes.step));
        reading.extend(&operations.connect.steps);
        reading.extend(operations.look_up.iter().flat_map(|find| &find.steps));
        reading.extend(&operations.read.steps);
        let mut changing: Vec<&Step> = operations.create.steps.iter().collect();
        let all = operations.transitions.values().chain(&operations.update);
        changing.extend(all.flat_map(|change| &change.steps));
        changing.extend(operations.attach.iter().flat_map(|attach| &attach.steps));
        reading.extend(
            changing.iter().filter_map(|step| step.already.as_ref()).map(|already| &already.step),
        );
        let files = operations.attach.iter().filter_map(|attach| attach.already.as_ref());
        reading.extend(files.map(|already| &already.step));
        reading.iter().for_each(|step| self.statement(step, true));
        changing.iter().for_each(|step| self.statement(step, false));
        let login = manifest.auth.session.iter().flat_map(|login| &login.steps);
        login.for_each(|step| self.statement(step, true));
    }

    fn way(&mut self, sql: &Sql) {
        for role in [Some(&sql.reader), sql.writer.as_ref()].into_iter().flatten() {
            self.template(&role.user, &["secret"], "sql");
            self.template(&role.password, &["secret"], "sql");
        }
        match (&sql.connect, sql.driver) {
            (Some(connect), Driver::Odbc) => {
                self.template(connect, &["host", "port", "database", "user", "password"], "sql");
            }
            (None, Driver::Odbc) => {
                self.say("driver:", "`driver: odbc` needs `sql.connect`".to_owned());
            }
            (Some(_), _) => {
                self.say("connect:", "`sql.connect` is for `driver: odbc`".to_owned());
            }
            (None, _) => {}
        }
    }

    fn statement(&mut self, step: &Step, reads: bool) {
        let near = format!("name: {}", step.name);
        let Some(statement) = &step.sql else {
            if step.path.is_none() {
                self.say(&near, format!("`{}` has neither `path` nor `sql`", step.name));
            } else if self.manifest.sql.is_some() {
                self.say(&near, format!("`{}`: with `sql:` every step is SQL", step.name));
            }
            return;
        };
        let near = step.sql.as_ref().map_or(near, |_| self.place_of(step));
        let mut say = |what: String| self.say(&near, format!("`{}` {what}", step.name));
        let http = step.path.is_some()
            || step.query.is_some()
            || step.json.is_some()
            || step.form.is_some()
            || step.xml.is_some()
            || step.bytes.is_some()
            || step.file.is_some()
            || !step.headers.is_empty()
            || step.content_type.is_some();
        if http {
            say("is SQL, and so has no `path`, `query`, headers or body".to_owned());
        }
        if let Some(name) = statement.names().find(|name| !step.with.contains_key(*name)) {
            say(format!("does not give `:{name}` in `with`"));
        }
        if let Some(name) = step.with.keys().find(|name| statement.names().all(|one| one != *name))
        {
            say(format!("gives `{name}`, which the SQL does not use"));
        }
        if reads && statement.writes() {
            say("only reads here, but its SQL writes".to_owned());
        }
        let Some(sql) = &self.manifest.sql else {
            self.say(&near, format!("`{}` is SQL, but the manifest has no `sql:`", step.name));
            return;
        };
        let refused = match statement.does() {
            Does::Insert(table) if !sql.staging.contains(table) => {
                Some(format!("inserts into `{table}`, which is not in `sql.staging`"))
            }
            Does::Call(name) if !sql.procedures.contains(name) => {
                Some(format!("calls `{name}`, which is not in `sql.procedures`"))
            }
            Does::Insert(_) | Does::Call(_) if sql.writer.is_none() => {
                Some("writes, but the manifest has no `sql.writer`".to_owned())
            }
            _ => None,
        };
        if let Some(what) = refused {
            self.say(&near, format!("`{}` {what}", step.name));
        }
    }

    /// The first line of the step's SQL, as it stands in the manifest.
    fn place_of(&self, step: &Step) -> String {
        let text = step.sql.as_ref().map(|statement| statement.text(|_| "\0".to_owned()));
        let text = text.unwrap_or_default();
        let start = text.split(['\n', '\0']).next().unwrap_or_default().trim();
        let folded: Vec<&str> = start.split(' ').take(4).collect();
        folded.join(" ")
    }
}
