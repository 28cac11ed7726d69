//! The rules on forms and effects, applied to one answer.

use std::cell::LazyCell;
use std::sync::LazyLock;

use ucks_oracle::account::{Believed, DescribeField, Store};
use ucks_oracle::answer::Outcome;
use ucks_oracle::aspect::Aspect;
use ucks_oracle::decide::TRUE_ERRORS;
use ucks_oracle::judge::{Exercise, Grade};
use ucks_oracle::members::Member;
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::{Force, FormVerdict, JudgedOn, RuleId};
use ucks_oracle::rules::{self, ids};
use ucks_oracle::situation::{Exchange, proxy_message};
use ucks_oracle::wire::{Answer, Request};

use super::{CellOf, Executor, StepResult, plain};

/// An update that was answered, after which Describe agrees with the belief.
pub(super) struct Answered<'a> {
    pub(super) request: &'a Request,
    pub(super) outcome: &'a Outcome,
    /// The members that it gave, but the id.
    pub(super) given: &'a [Member],
    pub(super) cell: CellOf,
    /// The store that it named, as believed before.
    pub(super) before: Option<&'a Store>,
    /// True if no other store was looked at.
    pub(super) alone: bool,
    /// True if the operation before was the same.
    pub(super) repeated: bool,
}

impl Executor<'_> {
    /// The rules on effects that hold when Describe agrees with the belief.
    pub(super) fn effects(&self, update: &Answered<'_>, result: &mut StepResult) {
        let Answered { request, outcome, given, cell, before, alone, repeated } = *update;
        let Some(before) = before else { return };
        let model = &self.context.model;
        let shows = |field| model.shows(before.store_type(), field);
        let known = self.context.decided();
        let mut kept = |rule: RuleId, member: Option<Member>, refusal: bool, decides: &dyn Fn() -> bool| {
            let side = (Exercise { rule, member, aspect: Aspect::EFFECT, refusal }, cell);
            if !known.contains(&side) && decides() {
                result.decided.push(side);
            }
            result.exercised.push(side);
        };
        // The counter-service connects the store, or makes it one of the other type.
        kept(ids::A_04, None, false, &|| shows(DescribeField::State) && !before.state.passes());
        kept(ids::T_12, None, false, &|| shows(DescribeField::Type));
        let changes = LazyCell::new(|| match self.belief.account().store(&before.id) {
            Some(after) if *outcome == Outcome::Success => model.shown_changes(before, after),
            _ => Vec::new(),
        });
        let changed = |member: Member| changes.iter().any(|field| field.member() == Some(member));
        // The counter-service shows the former values for ever.
        kept(ids::A_07, None, false, &|| !changes.is_empty());
        if !alone {
            // It renames another store.
            kept(ids::A_03, None, false, &|| self.stores().iter().any(|id| *id != before.id && self.shows_name(id)));
        }
        if *outcome != Outcome::Success {
            kept(ids::A_02, None, true, &|| self.would_show(request, before));
            if self.previous_unauthenticated(result) {
                result.exercised.push((plain(RuleId("D-06")), cell));
            }
            return;
        }
        for member in given {
            let field = DescribeField::ALL.iter().find(|f| f.member() == Some(*member));
            if field.is_none_or(|f| shows(*f)) {
                kept(ids::A_01, Some(*member), false, &|| changed(*member));
            }
        }
        if given.len() > 1 {
            kept(ids::A_08, None, false, &|| given.iter().filter(|m| changed(**m)).nth(1).is_some());
        }
        if repeated {
            // The counter-service refuses what it has just accepted.
            let refused = || model.assess(self.belief.account(), request).decides(&TRUE_ERRORS, &model.policy);
            kept(ids::A_06, None, false, &refused);
        }
        if let Some(xks) = before.xks().filter(|_| shows(DescribeField::Owner)) {
            let has = |m| given.contains(&m);
            let owned = matches!(xks.owner, Believed::Is(Some(_))) && !has(Member::XksProxyConnectivity);
            if owned && !has(Member::XksProxyVpcEndpointServiceOwner) {
                kept(ids::C_06, None, false, &|| true);
            }
            if has(Member::XksProxyConnectivity)
                && has(Member::XksProxyVpcEndpointServiceName)
                && !has(Member::XksProxyVpcEndpointServiceOwner)
            {
                kept(RuleId("C-08"), None, false, &|| false);
            }
        }
    }

    pub(super) fn previous_unauthenticated(&self, result: &StepResult) -> bool {
        result.exercised.iter().any(|(e, _)| e.rule.group().needs_signatures())
    }

    /// The rules on the form of an update's answer. What is wrong with its code or status is one finding with what the
    /// answer was `judged` to be (W-26); other forms are findings of their own.
    pub(super) fn forms(
        &self,
        request: &Request,
        answer: &Answer,
        outcome: &Outcome,
        mut judged: Vec<Divergence>,
        result: &mut StepResult,
    ) {
        let model = &self.context.model;
        let proxy_message = proxy_message(model.revision, &model.environment, request, self.belief.account());
        let secrets = &self.secrets;
        let exchange = Exchange { revision: model.revision, request, answer, outcome, proxy_message, secrets };
        for rule in rules::at(self.context.model.revision) {
            if let JudgedOn::Form(check) = rule.check {
                match check(&exchange) {
                    FormVerdict::NotApplicable => {}
                    FormVerdict::Conforms => {
                        let side = (plain(rule.id), None);
                        result.exercised.push(side);
                        if !self.context.decided().contains(&side) && model.decides_form(check, &exchange) {
                            result.decided.push(side);
                        }
                    }
                    FormVerdict::Reading(answer) => {
                        result.readings.push((rule.id, answer));
                        result.exercised.push((plain(rule.id), None));
                    }
                    // The expected answer distinguishes one crash from another: see `Model::crash`.
                    FormVerdict::Deviates { .. } if rule.id == ids::W_15 => {}
                    FormVerdict::Deviates { expected, got, member } => {
                        let divergence = Divergence {
                            grade: if rule.force == Force::Must { Grade::Fail } else { Grade::Warn },
                            member: member.map(Member::name),
                            aspect: Aspect::FORM,
                            ..self.simple(rule.id, expected, got)
                        };
                        if rule.id.is_about_the_error() {
                            judged.push(divergence)
                        } else {
                            result.divergences.push(divergence)
                        }
                    }
                }
            }
        }
        result.divergences.extend(Divergence::of_one_answer(judged));
    }

    /// Secrets in the answer of another operation.
    pub(super) fn leaks(&self, request: &Request, answer: &Answer, outcome: &Outcome, result: &mut StepResult) {
        let (revision, secrets) = (self.context.model.revision, &self.secrets);
        let exchange = Exchange { revision, request, answer, outcome, proxy_message: None, secrets };
        static SECRETS: LazyLock<Option<JudgedOn>> = LazyLock::new(|| rules::row(ids::A_05).map(|r| r.check.clone()));
        let Some(JudgedOn::Form(check)) = &*SECRETS else { return };
        if let FormVerdict::Deviates { expected, got, member } = check(&exchange) {
            result.divergences.push(Divergence {
                member: member.map(Member::name),
                aspect: Aspect::FORM,
                ..self.simple(ids::A_05, expected, got)
            });
        }
    }
}
