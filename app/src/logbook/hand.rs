use domain::views::logbook::{Desk, HandOver, Logbook, OpenPoint, Shift};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Forms;
use super::person::with_plate;
use crate::error::AppError;
use crate::strings::logbook as texts;
use crate::strings::work_orders as orders;
use crate::ui::time::written;
use crate::ui::{
    Button, ButtonKind, Hidden, Icon, Level, Loaded, Notice, Panel, Says, Textarea, TimeStyle,
};

/// Open points, the signatures of the shift before and of this one.
#[component]
pub(super) fn HandPanel(
    /// The shift.
    book: Logbook,
    /// The actions.
    forms: Forms,
) -> impl IntoView {
    let zone = book.time_zone.clone();
    let long = (book.shift.until - book.shift.from).num_hours() > 24;
    let style = if long { TimeStyle::Absolute } else { TimeStyle::Clock };
    let title = texts::hand_over_at(&written(book.shift.until, &zone, style));
    let note = texts::to_shift(&book.after);
    let site = book.site_id.0;
    let taken = book
        .taken
        .filter(|_| book.shift.current)
        .map(|signed| view! { <Before shift=book.before signed zone=zone.clone() site forms /> });
    let open = book.points.iter().filter(|point| point.done_at.is_none()).count();
    let may_tick = book.may_write;
    let none = book.points.is_empty();
    let points: Vec<_> =
        book.points.into_iter().map(|point| view! { <Point point may_tick forms /> }).collect();
    let points = if none {
        view! { <p class="body muted sm">{texts::NO_POINTS} ". " {texts::NO_POINTS_HINT}</p> }
            .into_any()
    } else {
        view! { <ul class="points">{points}</ul> }.into_any()
    };
    let end = match book.hand_over {
        Some(signed) => view! { <Signed shift=book.shift signed zone site forms /> }.into_any(),
        None => view! {
            <footer>
                <span>{texts::carried(open)}</span>
                {book
                    .may_write
                    .then(|| {
                        view! {
                            <button class="btn push" type="button" popovertarget="hand-over">
                                <span class="btn-t">{texts::HAND_OVER}</span>
                            </button>
                        }
                    })}
            </footer>
            <p class="on-paper">
                <span>{texts::OUTGOING}</span>
                <span>{texts::INCOMING}</span>
            </p>
        }
        .into_any(),
    };
    view! {
        <Panel id="hand" class="hand" title note>
            {taken}
            {points}
            {end}
        </Panel>
    }
}

/// One open point with the button that ticks it off.
#[component]
fn Point(
    /// The point.
    point: OpenPoint,
    /// The reader may tick it off.
    may_tick: bool,
    /// The actions.
    forms: Forms,
) -> impl IntoView {
    let done = point.done_at.is_some();
    let label = texts::tick(done, &point.text);
    let text = with_plate(point.text, point.asset);
    let order = point.order.map(|id| {
        let number = orders::number(id.0, point.number.as_deref());
        view! { ", " <a class="nowrap" href=format!("/work-orders/{id}")>{number}</a> }
    });
    let words = if done {
        view! {
            <span><del>{text}</del> {order}
                <span class="sub">{point.done_by.map(|who| texts::done_by(&who))}</span>
            </span>
        }
        .into_any()
    } else {
        view! { <span>{text} {order}</span> }.into_any()
    };
    view! {
        <li data-done=done.then_some("")>
            {may_tick
                .then(|| {
                    view! {
                        <ActionForm action=forms.tick>
                            <Hidden name="point" value=point.id.to_string() />
                            <Hidden name="done" value=(!done).to_string() />
                            <button class="tick" type="submit" aria-pressed=done.to_string() aria-label=label>
                                {done.then(|| view! { <Icon name="check" small=true /> })}
                            </button>
                        </ActionForm>
                    }
                })}
            {words}
        </li>
    }
}

