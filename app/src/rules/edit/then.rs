use domain::alert::Priority;
use domain::policy::{
    Action, AssignTo, ByCriticality, CreateAs, CreateSpec, Due, HoldUntil, PrioritySpec, Rule,
    WorkType,
};
use leptos::prelude::*;

use super::condition::Wrong;
use super::desk::Desk;
use super::tree::{Kind, Which, work_mut};
use super::value::{number, pick, word};
use crate::strings::alerts as alert_texts;
use crate::strings::rules as texts;

/// The work of an action, read.
struct Work {
    priority: PrioritySpec,
    create_as: Option<CreateAs>,
    assign_to: AssignTo,
    wo_type: WorkType,
    due: Due,
}

impl From<&CreateSpec> for Work {
    fn from(spec: &CreateSpec) -> Self {
        Self {
            priority: spec.priority,
            create_as: Some(spec.create_as),
            assign_to: spec.assign_to.clone(),
            wo_type: spec.wo_type,
            due: spec.due,
        }
    }
}

/// What the rule does.
pub(super) fn then(desk: Desk, at: usize, rule: &Rule, connection: &str) -> AnyView {
    let kind = Kind::of(&rule.then);
    let kinds = Kind::EVERY.iter().map(|k| (k.word().to_owned(), k.label().to_owned())).collect();
    let choose = move |word: String| {
        let kind = Kind::EVERY.into_iter().find(|k| k.word() == word).unwrap_or(Kind::Log);
        desk.reshape("then", |rule| rule.then = kind.from(&rule.then));
    };
    let main = match &rule.then {
        Action::Log(_) => None,
        Action::Review(spec) => {
            Some(Work { create_as: None, ..Work::from(&CreateSpec::from(spec)) })
        }
        Action::Create(spec) => Some(Work::from(spec)),
        Action::Hold(spec) => Some(Work::from(&spec.create)),
    };
    let hold = match &rule.then {
        Action::Hold(spec) => Some(spec.clone()),
        _ => None,
    };
    let shutdown = hold.as_ref().is_some_and(|spec| spec.until == HoldUntil::NextShutdown);
    view! {
        <fieldset class="then">
            <legend>
                <b>{texts::THEN}</b>
                " "
                <span class="muted">{format!("in {connection}")}</span>
            </legend>
            <div class="sentence">
                {pick("then".into(), texts::DO, true, kind.word().into(), kinds, choose)}
                {main.map(|work| fields(desk, "main", Which::Main, work, shutdown))}
                {hold.as_ref().filter(|_| shutdown).map(|spec| lead(desk, spec.lead_hours))}
            </div>
            {hold
                .map(|spec| {
                    let urgent = spec.urgent.as_ref().map(Work::from);
                    let chosen = if urgent.is_some() { "create" } else { "ask" };
                    let options = vec![
                        ("ask".into(), texts::URGENT_ASK.into()),
                        ("create".into(), texts::URGENT_CREATE.into()),
                    ];
                    let create = spec.create;
                    view! {
                        <div class="sentence">
                            <span>{texts::URGENT}</span>
                            {pick("urgent".into(), texts::URGENT, true, chosen.into(), options, move |word| {
                                let create = create.clone();
                                desk.reshape("urgent", |rule| {
                                    if let Action::Hold(spec) = &mut rule.then {
                                        spec.urgent = (word == "create").then_some(create);
                                    }
                                });
                            })}
                            {urgent.map(|work| fields(desk, "urgent", Which::Urgent, work, false))}
                        </div>
                    }
                })}
            <Wrong desk place=format!("rules[{at}].then") below=true />
        </fieldset>
    }
    .into_any()
}

