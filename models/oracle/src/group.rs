//! The groups of rules, with everything that the oracle and the suite decide by a rule's group.
//!
//! To add a group, add one entry to the table below: its letter and title, and where it differs from the defaults of
//! `Traits::of`. Other code asks for the traits of a group, and does not match on groups.

use std::fmt;

use crate::rule::RuleId;

/// The distinction between stores: a rule may hold for one store and be broken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinct {
    /// Not at all.
    None,
    /// By type.
    Type,
    /// By type, and by the column of the gates that the state belongs to.
    Column,
    /// By type and state.
    State,
}

/// The distinction between two cases of one rule in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseDistinction {
    /// Nothing.
    None,
    /// The form of the request.
    Request,
    /// The form of the id.
    Id,
    /// The fixture that the request names last.
    Fixture,
    /// The member, if it is the only one.
    Member,
}

/// The part of a profile that rules of the group need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileNeeds {
    /// CloudHSM clusters.
    Clusters,
    /// VPC endpoint services.
    Services,
    /// Proxies.
    Proxies,
    /// Identities with which the target checks signatures.
    Signatures,
}

/// The impact of a deviation on the users of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Another operation does not work, so that less can be judged.
    Companion,
    /// Data is stored, shown or changed otherwise than requested.
    Data,
    /// A change is accepted that the store's state forbids.
    State,
    /// A value is accepted that another store uses.
    InUse,
    /// A store is accepted that does not exist.
    Unknown,
    /// A member of another type of store is accepted.
    OtherType,
    /// Clusters, endpoint services or proxies are not checked.
    Environment,
    /// Invalid input is accepted.
    Input,
    /// An answer has another form.
    Form,
    /// Another error is returned.
    Error,
}

/// Everything that is decided by a rule's group.
#[derive(Clone, Copy, Debug)]
pub struct Traits {
    /// The letter before the dash of the group's ids.
    pub letter: &'static str,
    /// The title.
    pub title: &'static str,
    /// Which stores the finding of a rule is about: divergences in different cells are different findings.
    pub finding_cell: Distinct,
    /// Which stores the plan tries the rule with.
    pub plan_cell: Distinct,
    /// Which cases of a rule the plan tries in one cell.
    pub plan_form: CaseDistinction,
    /// The part of a profile that its rules need.
    pub needs: Option<ProfileNeeds>,
    /// The impact of a deviation.
    pub impact: Impact,
    /// A permission of the group is blamed for an error that denies it before the error that was expected.
    pub blamed_for_denial: bool,
    /// Two updates at once may break it together although each alone keeps it.
    pub raced: bool,
    /// Its cases can be sent to a target in which nothing may be created.
    pub without_store: bool,
    /// A deserializer alone can be judged by it.
    pub of_deserializer: bool,
    /// A service of somebody else is judged by it under a fuzzer: it needs no environment and no certain state.
    pub of_fuzzed_service: bool,
    /// Its rules say which of several violations is reported: an error that breaks one of them may show that the check
    /// for another violation is missing.
    pub orders_errors: bool,
    /// Almost every answer decides it, so that it names an input of the fuzzers only where nothing else does.
    pub general: bool,
}

impl Traits {
    /// A group whose rules look at the request alone, the same in each cell.
    const fn of(letter: &'static str, title: &'static str) -> Traits {
        Traits {
            letter,
            title,
            finding_cell: Distinct::None,
            plan_cell: Distinct::None,
            plan_form: CaseDistinction::None,
            needs: None,
            impact: Impact::Error,
            blamed_for_denial: false,
            raced: false,
            without_store: false,
            of_deserializer: false,
            of_fuzzed_service: false,
            orders_errors: false,
            general: false,
        }
    }
}

