//! Calls and lists: what they may name, and that they end.

use std::collections::BTreeSet;

use super::{ANSWER, Check};
use crate::manifest::{Already, Feed, Listing, Page, Step};
use crate::template::{Expression, is_name};

impl Check<'_> {
    pub(super) fn listing<T>(&mut self, listing: &Listing<T>, place: &str) {
        let names = ["page", "since", "secret", "session"];
        self.step(&listing.step, &names, &[], place);
        self.expression(&listing.rows, &[&ANSWER[..], &["page"]].concat(), None, place);
        if let Some(only) = &listing.only {
            self.expression(only, &["row"], None, place);
        }
        let (next, size) = match &listing.page {
            Page::None => (None, 1),
            Page::Number { more, size, .. } | Page::Offset { more, size } => (more.as_ref(), *size),
            Page::Cursor { next, size } | Page::Link { next, size } => (Some(next), *size),
        };
        if !(1..=10_000).contains(&size) {
            self.say("size:", format!("`{place}.page` has 1 to 10000 rows"));
        }
        if let Some(expression) = next {
            self.expression(expression, &[&ANSWER[..], &["page", "rows"]].concat(), None, place);
        }
        let mut reads_since = false;
        each_expression(&listing.step, &mut |expression, _| {
            reads_since |= expression.paths().any(|path| path[0] == "since");
        });
        match (listing.feed, reads_since) {
            (Feed::None, true) => {
                self.say("since", format!("`{place}` uses `since` but its `feed` is none"))
            }
            (Feed::Timestamp { .. } | Feed::Day, false) => {
                self.say("feed", format!("`{place}` never uses `since`: its `feed` is none"));
            }
            _ => {}
        }
    }

    pub(super) fn some_steps(&mut self, steps: &[Step], names: &[&str], place: &str) {
        if steps.is_empty() {
            let near = format!("{}:", place.rsplit('.').next().unwrap_or(place));
            self.say(&near, format!("`{place}.steps` is empty: a step is missing"));
        }
        self.steps(steps, names, place);
    }

    pub(super) fn steps(&mut self, steps: &[Step], names: &[&str], place: &str) {
        let mut known = BTreeSet::new();
        for step in steps {
            if !is_name(&step.name) || !known.insert(step.name.as_str()) {
                self.say(
                    &format!("name: {}", step.name),
                    format!("`{}` of `{place}` needs a name of its own", step.name),
                );
            }
            let before: Vec<&str> =
                known.iter().copied().filter(|name| *name != step.name).collect();
            let names = [names, &["steps", "secret", "session"]].concat();
            self.step(step, &names, &before, &format!("{place}.{}", step.name));
        }
    }

    pub(super) fn step(&mut self, step: &Step, names: &[&str], before: &[&str], place: &str) {
        let bodies = [
            step.json.is_some(),
            step.form.is_some(),
            step.xml.is_some(),
            step.bytes.is_some(),
            step.file.is_some(),
        ];
        if bodies.iter().filter(|there| **there).count() > 1 {
            self.say(&format!("name: {}", step.name), format!("`{place}` has more than one body"));
        }
        if step.each.as_ref().is_some_and(|each| each.at_most == 0 || each.at_most > 500) {
            self.say(
                &format!("name: {}", step.name),
                format!("`{place}` is unbounded: `at_most` is 1 to 500"),
            );
        }
        let item: Vec<&str> = step.each.iter().map(|each| each.name.as_str()).collect();
        let inner = [names, &item].concat();
        let mut seen: Vec<(Expression, Vec<String>)> = Vec::new();
        each_expression(step, &mut |expression, bound| {
            seen.push((expression.clone(), bound.iter().map(|&name| name.to_owned()).collect()));
        });
        for (expression, bound) in &seen {
            let names: Vec<&str> =
                inner.iter().copied().chain(bound.iter().map(String::as_str)).collect();
            self.expression(expression, &names, Some(before), place);
        }
        if let Some(each) = &step.each {
            self.expression(&each.of, names, Some(before), place);
        }
        let answered = [&inner[..], &ANSWER].concat();
        if let Some(that) = &step.expect.that {
            self.expression(that, &answered, Some(before), place);
        }
        for template in step.keep.values() {
            template
                .expressions()
                .for_each(|one| self.expression(one, &answered, Some(before), place));
        }
        if let Some(already) = &step.already {
            self.already(already, &inner, before, place);
        }
    }

    pub(super) fn already(
        &mut self,
        already: &Already,
        names: &[&str],
        before: &[&str],
        place: &str,
    ) {
        if already.step.already.is_some() || already.step.each.is_some() {
            self.say(
                &format!("name: {}", already.step.name),
                format!("`{place}.already` is one plain call"),
            );
        }
        self.step(&already.step, names, before, &format!("{place}.already"));
        let answered = [names, &ANSWER].concat();
        self.expression(&already.when, &answered, Some(before), place);
        for template in already.keep.values() {
            template
                .expressions()
                .for_each(|one| self.expression(one, &answered, Some(before), place));
        }
    }
}

/// Every expression of the call itself, with the names bound around it.
fn each_expression(step: &Step, see: &mut dyn FnMut(&Expression, &[&str])) {
    let templates = [step.path.as_ref(), step.bytes.as_ref(), step.content_type.as_ref()];
    let file = step.file.iter().flat_map(|file| [&file.name, &file.content_type, &file.content]);
    for template in templates.into_iter().flatten().chain(step.headers.values()).chain(file) {
        template.expressions().for_each(|one| see(one, &[]));
    }
    for param in step.with.values() {
        param.template().expressions().for_each(|one| see(one, &[]));
    }
    for node in [&step.query, &step.json, &step.form, &step.xml].into_iter().flatten() {
        node.walk(&mut Vec::new(), &mut |one, bound| see(one, bound));
    }
    if let Some(when) = &step.when {
        see(when, &[]);
    }
}
