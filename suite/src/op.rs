//! Symbolic operations: sequences without a literal id, name or address.
//!
//! A sequence refers to "the second store's name"; its bytes on the wire are decided when the operation
//! is bound. So deleting a step leaves the rest meaningful, and the same sequence runs again on fresh
//! names. Replay files hold these operations.

use std::fmt;

use serde::{Deserialize, Serialize};
use ucks_oracle::environment::{ClusterRole, ProxyRole, ServiceRole};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::wire::Auth;
use ucks_oracle::wire::{CONNECT, CREATE, DELETE, DESCRIBE, DISCONNECT, UPDATE};

/// A store of the sequence, by its letter: 0 is `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Symbol(pub u8);

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'a' + self.0 % 26))
    }
}

/// One operation of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Op {
    /// CreateCustomKeyStore. What `set` leaves out gets a fresh, valid value.
    Create {
        /// The letter that the store gets.
        store: Symbol,
        /// Its type, by AWS's name.
        #[cfg_attr(feature = "cli", schemars(with = "String"))]
        kind: StoreType,
        /// Values that differ from the defaults, by the members of the update request.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "cli", schemars(with = "Vec<(String, Value)>"))]
        set: Vec<(Member, Value)>,
    },
    /// UpdateCustomKeyStore.
    Update(Update),
    /// ConnectCustomKeyStore; with `wait` until the store has settled.
    Connect {
        /// The store.
        store: Symbol,
        /// True if to wait for CONNECTED or FAILED.
        wait: bool,
    },
    /// DisconnectCustomKeyStore; with `wait` until the store has settled.
    Disconnect {
        /// The store.
        store: Symbol,
        /// True if to wait for DISCONNECTED.
        wait: bool,
    },
    /// DeleteCustomKeyStore.
    Delete {
        /// The store.
        store: Symbol,
    },
    /// DescribeCustomKeyStores by the store's name.
    Find {
        /// The store.
        store: Symbol,
    },
    /// DescribeCustomKeyStores by the name that the store was created with, which it does not have any more.
    FindFormer {
        /// The store.
        store: Symbol,
    },
    /// DescribeCustomKeyStores with a well-formed id of no store.
    DescribeAbsent,
    /// DescribeCustomKeyStores, page by page.
    List {
        /// Most stores on a page.
        limit: u32,
    },
    /// One update several times, one after the other, until it succeeds.
    Repeat {
        /// The update.
        update: Update,
        /// The number of repetitions, two to [`REPEATS`].
        times: u8,
    },
    /// Requests at once, two to four.
    Race {
        /// The updates.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        updates: Vec<Update>,
        /// Creates, and Connects, Disconnects and Deletes that nobody waits for.
        #[serde(default, rename = "with", skip_serializing_if = "Vec::is_empty")]
        companions: Vec<Op>,
    },
}

/// Most times that an update is repeated: a service that tosses a coin for its error is found out in 127 of 128.
pub const REPEATS: u8 = 8;

impl Op {
    /// The updates that it sends, each once.
    pub fn updates(&self) -> &[Update] {
        match self {
            Op::Update(update) | Op::Repeat { update, .. } => std::slice::from_ref(update),
            Op::Race { updates, .. } => updates,
            _ => &[],
        }
    }

    /// The operation of KMS that it sends.
    pub fn operation(&self) -> &'static str {
        match self {
            Op::Create { .. } => CREATE,
            Op::Update(_) | Op::Repeat { .. } | Op::Race { .. } => UPDATE,
            Op::Connect { .. } => CONNECT,
            Op::Disconnect { .. } => DISCONNECT,
            Op::Delete { .. } => DELETE,
            Op::Find { .. } | Op::FindFormer { .. } | Op::List { .. } | Op::DescribeAbsent => DESCRIBE,
        }
    }

    /// The requests of a race, each as an operation; of any other operation itself.
    pub fn racers(&self) -> Vec<Op> {
        match self {
            Op::Race { updates, companions } => {
                updates.iter().cloned().map(Op::Update).chain(companions.iter().cloned()).collect()
            }
            op => vec![op.clone()],
        }
    }

    /// The values of members that it sends.
    pub fn values_mut(&mut self) -> Box<dyn Iterator<Item = &mut Value> + '_> {
        fn values(set: &mut [(Member, Value)]) -> impl Iterator<Item = &mut Value> {
            set.iter_mut().map(|(_, value)| value)
        }
        match self {
            Op::Create { set, .. } => Box::new(values(set)),
            Op::Update(update) | Op::Repeat { update, .. } => Box::new(values(&mut update.set)),
            Op::Race { updates, companions } => Box::new(
                updates
                    .iter_mut()
                    .flat_map(|update| values(&mut update.set))
                    .chain(companions.iter_mut().flat_map(Op::values_mut)),
            ),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// The store that it creates, or that its companion operation names.
    pub fn store(&self) -> Option<Symbol> {
        match self {
            Op::Create { store, .. }
            | Op::Connect { store, .. }
            | Op::Disconnect { store, .. }
            | Op::Delete { store }
            | Op::Find { store }
            | Op::FindFormer { store } => Some(*store),
            Op::Update(_) | Op::Repeat { .. } | Op::Race { .. } | Op::List { .. } | Op::DescribeAbsent => None,
        }
    }

    /// Returns true if what it shows depends on the moment: requests under way at once, or given up.
    pub fn is_a_matter_of_timing(&self) -> bool {
        matches!(self, Op::Race { .. } | Op::Update(Update { mutation: Some(WireMutation::HangUp), .. }))
    }
}