macro_rules! groups {
    ($($(#[$doc:meta])* $group:ident = $letter:literal, $title:literal { $($field:ident: $value:expr),* $(,)? })+) => {
        /// A group of rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Group { $($(#[$doc])* $group),+ }

        impl Group {
            /// Every group, in the order of the rule book.
            pub const ALL: &'static [Group] = &[$(Group::$group),+];

            /// Everything that is decided by the group.
            pub fn traits(self) -> &'static Traits {
                match self { $(Group::$group => {
                    const TRAITS: Traits = Traits { $($field: $value,)* ..Traits::of($letter, $title) };
                    &TRAITS
                }),+ }
            }
        }
    };
}

groups! {
    /// Requests, answers and their forms.
    Wire = "W", "wire: requests, answers and their forms" {
        plan_form: CaseDistinction::Request,
        impact: Impact::Form,
        blamed_for_denial: true,
        without_store: true,
        of_deserializer: true,
        of_fuzzed_service: true,
    }
    /// Constraints of single members.
    Shape = "S", "shape constraints" {
        plan_form: CaseDistinction::Request,
        impact: Impact::Input,
        blamed_for_denial: true,
        without_store: true,
        of_deserializer: true,
        of_fuzzed_service: true,
    }
    /// True if there is a store with the id.
    Existence = "E", "existence" { plan_form: CaseDistinction::Id, impact: Impact::Unknown, without_store: true }
    /// Which members belong to which type of store.
    Kind = "T", "members and the store's type" {
        finding_cell: Distinct::Type,
        plan_cell: Distinct::Column,
        impact: Impact::OtherType,
    }
    /// Which changes each connection state allows.
    Gate = "G", "gates by connection state" {
        finding_cell: Distinct::State,
        plan_cell: Distinct::State,
        impact: Impact::State,
        blamed_for_denial: true,
    }
    /// Values that two stores cannot both have.
    Uniqueness = "U", "uniqueness" {
        finding_cell: Distinct::Type,
        plan_cell: Distinct::Column,
        impact: Impact::InUse,
        blamed_for_denial: true,
        raced: true,
    }
    /// Changes of XksProxyConnectivity.
    Switch = "C", "connectivity switch" {
        finding_cell: Distinct::Type,
        plan_cell: Distinct::Column,
        impact: Impact::Data,
    }
    /// CloudHSM clusters.
    Cluster = "H", "CloudHSM clusters" {
        finding_cell: Distinct::Type,
        plan_cell: Distinct::Column,
        plan_form: CaseDistinction::Fixture,
        needs: Some(ProfileNeeds::Clusters),
        impact: Impact::Environment,
    }
    /// VPC endpoint services.
    Vpc = "V", "VPC endpoint services" {
        finding_cell: Distinct::Type,
        plan_cell: Distinct::Column,
        plan_form: CaseDistinction::Fixture,
        needs: Some(ProfileNeeds::Services),
        impact: Impact::Environment,
    }
    /// The external key store proxy.
    Proxy = "X", "the external key store proxy" {
        finding_cell: Distinct::Type,
        plan_cell: Distinct::Column,
        plan_form: CaseDistinction::Member,
        needs: Some(ProfileNeeds::Proxies),
        impact: Impact::Environment,
    }
    /// The stores as Describe shows them after an update.
    Effect = "A", "effects" {
        finding_cell: Distinct::Type,
        impact: Impact::Data,
        of_fuzzed_service: true,
        general: true,
    }
    /// Which of several errors is returned.
    Precedence = "P", "which error, when several apply" {
        without_store: true,
        orders_errors: true,
        general: true,
    }
    /// Several updates at once.
    Race = "R", "races" { impact: Impact::Data }
    /// Signatures.
    Authentication = "D", "authentication" {
        plan_form: CaseDistinction::Request,
        needs: Some(ProfileNeeds::Signatures),
    }
    /// The operations besides UpdateCustomKeyStore.
    Companion = "O", "the companion operations" {
        finding_cell: Distinct::State,
        impact: Impact::Companion,
        general: true,
    }
}

impl Group {
    /// The letter before the dash of the group's ids.
    pub fn letter(self) -> &'static str {
        self.traits().letter
    }

    /// Returns the title.
    pub fn title(self) -> &'static str {
        self.traits().title
    }

    /// The group of a rule's id, whether or not there is such a rule.
    pub fn of_id(id: &str) -> Option<Group> {
        let letter = id.split_once('-').map_or(id, |(letter, _)| letter);
        Group::ALL.iter().copied().find(|group| group.letter() == letter)
    }

    /// Returns true if its rules are about the connection state: a member has a rule of the group for each state.
    pub fn is_by_state(self) -> bool {
        self.traits().plan_cell == Distinct::State
    }

    /// Returns true if its rules are judged with requests whose signature is not valid.
    pub fn needs_signatures(self) -> bool {
        self.traits().needs == Some(ProfileNeeds::Signatures)
    }

    /// Returns true if rules of the group need clusters, VPC endpoint services or proxies.
    pub fn needs_environment(self) -> bool {
        matches!(self.traits().needs, Some(ProfileNeeds::Clusters | ProfileNeeds::Services | ProfileNeeds::Proxies))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

impl RuleId {
    /// The group.
    #[allow(clippy::expect_used, reason = "a test of the rules finds ids that have no group")]
    pub fn group(self) -> Group {
        Group::of_id(self.0).expect("the id of a rule begins with the letter of its group")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules;

    #[test]
    fn letters_name_one_group_and_every_group_has_rules() {
        let letters: BTreeSet<&str> = Group::ALL.iter().map(|group| group.letter()).collect();
        assert_eq!(letters.len(), Group::ALL.len());
        for group in Group::ALL {
            assert!(rules::all().iter().any(|rule| rule.id.group() == *group), "{group} has no rules");
            assert!(!group.title().is_empty());
        }
    }

    #[test]
    fn the_group_of_an_id_is_that_of_its_letter() {
        assert_eq!(Group::of_id("G-14"), Some(Group::Gate));
        assert_eq!(Group::of_id("G"), Some(Group::Gate));
        assert_eq!(Group::of_id("1-01"), None);
        assert_eq!(Group::of_id("-G"), None);
    }
}
