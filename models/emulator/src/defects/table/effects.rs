//! Defects of effects, of the order of checks, of races and of authentication (A, P, R, D).

use super::super::{DefectRow, Force};
use super::folded;
use crate::behaviour::checks::CheckId;
use crate::behaviour::effects::{Event, effect};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::scope::{MemberSet, When, any};
use crate::edits::Change::*;
use crate::edits::Quirk;
use crate::member::Member;
use crate::shapes::Stage;
use crate::store::ConnectionState;

table! {
    // Effects (A).
    "latest-store-changed" "A-01" Must 3 "The newest store of the type is changed in place of the one named."
        => [Misplace(MemberSet::ALL)];
    "latest-store-changed-for-password" "A-01" Must 4 "A password goes to the newest store of the type."
        => [Misplace(MemberSet::of(&[Member::Password]))];
    "name-stored-trimmed" "A-01" Must 2 "Blanks at the ends of a name are not stored."
        => [Store(folded(Fact::Name, Fold::Trimmed, any()))];
    "name-stored-in-lower-case" "A-01" Must 2 "Names are stored in lower case."
        => [Store(folded(Fact::Name, Fold::Case, any().gives(Member::Name)))];
    "name-cut-at-64" "A-01" Must 2 "Names are cut at 64 characters."
        => [Store(folded(Fact::Name, Fold::Cut(64), any()))];
    "path-stored-in-lower-case" "A-01" Must 2 "Paths are stored in lower case."
        => [Store(folded(Fact::Path, Fold::Case, any().gives(Member::Path)))];
    "endpoint-stored-in-lower-case" "A-01" Must 2 "Endpoints are stored in lower case."
        => [Store(folded(Fact::Endpoint, Fold::Case, any().gives(Member::Endpoint)))];
    "second-update-undoes-name" "A-01" Must 3 "An update without a name brings the name before the last update back."
        => [Store(effect(Fact::Name, ValueSource::Previous, any().lacks(Member::Name)))];
    "second-update-undoes-credential" "A-01" Must 3
        "An update without a credential brings the credential before the last update back."
        => [
            Store(effect(Fact::KeyId, ValueSource::Previous, any().lacks(Member::Credential))),
            Store(effect(Fact::Secret, ValueSource::Previous, any().lacks(Member::Credential))),
        ];
    "endpoint-resets-path" "A-01" Must 2 "A new endpoint alone resets the path."
        => [Store(effect(Fact::Path, ValueSource::Fixed, any().gives(Member::Endpoint).lacks(Member::Path)))];
    "rename-resets-cluster" "A-01" Must 3 "A rename brings the cluster before the last update back."
        => [Store(effect(Fact::Cluster, ValueSource::Previous, any().gives(Member::Name)))];
    "cluster-resets-password" "A-01" Must 3 "A new cluster alone spoils the password."
        => [Store(effect(Fact::Password, ValueSource::Fixed, any().gives(Member::Cluster).lacks(Member::Password)))];
    "credential-lost-in-switch" "A-01" Must 2 "A credential given with a change of connectivity is not stored."
        => [
            Store(effect(Fact::KeyId, ValueSource::Stored, any().only(&[When::Switched]))),
            Store(effect(Fact::Secret, ValueSource::Stored, any().only(&[When::Switched]))),
        ];
    "update-disconnects" "A-04" Must 3 "An update disconnects a CONNECTED store."
        => [Put(any().only(&[When::In(ConnectionState::Connected)]), ConnectionState::Disconnected)];
    "update-ends-failed" "A-04" Must 3 "An update takes a FAILED store to DISCONNECTED."
        => [Put(any().only(&[When::In(ConnectionState::Failed)]), ConnectionState::Disconnected)];
    "update-forgets-connection-error" "A-04" Must 3 "An update of a FAILED store clears its ConnectionErrorCode."
        => [Put(any().only(&[When::In(ConnectionState::Failed)]), ConnectionState::Failed)];
    "update-connects" "A-04" Must 2 "A new credential connects the store."
        => [
            Put(
                any().only(&[When::In(ConnectionState::Disconnected)]).gives(Member::Credential),
                ConnectionState::Connected,
            ),
        ];
    "update-changes-creation-date" "A-04" Must 2 "An update moves the creation date." => [MoveCreation];
    "trust-anchor-changes" "A-04" Must 2 "A new cluster changes the trust anchor shown."
        => [Store(effect(Fact::TrustAnchor, ValueSource::Fixed, any().gives(Member::Cluster)))];
    "password-shown" "A-05" Must 2 "After an update the name shown has the password behind it."
        => [Show(Fact::Password)];
    "secret-shown" "A-05" Must 2 "After an update Describe shows the secret." => [Show(Fact::Secret)];
    "connect-uses-old-password" "H-06" Must 3 "Connect goes on with the password before the update."
        => [Connect(Fact::Password, ValueSource::Previous)];
    "update-lost-at-connect" "A-09" Must 3 "Connect brings all values before the last update back."
        => [
            Ripple(Event::Connected, Fact::Name),
            Ripple(Event::Connected, Fact::Cluster),
            Ripple(Event::Connected, Fact::Password),
            Ripple(Event::Connected, Fact::TrustAnchor),
            Ripple(Event::Connected, Fact::Connectivity),
            Ripple(Event::Connected, Fact::Endpoint),
            Ripple(Event::Connected, Fact::Path),
            Ripple(Event::Connected, Fact::Service),
            Ripple(Event::Connected, Fact::Owner),
            Ripple(Event::Connected, Fact::KeyId),
            Ripple(Event::Connected, Fact::Secret),
        ];
    "name-lost-at-connect" "A-09" Must 3 "Connect brings the name before the last update back."
        => [Ripple(Event::Connected, Fact::Name)];
    "update-lost-at-disconnect" "A-09" Must 4 "Disconnect brings all values before the last update back."
        => [
            Ripple(Event::Disconnected, Fact::Name),
            Ripple(Event::Disconnected, Fact::Cluster),
            Ripple(Event::Disconnected, Fact::Password),
            Ripple(Event::Disconnected, Fact::TrustAnchor),
            Ripple(Event::Disconnected, Fact::Connectivity),
            Ripple(Event::Disconnected, Fact::Endpoint),
            Ripple(Event::Disconnected, Fact::Path),
            Ripple(Event::Disconnected, Fact::Service),
            Ripple(Event::Disconnected, Fact::Owner),
            Ripple(Event::Disconnected, Fact::KeyId),
            Ripple(Event::Disconnected, Fact::Secret),
        ];
    "refusals-answer-success" "A-01" Must 2
        "What is refused after the look-up is answered with success, without effect."
        => [RefusalsSucceed];

    // Precedence (P).
    "constraints-after-update" "A-02" Must 1 "Constraints are checked after the update took effect."
        => [Late(None, Stage::Stored)];
    "existence-before-constraints" "P-02" Should 1 "The store is looked up before the constraints are checked."
        => [Late(None, Stage::Found)];
    "name-in-use-before-kind" "P-04" Should 3 "A name in use is reported before a member of the other type."
        => [Before(CheckId::NameTaken, CheckId::OtherType)];
    "state-before-kind" "P-04" Should 3 "A wrong state is reported before a member of the other type."
        => [Before(CheckId::Gate, CheckId::OtherType)];
    "environment-before-state" "P-04" Should 3 "Cluster, service and proxy are looked at before the state."
        => [
            Before(CheckId::ClusterFound, CheckId::Gate),
            Before(CheckId::ClusterActive, CheckId::Gate),
            Before(CheckId::ClusterRelated, CheckId::Gate),
            Before(CheckId::ClusterFit, CheckId::Gate),
            Before(CheckId::ServiceUsable, CheckId::Gate),
            Before(CheckId::ServiceOwned, CheckId::Gate),
            Before(CheckId::ServiceNamed, CheckId::Gate),
            Before(CheckId::ProxyHealthy, CheckId::Gate),
        ];
    "environment-before-uniqueness" "P-04" Should 3 "Cluster, service and proxy are looked at before uniqueness."
        => [
            Before(CheckId::ClusterFound, CheckId::NameTaken),
            Before(CheckId::ClusterActive, CheckId::NameTaken),
            Before(CheckId::ClusterRelated, CheckId::NameTaken),
            Before(CheckId::ClusterFit, CheckId::NameTaken),
            Before(CheckId::ServiceUsable, CheckId::NameTaken),
            Before(CheckId::ServiceOwned, CheckId::NameTaken),
            Before(CheckId::ServiceNamed, CheckId::NameTaken),
            Before(CheckId::ProxyHealthy, CheckId::NameTaken),
        ];
    "order-changes" "P-05" Should 2 "The order of the checks changes from request to request."
        => [Quirk(Quirk::OrderByChance)];

    "half-done-when-hung-up" "A-10" Must 2 "Members are stored one after another, and a caller who hangs up stops it."
        => [Quirk(Quirk::HalfDone)];

    // Races (R).
    "racing-names-both-win" "R-01" Must 3
        "Uniqueness is checked before a pause and not again after it, so that racing updates both win."
        => [Quirk(Quirk::RacingNames)];
    "racing-updates-lose-members" "R-02" Must 3
        "The store is read before a pause and written whole after it, so that a racing update is lost."
        => [Quirk(Quirk::RacingMembers)];
    "racing-update-revives-store" "R-02" Must 2
        "The store is read before a pause and written back after it, although it was deleted meanwhile."
        => [Quirk(Quirk::RacingDeleted)];
    "racing-update-loses-connect" "R-02" Must 2
        "The store is read before a pause and written back after it with its state, so that a racing Connect is lost."
        => [Quirk(Quirk::RacingState)];
    "racing-creates-both-win" "R-01" Must 1
        "Create checks the name before a pause and not again after it, so that two stores get one name."
        => [Quirk(Quirk::RacingCreates)];

    // Authentication (D), where the environment checks it.
    "unsigned-accepted" "D-01" Must 2 "An unsigned request is served." => [Unsigned];
    "unknown-access-key-accepted" "D-02" Should 2 "An unknown access key is served." => [UnknownKey];
    "signature-not-checked" "D-03" Should 2 "The signature is not checked." => [AnySignature];
    "clock-not-checked" "D-03" Should 2 "The time of a signature is not checked." => [AnyClock];
    "permission-not-checked" "D-04" Should 2 "An identity without permission is served." => [NoPermission];
}