/// What the shift before left, and the signature for it.
#[component]
fn Before(
    /// That shift.
    shift: Shift,
    /// How it was handed over.
    signed: HandOver,
    /// IANA zone of the site.
    zone: String,
    /// The site.
    site: i64,
    /// The actions.
    forms: Forms,
) -> impl IntoView {
    let clock = move |at| written(at, &zone, TimeStyle::Absolute);
    let waits = texts::waits_for_you(&shift, &signed.outgoing, &clock(signed.outgoing_at));
    let notes = (!signed.notes.is_empty())
        .then(|| view! { <p class="sm notes">{signed.notes.clone()}</p> });
    match (signed.incoming, signed.incoming_at) {
        (Some(by), Some(at)) => {
            let taken = texts::taken_from(&signed.outgoing, &by, &clock(at));
            view! {
                <div class="body taken">
                    <p class="sm"><Says level=Level::Ok>{taken}</Says></p>
                    {notes}
                </div>
            }
            .into_any()
        }
        _ => view! {
            <div class="body taken">
                <Notice level=Level::Low>
                    <p>{waits}</p>
                    {notes}
                </Notice>
                {signed.may_take.then(|| view! { <Take shift=shift.key site forms /> })}
            </div>
        }
        .into_any(),
    }
}

/// Signs for the incoming side.
#[component]
fn Take(
    /// Key of the handed-over shift.
    shift: String,
    /// The site.
    site: i64,
    /// The actions.
    forms: Forms,
) -> impl IntoView {
    view! {
        <ActionForm action=forms.take_over>
            <Hidden name="site" value=site.to_string() />
            <Hidden name="shift" value=shift />
            <Button submit=true busy=forms.take_over.pending() busy_text=texts::SIGNING>
                {texts::TAKE_OVER}
            </Button>
        </ActionForm>
    }
}

/// Both signatures of a shift that was handed over.
#[component]
fn Signed(
    /// The shift.
    shift: Shift,
    /// How it was handed over.
    signed: HandOver,
    /// IANA zone of the site.
    zone: String,
    /// The site.
    site: i64,
    /// The actions.
    forms: Forms,
) -> impl IntoView {
    let at = |who: &str, at| format!("{who}, {}", written(at, &zone, TimeStyle::Absolute));
    let outgoing = at(&signed.outgoing, signed.outgoing_at);
    let incoming =
        signed.incoming.as_deref().zip(signed.incoming_at).map(|(who, when)| at(who, when));
    view! {
        <dl class="list body signed">
            <dt>{texts::OUTGOING}</dt>
            <dd><Says level=Level::Ok>{outgoing}</Says></dd>
            <dt>{texts::INCOMING}</dt>
            <dd>
                {match incoming {
                    Some(who) => view! { <Says level=Level::Ok>{who}</Says> }.into_any(),
                    None => view! { <Says level=Level::Unknown>{texts::UNSIGNED}</Says> }.into_any(),
                }}
            </dd>
            {(!signed.notes.is_empty())
                .then(|| {
                    view! {
                        <dt>{texts::NOTES}</dt>
                        <dd>{signed.notes}</dd>
                    }
                })}
        </dl>
        {signed
            .may_take
            .then(|| view! { <div class="body"><Take shift=shift.key site forms /></div> })}
    }
}

/// The question before a shift is signed, with what will be carried over.
#[component]
pub(super) fn HandOverQuestion(
    /// The shift.
    desk: Desk,
    /// The actions.
    forms: Forms,
    /// Its points.
    book: Resource<Result<Logbook, AppError>>,
) -> impl IntoView {
    let open = |book: Logbook| {
        let points: Vec<_> =
            book.points.into_iter().filter(|point| point.done_at.is_none()).collect();
        let carried = texts::carried(points.len());
        let items: Vec<_> = points
            .into_iter()
            .map(|point| view! { <li>{with_plate(point.text, point.asset)}</li> })
            .collect();
        view! {
            <p>{carried}</p>
            <ul class="carried">{items}</ul>
        }
    };
    view! {
        <div class="dialog" popover="auto" id="hand-over" role="dialog" aria-labelledby="hand-over-h">
            <h2 id="hand-over-h">{texts::hand_over_question(&desk.shift)}</h2>
            <Loaded resource=book rows=2 view=open />
            <ActionForm action=forms.hand_over attr:class="stack form">
                <Hidden name="site" value=desk.site_id.to_string() />
                <Hidden name="shift" value=desk.shift.key />
                <Textarea name="notes" id="hand-over-notes" label=texts::HAND_OVER_NOTES />
                <div class="row">
                    <Button
                        kind=ButtonKind::Primary
                        submit=true
                        busy=forms.hand_over.pending()
                        busy_text=texts::SIGNING
                    >
                        {texts::HAND_OVER_NOW}
                    </Button>
                    <button
                        class="btn"
                        type="button"
                        popovertarget="hand-over"
                        popovertargetaction="hide"
                    >
                        {texts::CANCEL}
                    </button>
                </div>
            </ActionForm>
        </div>
    }
}