/// An update, symbolically.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Update {
    /// Which id it names.
    pub id: Id,
    /// The members given, in order.
    #[cfg_attr(feature = "cli", schemars(with = "Vec<(String, Value)>"))]
    pub set: Vec<(Member, Value)>,
    /// One change to the form of the request.
    #[serde(rename = "twist", default, skip_serializing_if = "Option::is_none")]
    pub mutation: Option<WireMutation>,
}

/// Which id an update names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Id {
    /// The store's.
    Of(Symbol),
    /// A well-formed id of no store.
    Nobody,
    /// The member is left out.
    Missing,
    /// The store's id in other case.
    OtherCase(Symbol),
    /// The store's id without its last character.
    Prefix(Symbol),
    /// The store's id with a character more.
    Longer(Symbol),
    /// The store's id between blanks.
    Blanks(Symbol),
    /// The store's name.
    NameOf(Symbol),
    /// This value, of any kind.
    Value(Value),
}

/// The value of a member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A fresh valid value; equal numbers in one sequence are equal values.
    Fresh(u32),
    /// The value that the store has for the member now.
    Of(Symbol),
    /// The value that the store had for the member when it was created.
    First(Symbol),
    /// The name of the store, for any member.
    NameOf(Symbol),
    /// The value of the store with a change that no reader would call another.
    Like(Symbol, Likeness),
    /// This text.
    Text(String),
    /// Characters repeated: the character and how often.
    Repeat(char, u32),
    /// A value at or past an edge of the member's constraints.
    Edge(Edge),
    /// A fixture of the environment, by its role.
    Fixture(Fixture),
    /// An explicit `null`.
    Null,
    /// A value of the wrong JSON type.
    Wrong(Json),
    /// A credential with these two; for the credential alone.
    Credential(Box<Value>, Box<Value>),
    /// A credential that lacks its secret, or its access key id.
    Half(Half),
}

/// Values that differ and look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// In other case.
    Case,
    /// With a blank at the end.
    Blank,
    /// With a final dot.
    Dot,
    /// Without the last character.
    Beginning,
    /// With one more letter: at the end of a name, or of the first label of a host.
    Longer,
}

/// Values at and past the edges of a member's constraints, built from a fresh valid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// The shortest valid length.
    Shortest,
    /// The longest valid length.
    Longest,
    /// One character less than the shortest, valid otherwise.
    TooShort,
    /// One character more than the longest, valid otherwise.
    TooLong,
    /// A valid value with a newline behind it.
    Newline,
    /// A valid value with an invalid character before it.
    JunkBefore,
    /// A valid value with an invalid character behind it.
    JunkBehind,
    /// As many characters beyond ASCII as are allowed.
    LongestBeyondAscii,
    /// More characters beyond ASCII than are allowed, by one.
    TooLongBeyondAscii,
    /// As many characters beyond the basic plane as are allowed.
    LongestAstral,
}

/// Which half of a credential is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Half {
    /// Only the access key id.
    KeyOnly,
    /// Only the secret.
    SecretOnly,
    /// The secret is null.
    NullSecret,
    /// The access key id is null.
    NullKey,
    /// Neither.
    Empty,
}

/// JSON types that a member does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are self-explanatory")]
pub enum Json {
    Number,
    Boolean,
    Array,
    Object,
    String,
}

