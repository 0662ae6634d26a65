//! What the types cannot say: names that must exist, steps that must be there.

mod sql;
mod steps;

use super::{Auth, Manifest, Step, VERSION};
use crate::Identity;
use crate::template::{Expression, Node, Template, is_name};

/// Names every template may use.
const ALWAYS: [&str; 5] = ["settings", "now", "maps", "fields", "place"];
/// Names of an answer.
const ANSWER: [&str; 4] = ["answer", "text", "headers", "status"];

pub(super) fn problems(manifest: &Manifest, yaml: &str) -> Vec<String> {
    let mut check = Check { manifest, yaml, problems: Vec::new() };
    check.whole();
    check.auth(&manifest.auth);
    check.operations();
    check.record();
    check.database();
    check.problems
}

struct Check<'a> {
    manifest: &'a Manifest,
    yaml: &'a str,
    problems: Vec<String>,
}

impl Check<'_> {
    /// Says what is wrong, at the first place that mentions `near`.
    fn say(&mut self, near: &str, what: String) {
        let place = self.yaml.lines().enumerate().find_map(|(row, line)| {
            line.find(near).map(|column| format!("line {} column {}: ", row + 1, column + 1))
        });
        let problem = format!("{}{what}", place.unwrap_or_default());
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn whole(&mut self) {
        let manifest = self.manifest;
        if manifest.manifest != VERSION {
            self.say(
                "manifest:",
                format!(
                    "this program reads version {VERSION} of the schema, not {}",
                    manifest.manifest
                ),
            );
        }
        if !is_name(&manifest.system.replace('-', "_")) {
            self.say(
                &manifest.system,
                "`system` is one word of small letters, digits and dashes".to_owned(),
            );
        }
        let names = manifest
            .settings
            .keys()
            .chain(manifest.secrets.keys())
            .chain(manifest.maps.keys())
            .chain(manifest.fields.keys());
        for name in names.filter(|name| !is_name(name)) {
            self.say(name, format!("`{name}` is no name: small letters, digits and `_`"));
        }
        if manifest.statuses.is_empty() {
            self.say("statuses", "`statuses` is empty".to_owned());
        }
        for rule in &manifest.errors {
            for template in rule.message.iter() {
                self.template(template, &ANSWER, "errors");
            }
            for expression in rule.when.iter().chain(&rule.retry_after) {
                self.expression(expression, &ANSWER, None, "errors");
            }
            if rule.status.is_empty() && rule.when.is_none() {
                self.say("errors", "a rule of `errors` needs `status` or `when`".to_owned());
            }
        }
        if let Some(template) = &manifest.refusal {
            self.template(template, &ANSWER, "refusal");
        }
    }

    fn auth(&mut self, auth: &Auth) {
        let signed_in = ["secret", "session", "request"];
        for template in auth.headers.values().chain(auth.query.values()) {
            self.template(template, &signed_in, "auth");
        }
        if let Some(basic) = &auth.basic {
            self.template(&basic.user, &["secret"], "auth.basic");
            self.template(&basic.password, &["secret"], "auth.basic");
        }
        if let Some(oauth) = &auth.oauth2 {
            let all = [&oauth.token_url, &oauth.client_id, &oauth.client_secret];
            for template in
                all.into_iter().chain(&oauth.scope).chain(&oauth.user).chain(&oauth.password)
            {
                self.template(template, &["secret"], "auth.oauth2");
            }
            if oauth.grant == super::Grant::Password
                && (oauth.user.is_none() || oauth.password.is_none())
            {
                self.say("oauth2", "the password grant needs `user` and `password`".to_owned());
            }
        }
        if let Some(login) = &auth.session {
            self.steps(&login.steps, &["secret"], "auth.session");
            self.steps(&login.out, &["secret", "session"], "auth.session.out");
            if login.steps.is_empty() {
                self.say("session", "`auth.session.steps` is empty".to_owned());
            }
            for template in login.headers.values() {
                self.template(template, &["secret", "session"], "auth.session");
            }
            for expression in login.seconds.iter().chain(&login.until) {
                self.expression(expression, &["session"], None, "auth.session");
            }
        }
        if let Some(csrf) = &auth.csrf {
            self.template(&csrf.path, &[], "auth.csrf");
        }
        if let Some(sign) = &auth.sign {
            self.template(&sign.key, &["secret"], "auth.sign");
            self.template(&sign.over, &["request"], "auth.sign");
            self.template(&sign.value, &["request", "signature"], "auth.sign");
        }
    }

    fn operations(&mut self) {
        let operations = &self.manifest.operations;
        self.some_steps(&operations.connect.steps, &[], "operations.connect");
        for template in operations.connect.who.iter().chain(&operations.connect.version) {
            self.template(template, &["steps"], "operations.connect");
        }
        self.listing(&operations.assets, "operations.assets");
        self.listing(&operations.orders, "operations.orders");
        if let Some(codes) = &operations.failure_codes {
            self.listing(codes, "operations.failure_codes");
            for template in
                [&codes.item.code, &codes.item.name].into_iter().chain(&codes.item.parent)
            {
                self.template(template, &["row"], "operations.failure_codes");
            }
        }
        self.create();
        match (&operations.look_up, self.manifest.identity) {
            (None, Identity::Neither) => {}
            (None, _) => self.say(
                "look_up",
                "`operations.look_up` is missing: only with `identity: neither` may it be"
                    .to_owned(),
            ),
            (Some(_), Identity::Neither) => {
                self.say("identity", "`identity: neither` has no `look_up`".to_owned())
            }
            (Some(find), _) => {
                self.some_steps(&find.steps, &["reference", "page"], "operations.look_up");
                self.expression(&find.rows, &["steps", "reference"], None, "operations.look_up");
                if let Some(only) = &find.only {
                    self.expression(
                        only,
                        &["row", "steps", "reference"],
                        None,
                        "operations.look_up",
                    );
                }
            }
        }
        self.some_steps(&operations.read.steps, &["id"], "operations.read");
        self.expression(&operations.read.rows, &["steps", "id"], None, "operations.read");
        if let Some(only) = &operations.read.only {
            self.expression(only, &["row", "steps", "id"], None, "operations.read");
        }
        for (status, transition) in &operations.transitions {
            self.some_steps(
                &transition.steps,
                &["id", "order", "closure"],
                &format!("operations.transitions.{status}"),
            );
        }
        if let Some(update) = &operations.update {
            self.some_steps(&update.steps, &["id", "order"], "operations.update");
        }
        if let Some(attach) = &operations.attach {
            let (names, place) = (["id", "file"], "operations.attach");
            self.some_steps(&attach.steps, &names, place);
            if let Some(already) = &attach.already {
                self.already(already, &[&names[..], &["secret", "session"]].concat(), &[], place);
            }
        }
    }

    fn create(&mut self) {
        let steps = &self.manifest.operations.create.steps;
        let place = "operations.create";
        self.some_steps(steps, &["order"], place);
        let keeps_id = |step: &Step| {
            step.keep.contains_key("cmms_id")
                && step.already.as_ref().is_none_or(|a| a.keep.contains_key("cmms_id"))
        };
        let record = steps.iter().position(keeps_id);
        if record.is_none() {
            self.say("create:", format!("no step of `{place}` keeps `cmms_id`"));
        }
        for (number, step) in steps.iter().enumerate() {
            let last = number + 1 == steps.len() && number == 0;
            let first = number == 0;
            if step.writes() && !first && !last && step.already.is_none() && !step.repeatable {
                self.say(&format!("name: {}", step.name), format!("after a crash `{}` of `{place}` would be done twice: it needs `already`, or `repeatable: true`", step.name));
            }
            if record == Some(number) && (step.when.is_some() || step.each.is_some()) {
                self.say(
                    &format!("name: {}", step.name),
                    format!(
                        "`{}` keeps `cmms_id` and so may have neither `when` nor `each`",
                        step.name
                    ),
                );
            }
            if step.each.is_some() && number == 0 {
                self.say(
                    &format!("name: {}", step.name),
                    "the first step may have no `each`".to_owned(),
                );
            }
        }
    }

    fn record(&mut self) {
        let record = &self.manifest.record;
        let names = ["row", "steps"];
        let all = [
            Some(&record.cmms_id),
            Some(&record.status),
            record.number.as_ref(),
            record.external_ref.as_ref(),
            record.changed.as_ref(),
            record.version.as_ref(),
            record.created.as_ref(),
            record.assigned_to.as_ref(),
            record.asset.as_ref(),
            record.title.as_ref(),
            record.failure_code.as_ref(),
            record.work_type.as_ref(),
            record.priority.as_ref(),
            record.due.as_ref(),
        ];
        for template in all.into_iter().flatten() {
            self.template(template, &names, "record");
        }
        if let Some(closure) = &record.closure {
            self.node(closure, &names, "record.closure");
        }
        let asset = &self.manifest.operations.assets.item;
        let all = [
            Some(&asset.id),
            Some(&asset.name),
            asset.tag.as_ref(),
            asset.serial.as_ref(),
            asset.barcode.as_ref(),
            asset.manufacturer.as_ref(),
            asset.model.as_ref(),
            asset.installed.as_ref(),
            asset.criticality.as_ref(),
            asset.parent.as_ref(),
            asset.location.as_ref(),
            asset.changed.as_ref(),
        ];
        for template in all.into_iter().flatten() {
            self.template(template, &["row"], "operations.assets.item");
        }
        if let Some(retired) = &asset.retired {
            self.expression(retired, &["row"], None, "operations.assets.item");
        }
        if let Some(webhook) = &self.manifest.webhook {
            self.template(&webhook.id, &["body"], "webhook");
            for template in webhook.event.iter().chain(&webhook.time) {
                self.template(template, &["body", "headers"], "webhook");
            }
            if let super::Verify::Hmac { over, .. } = &webhook.verify {
                self.template(over, &["body", "headers"], "webhook");
            }
        }
    }

    fn template(&mut self, template: &Template, names: &[&str], place: &str) {
        template.expressions().for_each(|one| self.expression(one, names, None, place));
    }

    fn node(&mut self, node: &Node, names: &[&str], place: &str) {
        let mut seen: Vec<(Expression, Vec<String>)> = Vec::new();
        node.walk(&mut Vec::new(), &mut |expression, bound| {
            seen.push((expression.clone(), bound.iter().map(|&name| name.to_owned()).collect()));
        });
        for (expression, bound) in &seen {
            let names: Vec<&str> =
                names.iter().copied().chain(bound.iter().map(String::as_str)).collect();
            self.expression(expression, &names, None, place);
        }
    }

    /// `before` are the steps it may read; none given, any.
    fn expression(
        &mut self,
        expression: &Expression,
        names: &[&str],
        before: Option<&[&str]>,
        place: &str,
    ) {
        for path in expression.paths() {
            let name = path[0].as_str();
            if !ALWAYS.contains(&name) && !names.contains(&name) {
                self.say(
                    &path.join("."),
                    format!("`{}` of `{place}`: there is no `{name}` here", path.join(".")),
                );
                continue;
            }
            let manifest = self.manifest;
            let missing = path.get(1).is_some_and(|one| match name {
                "settings" => !manifest.settings.contains_key(one) && one != "base_url",
                "secret" => !manifest.secrets.contains_key(one),
                "maps" => !manifest.maps.contains_key(one),
                "fields" => !manifest.fields.contains_key(one),
                "steps" => before.is_some_and(|before| !before.contains(&one.as_str())),
                _ => false,
            });
            if missing {
                self.say(
                    &path.join("."),
                    format!("`{}` of `{place}` is not declared", path.join(".")),
                );
            }
        }
        for (filter, first) in expression.filters() {
            let table = match (filter, first) {
                ("map", Some(table)) if !self.manifest.maps.contains_key(table) => table,
                ("fit", Some(field)) if !self.manifest.fields.contains_key(field) => field,
                _ => continue,
            };
            self.say(
                &format!("'{table}'"),
                format!("`{filter} '{table}'` of `{place}` is not declared"),
            );
        }
    }
}