fn lead(desk: Desk, hours: f64) -> AnyView {
    view! {
        <span>{texts::LEAD_HOURS}</span>
        {number("lead".into(), texts::LEAD_HOURS, hours.to_string(), ("any", "0", "8760"), move |text| {
            let hours = text.trim().parse().unwrap_or(-1.0);
            desk.edit(|rule| if let Action::Hold(spec) = &mut rule.then { spec.lead_hours = hours });
        })}
        <span>{texts::HOURS}</span>
    }
    .into_any()
}

fn change(desk: Desk, which: Which, change: impl FnOnce(super::tree::WorkMut<'_>)) {
    desk.edit(|rule| {
        if let Some(work) = work_mut(rule, which) {
            change(work);
        }
    });
}

fn reshape(desk: Desk, which: Which, focus: String, change: impl FnOnce(super::tree::WorkMut<'_>)) {
    desk.reshape(focus, |rule| {
        if let Some(work) = work_mut(rule, which) {
            change(work);
        }
    });
}

fn fields(desk: Desk, name: &'static str, which: Which, work: Work, shutdown: bool) -> AnyView {
    view! {
        {priority(desk, name, which, work.priority)}
        {work
            .create_as
            .map(|create_as| {
                let options = CreateAs::ALL
                    .iter()
                    .map(|c| (c.as_str().to_owned(), texts::create_as(*c).to_owned()))
                    .collect();
                view! {
                    <span>{texts::AS}</span>
                    {pick(format!("{name}-as"), texts::AS, true, create_as.as_str().into(), options, move |word| {
                        if let Ok(create_as) = word.parse() {
                            change(desk, which, |work| {
                                if let Some(place) = work.create_as { *place = create_as }
                            });
                        }
                    })}
                }
            })}
        {kind_of_work(desk, name, which, work.wo_type)}
        {assign(desk, name, which, &work.assign_to, shutdown)}
        {due(desk, name, which, work.due, shutdown)}
    }
    .into_any()
}

fn priorities() -> Vec<(String, String)> {
    (1..=5_u8).map(|n| (n.to_string(), alert_texts::priority(n))).collect()
}

fn parsed(word: &str) -> Priority {
    word.parse().ok().and_then(Priority::new).unwrap_or(Priority::MEDIUM)
}

fn priority(desk: Desk, name: &'static str, which: Which, spec: PrioritySpec) -> AnyView {
    const BY: &str = "by";
    let id = format!("{name}-priority");
    let mut options = priorities();
    options.push((BY.to_owned(), texts::BY_CRITICALITY.to_owned()));
    let (chosen, by) = match spec {
        PrioritySpec::Fixed(p) => (p.get().to_string(), None),
        PrioritySpec::ByCriticality(by) => (BY.to_owned(), Some(by)),
    };
    let focus = id.clone();
    let first = pick(id, texts::PRIORITY, true, chosen, options, move |word| {
        reshape(desk, which, focus.clone(), |work| {
            let now = work.priority.resolve(true);
            *work.priority = if word == BY {
                PrioritySpec::ByCriticality(ByCriticality { critical: now, otherwise: now })
            } else {
                PrioritySpec::Fixed(parsed(&word))
            };
        });
    });
    let rest = by.map(|by| {
        view! {
            <span>{texts::IF_CRITICAL}</span>
            {pick(format!("{name}-critical"), texts::IF_CRITICAL, true, by.critical.get().to_string(), priorities(), move |word| {
                change(desk, which, |work| {
                    if let PrioritySpec::ByCriticality(by) = work.priority { by.critical = parsed(&word) }
                });
            })}
            <span>{texts::OTHERWISE}</span>
            {pick(format!("{name}-otherwise"), texts::OTHERWISE, true, by.otherwise.get().to_string(), priorities(), move |word| {
                change(desk, which, |work| {
                    if let PrioritySpec::ByCriticality(by) = work.priority { by.otherwise = parsed(&word) }
                });
            })}
        }
    });
    view! {
        <span>{texts::PRIORITY}</span>
        {first}
        {rest}
    }
    .into_any()
}

fn kind_of_work(desk: Desk, name: &'static str, which: Which, kind: WorkType) -> AnyView {
    let options = WorkType::ALL
        .iter()
        .map(|k| (k.as_str().to_owned(), texts::work_type(*k).to_owned()))
        .collect();
    view! {
        <span>{texts::KIND}</span>
        {pick(format!("{name}-kind"), texts::KIND, true, kind.as_str().into(), options, move |word| {
            if let Ok(kind) = word.parse() {
                change(desk, which, |work| *work.wo_type = kind);
            }
        })}
    }
    .into_any()
}

fn assign(desk: Desk, name: &'static str, which: Which, to: &AssignTo, shutdown: bool) -> AnyView {
    let id = format!("{name}-assign");
    let (chosen, who) = match to {
        AssignTo::PlannerQueue => ("queue", None),
        AssignTo::ShutdownCrew => ("shutdown", None),
        AssignTo::Crew(who) => ("crew", Some((who.clone(), true))),
        AssignTo::Person(who) => ("person", Some((who.clone(), false))),
    };
    let mut options = vec![
        ("queue".to_owned(), texts::assign_to(&AssignTo::PlannerQueue)),
        ("crew".to_owned(), "a crew".to_owned()),
        ("person".to_owned(), "a person".to_owned()),
    ];
    if shutdown || chosen == "shutdown" {
        options.insert(1, ("shutdown".to_owned(), texts::assign_to(&AssignTo::ShutdownCrew)));
    }
    let focus = id.clone();
    let first = pick(id, texts::ASSIGN, true, chosen.into(), options, move |word| {
        reshape(desk, which, focus.clone(), |work| {
            *work.assign_to = match word.as_str() {
                "shutdown" => AssignTo::ShutdownCrew,
                "crew" => AssignTo::Crew(String::new()),
                "person" => AssignTo::Person(String::new()),
                _ => AssignTo::PlannerQueue,
            };
        });
    });
    let rest = who.map(|(who, crew)| {
        let known = desk
            .words
            .with_value(|words| if crew { words.crews.clone() } else { words.people.clone() });
        word(format!("{name}-who"), texts::WHO, who, known, move |text| {
            change(desk, which, |work| {
                *work.assign_to = if crew { AssignTo::Crew(text) } else { AssignTo::Person(text) };
            });
        })
    });
    view! {
        <span>{texts::ASSIGN}</span>
        {first}
        {rest}
    }
    .into_any()
}

fn due(desk: Desk, name: &'static str, which: Which, spec: Due, shutdown: bool) -> AnyView {
    let id = format!("{name}-due");
    let (chosen, hours) = match spec {
        Due::WindowEnd => ("window", None),
        Due::ShutdownEnd => ("shutdown", None),
        Due::Hours(n) => ("hours", Some(n)),
    };
    let mut options = vec![
        ("window".to_owned(), texts::due(Due::WindowEnd)),
        ("hours".to_owned(), "after creation, in hours".to_owned()),
    ];
    if shutdown || chosen == "shutdown" {
        options.insert(1, ("shutdown".to_owned(), texts::due(Due::ShutdownEnd)));
    }
    let focus = id.clone();
    let first = pick(id, texts::DUE, true, chosen.into(), options, move |word| {
        reshape(desk, which, focus.clone(), |work| {
            *work.due = match word.as_str() {
                "shutdown" => Due::ShutdownEnd,
                "hours" => Due::Hours(168.0),
                _ => Due::WindowEnd,
            };
        });
    });
    let rest = hours.map(|n| {
        number(
            format!("{name}-hours"),
            texts::HOURS,
            n.to_string(),
            ("any", "1", "87600"),
            move |text| {
                let hours = text.trim().parse().unwrap_or(0.0);
                change(desk, which, |work| *work.due = Due::Hours(hours));
            },
        )
    });
    view! {
        <span>{texts::DUE}</span>
        {first}
        {rest}
    }
    .into_any()
}