/// A fixture of the profile. Numbers separate several of one kind within a sequence. If the
/// profile has no such table, values are made up that nobody ever used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Fixture {
    /// A cluster of a family, by its role; the number separates several of one role.
    Cluster(Family, #[cfg_attr(feature = "cli", schemars(with = "String"))] ClusterRole, u8),
    /// A cluster of a role that is of another family than this one.
    StrangeCluster(Family, #[cfg_attr(feature = "cli", schemars(with = "String"))] ClusterRole),
    /// The right password of a family.
    Password(Family),
    /// The n-th good VPC endpoint service of the sequence.
    Service(u8),
    /// The endpoint of the n-th good service.
    EndpointOf(u8),
    /// Another good service with the host of the n-th.
    Sibling(u8),
    /// A good VPC endpoint service with something particular behind it.
    Paced(Pace),
    /// Its endpoint.
    EndpointOfPaced(Pace),
    /// Another good service with its host.
    SiblingOfPaced(Pace),
    /// A VPC endpoint service of a role.
    OddService(#[cfg_attr(feature = "cli", schemars(with = "String"))] ServiceRole),
    /// The endpoint of the service of a role.
    EndpointOfOdd(#[cfg_attr(feature = "cli", schemars(with = "String"))] ServiceRole),
    /// A good VPC endpoint service that another account owns.
    ForeignService,
    /// Its endpoint.
    EndpointOfForeign,
    /// Its owner.
    ForeignOwner,
    /// The caller's account.
    Account,
    /// The endpoint of a proxy; the number separates several.
    Endpoint(Proxy, u8),
    /// The one path that the proxy of [`Proxy::OnePath`] serves.
    ServedPath,
    /// The n-th credential that a proxy takes.
    Credential(Proxy, u8),
}

impl From<Fixture> for Value {
    fn from(fixture: Fixture) -> Value {
        Value::Fixture(fixture)
    }
}

/// The end of the transitions of stores with a VPC endpoint service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// They take a while to connect.
    Slow,
    /// They fail to connect.
    Failing,
    /// Nobody listens behind the service.
    Deaf,
    /// The service breaks once a store uses it.
    Breaking,
    /// The proxy behind the service serves a single path.
    OnePath,
    /// The proxy behind the service takes certain credentials only.
    Restricted,
}

/// A family of clusters that a sequence uses alone: of its kind the n-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Any password is right.
    Plain(u8),
    /// Has clusters of the faulty roles too.
    Faulty(u8),
    /// Only one password is right.
    Password(u8),
    /// Takes a while to connect.
    Slow(u8),
    /// Its primary cluster breaks once a store uses it.
    Broken(u8),
    /// Its primary cluster is gone once a store uses it.
    Gone(u8),
}

/// Which proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Proxy {
    /// One that does this.
    Role(#[cfg_attr(feature = "cli", schemars(with = "String"))] ProxyRole),
    /// A healthy one whose stores take a while to connect.
    SlowConnect,
    /// One that takes two credentials, and slowly only the second when Connect asks.
    SlowlyRotating,
    /// One that is healthy until Connect asks.
    FailingConnect,
    /// A healthy one that takes certain credentials only.
    Restricted,
    /// One that takes two credentials, and only the second when Connect asks.
    Rotating,
    /// One that serves a single path.
    OnePath,
}

/// One change to the form of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WireMutation {
    /// A member that nobody knows, with this JSON text as its value.
    Unknown(String),
    /// An unknown member whose value is nested this deep.
    Deep(u32),
    /// An unknown member with a text of this many bytes.
    Large(u32),
    /// A known member in other case, beside the others.
    Miscased(#[cfg_attr(feature = "cli", schemars(with = "String"))] Member),
    /// The member is repeated, first with this value.
    Twice(#[cfg_attr(feature = "cli", schemars(with = "String"))] Member, Value),
    /// Every character of names and values as a `\u` escape.
    Escaped,
    /// White space wherever JSON allows it.
    Spaced,
    /// Members in reverse order.
    Reversed,
    /// The body ends in the middle.
    CutOff,
    /// This text replaces the closing brace.
    Ending(String),
    /// The body is this text.
    Body(String),
    /// The body is these bytes, as [`crate::raw`] writes them, with the letters of stores in place of their ids.
    Raw(String),
    /// This text is before the object.
    Before(String),
    /// This text is behind the object.
    Behind(String),
    /// This text is after the opening brace.
    Inside(String),
    /// A byte in the name that is not UTF-8.
    NotUtf8,
    /// A lone surrogate at the end of the name.
    LoneSurrogate,
    /// Another method.
    Method(String),
    /// Another path.
    Path(String),
    /// Another content type; empty for none.
    ContentType(String),
    /// Another X-Amz-Target; empty for none.
    Target(String),
    /// The sender hangs up once the request is sent. What follows in the sequence is not judged.
    HangUp,
    /// Signed otherwise.
    Signed(#[cfg_attr(feature = "cli", schemars(with = "String"))] Auth),
}
