//! All edits, from the tables of the behaviour. A change that leaves the behaviour equal is not an edit.

mod answers;
mod body;
mod checks;
mod constraints;
mod effects;
mod states;

use std::collections::BTreeSet;

use super::{Change, Edit, EditFamily};
use crate::behaviour::Behaviour;
use crate::member::Member;
use crate::readings::Readings;
use crate::revision::Revision;

/// All edits of the service of a revision (`YYYY-MM-DD`), with the open questions settled plainly.
#[must_use]
pub fn edits(revision: &str) -> Vec<Edit> {
    let conforming = Behaviour::conforming(Revision::on(revision), &Readings::default());
    let mut list = List { conforming: &conforming, edits: Vec::new() };
    checks::add(&mut list);
    constraints::add(&mut list);
    body::add(&mut list);
    effects::add(&mut list);
    states::add(&mut list);
    answers::add(&mut list);
    list.distinct()
}

/// The edits found so far.
struct List<'a> {
    conforming: &'a Behaviour,
    edits: Vec<Edit>,
}

impl List<'_> {
    fn add(&mut self, family: EditFamily, name: impl Into<String>, sentence: impl Into<String>, change: Change) {
        self.all(family, name, sentence, vec![change]);
    }

    /// Adds an edit of several changes, if they change anything.
    fn all(&mut self, family: EditFamily, name: impl Into<String>, sentence: impl Into<String>, changes: Vec<Change>) {
        let mut edited = self.conforming.clone();
        super::apply(&changes, &mut edited);
        if edited != *self.conforming {
            self.edits.push(Edit::new(family, name.into(), sentence.into(), changes));
        }
    }

    /// The edits, each name once.
    fn distinct(self) -> Vec<Edit> {
        let mut names = BTreeSet::new();
        self.edits.into_iter().filter(|edit| names.insert(edit.name().to_owned())).collect()
    }
}

/// A short name for a member of the request.
fn short(member: &str) -> &str {
    match member {
        "CustomKeyStoreId" => "id",
        "AccessKeyId" => "access-key",
        "RawSecretAccessKey" => "secret",
        _ => Member::ALL.into_iter().find(|known| known.name() == member).map_or(member, |known| known.short()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn there_are_many_of_each_family() {
        let mut families: BTreeMap<EditFamily, usize> = BTreeMap::new();
        for edit in edits(crate::LATEST) {
            assert!(edit.sentence().ends_with('.'), "{}", edit.name());
            *families.entry(edit.family()).or_default() += 1;
        }
        println!("{families:#?} {}", families.values().sum::<usize>());
        assert_eq!(families.len(), 16);
        assert!(families.values().sum::<usize>() > 900, "{families:?}");
    }

    #[test]
    fn equal_edits_have_equal_names() {
        let names = |edits: &[Edit]| edits.iter().map(|edit| edit.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&edits(crate::LATEST)), names(&edits(crate::LATEST)));
    }
}
