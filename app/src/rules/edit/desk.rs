use domain::policy::{Policy, PolicyError, Rule};
use domain::views::rules::{Preview, Words};
use leptos::prelude::*;

use super::tree::{part_mut, plain};

/// What the parts of the editor share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The policy being edited, as it is drawn.
    pub(super) draft: RwSignal<Policy>,
    /// The policy as it was saved last, as it is drawn.
    pub(super) saved: RwSignal<Policy>,
    /// Counts up when the form must be drawn anew; typing a value does not need that.
    pub(super) shape: RwSignal<u32>,
    /// Place of the rule being edited.
    pub(super) at: RwSignal<usize>,
    /// What is wrong with the draft.
    pub(super) problems: Memo<Vec<PolicyError>>,
    /// The last preview, and the policy it is about.
    pub(super) seen: RwSignal<Option<(Policy, Preview)>>,
    /// Words to choose from.
    pub(super) words: StoredValue<Words>,
}

impl Desk {
    pub(super) fn new(policy: Policy, words: Words, at: usize) -> Self {
        let draft = RwSignal::new(policy.clone());
        let problems = Memo::new(move |_| draft.with(|p| p.validate().err().unwrap_or_default()));
        let last = policy.rules.len().saturating_sub(1);
        Self {
            draft,
            saved: RwSignal::new(policy),
            shape: RwSignal::new(0),
            at: RwSignal::new(at.min(last)),
            problems,
            seen: RwSignal::new(None),
            words: StoredValue::new(words),
        }
    }

    /// Changes a value of the rule; the form stays as it is.
    pub(super) fn edit(self, change: impl FnOnce(&mut Rule)) {
        let at = self.at.get_untracked();
        self.draft.update(|policy| {
            if let Some(rule) = policy.rules.get_mut(at) {
                change(rule);
            }
        });
    }

    /// Changes one part of the condition; the form stays as it is.
    pub(super) fn edit_test(self, path: &[usize], change: impl FnOnce(&mut domain::policy::Test)) {
        self.edit(|rule| {
            if let Some(domain::policy::Condition::Test(test)) = part_mut(&mut rule.when, path) {
                change(test);
            }
        });
    }

    /// Changes the rule and draws the form anew, with the focus on the control of that id.
    pub(super) fn reshape(self, focus: impl Into<String>, change: impl FnOnce(&mut Rule)) {
        self.edit(change);
        self.redraw(focus);
    }

    /// Changes the list of rules, chooses one and draws the form anew.
    pub(super) fn arrange(
        self,
        at: usize,
        focus: impl Into<String>,
        change: impl FnOnce(&mut Policy),
    ) {
        self.draft.update(change);
        let last = self.draft.with_untracked(|p| p.rules.len().saturating_sub(1));
        self.at.set(at.min(last));
        self.redraw(focus);
    }

    fn redraw(self, focus: impl Into<String>) {
        let focus = focus.into();
        self.shape.update(|shape| *shape += 1);
        if !focus.is_empty() {
            request_animation_frame(move || focus_on(&focus));
        }
    }

    /// Whether there is something to save.
    pub(super) fn dirty(self) -> bool {
        self.draft.with(|draft| self.saved.with(|saved| draft != saved))
    }

    /// The policy as it is stored.
    pub(super) fn stored(self) -> Policy {
        plain(self.draft.get_untracked())
    }

    /// The problems at exactly this place, or below it.
    pub(super) fn problem(self, place: &str, below: bool) -> Option<String> {
        self.problems.with(|problems| {
            let at = problems.iter().find(|problem| {
                problem.path == place
                    || (below
                        && problem
                            .path
                            .strip_prefix(place)
                            .is_some_and(|rest| rest.starts_with('.')))
            });
            at.map(|problem| problem.message.clone())
        })
    }

    /// How many predictions a part of the rule left, and of how many, by the last preview.
    pub(super) fn left(self, part: usize) -> Option<(i64, i64)> {
        let at = self.at.get();
        let size = self.draft.with(|p| p.rules.get(at).map(|rule| rule.when.size()))?;
        self.seen.with(|seen| {
            let count = seen.as_ref()?.1.rules.get(at)?;
            (count.parts.len() == size).then_some((*count.parts.get(part)?, count.asked))
        })
    }

    /// How many predictions the rule matched, and of how many.
    pub(super) fn matched(self) -> Option<(i64, i64)> {
        let at = self.at.get();
        self.seen.with(|seen| {
            let count = seen.as_ref()?.1.rules.get(at)?;
            Some((count.matched, count.asked))
        })
    }
}

fn focus_on(id: &str) {
    use wasm_bindgen::JsCast;
    let found = document().get_element_by_id(id);
    if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
