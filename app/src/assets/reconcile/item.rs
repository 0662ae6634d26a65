use domain::views::reconcile::{Effect, FieldChange, ItemKind, PlanItem};
use leptos::prelude::*;

use crate::strings::assets;
use crate::strings::reconcile as texts;
use crate::ui::{Level, Plate, Says};

/// The sign of a kind, and how grave it is.
pub(super) const fn mark(kind: ItemKind) -> (&'static str, Option<Level>) {
    match kind {
        ItemKind::Added => ("+", None),
        ItemKind::Changed => ("~", None),
        ItemKind::Moved => ("→", None),
        ItemKind::Missing => ("−", Some(Level::High)),
        ItemKind::Conflict => ("!", Some(Level::High)),
        ItemKind::Duplicate => ("=", Some(Level::Medium)),
        ItemKind::Suggestion => ("?", Some(Level::Medium)),
    }
}

/// One item: ticked at first unless a person must look.
pub(super) fn row(item: PlanItem, edits: bool) -> AnyView {
    let (op, level) = mark(item.kind);
    let named = item.ours.clone().or_else(|| item.theirs.clone());
    let (tag, name) = named.map(|named| (named.tag, named.name)).unwrap_or_default();
    let href = item.ours.as_ref().and_then(|ours| ours.id).map(|id| format!("/assets/{id}"));
    let settled = matches!(item.kind, ItemKind::Conflict | ItemKind::Duplicate);
    let id = item.id.to_string();
    let label = if settled { texts::skip_item(&tag) } else { texts::apply_item(&tag) };
    let tick = edits.then(|| {
        view! {
            <input
                type="checkbox"
                name="items[]"
                value=id
                aria-label=label
                checked=!item.choice
            />
        }
    });
    let what = what(&item);
    let effect = view! { <EffectOf item=item.clone() edits /> };
    view! {
        <tr>
            <td>{tick}</td>
            <td>
                <span class="op" data-sev=level.map(Level::as_str) aria-hidden="true">{op}</span>
                <span class="hidden">{texts::group(item.kind)}</span>
            </td>
            <th scope="row">
                <Plate tag href />
                <span class="sub">{name}</span>
            </th>
            <td>{item.place.clone()}</td>
            <td>
                {what}
                {item
                    .choice
                    .then(|| {
                        view! {
                            <span class="sub">
                                <Says level=Level::Medium>{texts::CHOOSE}</Says>
                            </span>
                        }
                    })}
            </td>
            <td class="muted xs">{effect}</td>
        </tr>
    }
    .into_any()
}

fn what(item: &PlanItem) -> AnyView {
    let detail = &item.detail;
    let theirs = item.theirs.as_ref().map(|one| one.tag.clone()).unwrap_or_default();
    match item.kind {
        ItemKind::Changed | ItemKind::Moved => {
            detail.changes.iter().cloned().map(diff).collect_view().into_any()
        }
        ItemKind::Added => {
            let text = match (&detail.under, &detail.under_new) {
                (None, None) => texts::NEW_WITHOUT_PLACE.to_owned(),
                (_, Some(record)) => texts::new_below(record),
                (Some(_), None) => texts::new(detail.asset_kind),
            };
            view! { {text} }.into_any()
        }
        ItemKind::Missing => {
            let text = texts::missing(detail.absence, item.effect.below);
            view! { {text} }.into_any()
        }
        ItemKind::Suggestion => {
            let name = item.theirs.as_ref().map(|one| one.name.clone()).unwrap_or_default();
            let reasons: Vec<&str> = detail.reasons.iter().map(|r| texts::reason(*r)).collect();
            view! {
                <span class="diff">
                    <span class="muted">{texts::PERHAPS}</span>
                    <ins>{theirs}</ins>
                    <span>{name}</span>
                    <span class="num">{texts::percent(item.score)}</span>
                </span>
                <span class="sub">{reasons.join(", ")}</span>
            }
            .into_any()
        }
        ItemKind::Conflict => {
            let claims = detail
                .claims
                .iter()
                .map(|claim| {
                    view! {
                        <li>{texts::claim(claim.method, &claim.ours, &claim.theirs, &claim.cmms_id)}</li>
                    }
                })
                .collect_view();
            view! { <ul class="claims">{claims}</ul> }.into_any()
        }
        ItemKind::Duplicate => {
            let text = texts::doubled(detail.doubled, &detail.others);
            view! { {text} }.into_any()
        }
    }
}

fn diff(change: FieldChange) -> AnyView {
    let field = assets::field(&change.field).to_lowercase();
    let nothing = || texts::NONE.to_owned();
    view! {
        <span class="diff">
            <span class="muted">{field}</span>
            <del>{change.old.unwrap_or_else(nothing)}</del>
            <span class="arrow" aria-hidden="true">"→"</span>
            <span class="hidden">{texts::BECOMES}</span>
            <ins>{change.new.unwrap_or_else(nothing)}</ins>
        </span>
    }
    .into_any()
}

/// What an item brings along; open work on what is retired must be accepted by its number.
#[component]
fn EffectOf(item: PlanItem, edits: bool) -> impl IntoView {
    let Effect { below, points, alerts, orders, order } = item.effect;
    match item.kind {
        ItemKind::Missing if orders > 0 && edits => {
            let value = format!("{}:{orders}", item.id);
            view! {
                <label class="check">
                    <input type="checkbox" name="accept[]" value=value />
                    <span>{texts::open_orders(orders, order.as_deref())}</span>
                </label>
            }
            .into_any()
        }
        ItemKind::Missing if orders > 0 => {
            view! { {texts::open_orders(orders, order.as_deref())} }.into_any()
        }
        ItemKind::Missing => view! { {texts::NO_OPEN_WORK} }.into_any(),
        ItemKind::Moved => view! { {texts::follows(below, points)} }.into_any(),
        ItemKind::Changed if item.choice && alerts > 0 => {
            view! { {texts::lowers(alerts)} }.into_any()
        }
        _ => ().into_any(),
    }
}
