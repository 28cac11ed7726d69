//! Values of a store, one by one: all that Describe and Connect can show.

use crate::member::Member;
use crate::store::{Attributes, Connectivity, Settings};

/// A value of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Name,
    Cluster,
    Password,
    TrustAnchor,
    Connectivity,
    Endpoint,
    Path,
    Service,
    Owner,
    KeyId,
    Secret,
}

/// Where a check or an effect takes a value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueSource {
    /// The request, or else the store.
    Merged,
    /// The request alone; empty where it does not give the value.
    Given,
    /// The store as it is before the update.
    Stored,
    /// The store before its last update.
    Previous,
    /// No value.
    Nothing,
    /// The account that calls, for an owner.
    Caller,
    /// A fixed value, independent of the stored and the given one.
    Fixed,
}

/// A change of a text before it is stored or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    Exact,
    /// In lower case.
    Case,
    /// Without blanks at the ends.
    Trimmed,
    /// Without a full stop or slash at the end.
    Tail,
    /// Runs of blanks as one blank.
    Blanks,
    /// Letters with accents composed, as NFC does.
    Composed,
    /// Without format characters, such as zero-width blanks.
    Visible,
    /// The first characters alone.
    Cut(usize),
    /// `&amp;` and its kin for the characters that XML escapes.
    Entities,
}

impl Fact {
    pub(crate) const ALL: [Fact; 11] = [
        Fact::Name,
        Fact::Cluster,
        Fact::Password,
        Fact::TrustAnchor,
        Fact::Connectivity,
        Fact::Endpoint,
        Fact::Path,
        Fact::Service,
        Fact::Owner,
        Fact::KeyId,
        Fact::Secret,
    ];

    /// The member that sets the value; nothing sets the trust anchor.
    pub(crate) fn member(self) -> Option<Member> {
        Some(match self {
            Fact::Name => Member::Name,
            Fact::Cluster => Member::Cluster,
            Fact::Password => Member::Password,
            Fact::TrustAnchor => return None,
            Fact::Connectivity => Member::Connectivity,
            Fact::Endpoint => Member::Endpoint,
            Fact::Path => Member::Path,
            Fact::Service => Member::Service,
            Fact::Owner => Member::Owner,
            Fact::KeyId | Fact::Secret => Member::Credential,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Fact::Name => "name",
            Fact::Cluster => "cluster",
            Fact::Password => "password",
            Fact::TrustAnchor => "trust-anchor",
            Fact::Connectivity => "connectivity",
            Fact::Endpoint => "endpoint",
            Fact::Path => "path",
            Fact::Service => "service",
            Fact::Owner => "owner",
            Fact::KeyId => "access-key",
            Fact::Secret => "secret",
        }
    }

    /// Copies the value from one face to another of the same type.
    pub(crate) fn copy(self, from: &Attributes, to: &mut Attributes) {
        match (self, &from.1, &mut to.1) {
            (Fact::Name, ..) => to.0.clone_from(&from.0),
            (Fact::Cluster, Settings::CloudHsm(from), Settings::CloudHsm(to)) => to.cluster.clone_from(&from.cluster),
            (Fact::Password, Settings::CloudHsm(from), Settings::CloudHsm(to)) => {
                to.password.clone_from(&from.password);
            }
            (Fact::TrustAnchor, Settings::CloudHsm(from), Settings::CloudHsm(to)) => {
                to.trust_anchor.clone_from(&from.trust_anchor);
            }
            (Fact::Connectivity, Settings::External(from), Settings::External(to)) => {
                to.connectivity = from.connectivity;
            }
            (Fact::Endpoint, Settings::External(from), Settings::External(to)) => {
                to.endpoint.clone_from(&from.endpoint)
            }
            (Fact::Path, Settings::External(from), Settings::External(to)) => to.path.clone_from(&from.path),
            (Fact::Service, Settings::External(from), Settings::External(to)) => to.service.clone_from(&from.service),
            (Fact::Owner, Settings::External(from), Settings::External(to)) => to.owner.clone_from(&from.owner),
            (Fact::KeyId, Settings::External(from), Settings::External(to)) => to.key_id.clone_from(&from.key_id),
            (Fact::Secret, Settings::External(from), Settings::External(to)) => to.secret.clone_from(&from.secret),
            _ => {}
        }
    }

    /// Takes the value away. A text is empty then.
    pub(crate) fn clear(self, face: &mut Attributes) {
        match (self, &mut face.1) {
            (Fact::Service, Settings::External(external)) => external.service = None,
            (Fact::Owner, Settings::External(external)) => external.owner = None,
            _ => self.edit(face, |_| String::new()),
        }
    }

    /// Gives an external key store a service or an owner.
    pub(crate) fn set(self, face: &mut Attributes, value: &str) {
        match (self, &mut face.1) {
            (Fact::Service, Settings::External(external)) => external.service = Some(value.to_owned()),
            (Fact::Owner, Settings::External(external)) => external.owner = Some(value.to_owned()),
            _ => self.edit(face, |_| value.to_owned()),
        }
    }

    /// Changes the text of the value, where there is one.
    pub(crate) fn edit(self, face: &mut Attributes, change: impl FnOnce(&str) -> String) {
        let (name, settings) = face;
        let text = match (self, settings) {
            (Fact::Name, _) => Some(name),
            (Fact::Cluster, Settings::CloudHsm(store)) => Some(&mut store.cluster),
            (Fact::Password, Settings::CloudHsm(store)) => Some(&mut store.password),
            (Fact::TrustAnchor, Settings::CloudHsm(store)) => Some(&mut store.trust_anchor),
            (Fact::Endpoint, Settings::External(store)) => Some(&mut store.endpoint),
            (Fact::Path, Settings::External(store)) => Some(&mut store.path),
            (Fact::Service, Settings::External(store)) => store.service.as_mut(),
            (Fact::Owner, Settings::External(store)) => store.owner.as_mut(),
            (Fact::KeyId, Settings::External(store)) => Some(&mut store.key_id),
            (Fact::Secret, Settings::External(store)) => Some(&mut store.secret),
            (Fact::Connectivity, Settings::External(store)) => {
                store.connectivity = match store.connectivity {
                    Connectivity::Public => Connectivity::Vpc,
                    Connectivity::Vpc => Connectivity::Public,
                };
                None
            }
            _ => None,
        };
        if let Some(text) = text {
            *text = change(text);
        }
    }

    /// A value that no store has by chance, for [`ValueSource::Fixed`].
    pub(crate) fn fixed(self, present: &str) -> String {
        match self {
            Fact::Path => "/kms/xks/v1".to_owned(),
            _ => format!("{present}x"),
        }
    }
}

impl Fold {
    /// The folds of which each changes some text.
    pub(crate) const ALL: [(&'static str, Fold); 8] = [
        ("case", Fold::Case),
        ("trimmed", Fold::Trimmed),
        ("tail", Fold::Tail),
        ("blanks", Fold::Blanks),
        ("composed", Fold::Composed),
        ("visible", Fold::Visible),
        ("cut", Fold::Cut(16)),
        ("entities", Fold::Entities),
    ];

    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Fold::Exact => text.to_owned(),
            Fold::Case => text.to_lowercase(),
            Fold::Trimmed => text.trim().to_owned(),
            Fold::Tail => text.trim_end_matches(['.', '/']).to_owned(),
            Fold::Blanks => text.split(' ').filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" "),
            Fold::Composed => composed(text),
            Fold::Visible => text.chars().filter(|letter| !is_format(*letter)).collect(),
            Fold::Cut(length) => text.chars().take(length).collect(),
            Fold::Entities => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        }
    }
}

/// Characters of Unicode's category Cf that texts have now and then.
fn is_format(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}',
    )
}

/// Vowels with a combining accent after them as one character, as NFC writes them.
fn composed(text: &str) -> String {
    const PLAIN: &str = "aeiouAEIOU";
    const ACCENTS: [(char, &str); 3] =
        [('\u{300}', "àèìòùÀÈÌÒÙ"), ('\u{301}', "áéíóúÁÉÍÓÚ"), ('\u{308}', "äëïöüÄËÏÖÜ")];
    let mut out = String::new();
    for letter in text.chars() {
        let accent = ACCENTS.iter().find(|(accent, _)| *accent == letter);
        let place = out.chars().next_back().and_then(|last| PLAIN.chars().position(|plain| plain == last));
        match (accent, place) {
            (Some((_, letters)), Some(place)) => {
                out.pop();
                out.extend(letters.chars().nth(place));
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Fold::Case, "AÉ", "aé")]
    #[case(Fold::Trimmed, " a ", "a")]
    #[case(Fold::Tail, "a.b.", "a.b")]
    #[case(Fold::Blanks, "a  b", "a b")]
    #[case(Fold::Composed, "e\u{301}x\u{301}", "éx\u{301}")]
    #[case(Fold::Visible, "a\u{200b}b", "ab")]
    #[case(Fold::Cut(2), "äöü", "äö")]
    #[case(Fold::Entities, "<&", "&lt;&amp;")]
    fn folds(#[case] fold: Fold, #[case] text: &str, #[case] folded: &str) {
        assert_eq!(fold.apply(text), folded);
    }
}
