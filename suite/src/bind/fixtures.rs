//! Fixtures: which clusters, services and proxies an attempt may use.
//!
//! A sequence leases what it [`Needs`] for itself. Where the profile has no table, values are made up.

use std::collections::BTreeSet;

use ucks_oracle::answer::DescribedStore;
use ucks_oracle::environment::{ClusterRole, EndpointService, Environment, ProxyRole, ServiceRole};
use ucks_oracle::members::Member;

use super::{Binder, IllFormed, Needs, Single};
use crate::op::{Family, Fixture, Pace, Proxy};

/// The fixtures of a sequence: family names and service names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leases {
    families: Vec<(Family, String)>,
    services: Vec<String>,
    stores: usize,
    singles: BTreeSet<Single>,
}

/// The fixtures that are not leased at the moment.
#[derive(Clone, Debug)]
pub struct Pool {
    families: Option<Vec<(FixtureKind, String)>>,
    services: Option<Vec<String>>,
    stores: usize,
    /// The single resources that are leased.
    taken: BTreeSet<Single>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FixtureKind {
    Plain,
    Faulty,
    Password,
    Slow,
    Broken,
    Gone,
    Other,
}

impl Leases {
    /// The fixtures that stores have which were there before the run: of others, or left behind by an earlier run. A
    /// sequence that leased one of them would be refused for a value in use.
    pub fn held_by(environment: &Environment, stores: &[DescribedStore]) -> Leases {
        let clusters = environment.clusters.iter().flat_map(|clusters| clusters.iter());
        let held = clusters.filter(|c| stores.iter().any(|s| s.cluster.as_ref() == Some(&c.id)));
        let families = held.map(|c| (Family::Plain(0), c.family.clone())).collect();
        let has = |service: &EndpointService| {
            let host = Some(format!("https://{}", service.dns_name));
            stores.iter().any(|s| s.service.as_ref() == Some(&service.name) || s.endpoint == host)
        };
        let services = environment.services.iter().flat_map(|services| services.iter());
        let services = services.filter(|s| has(s)).map(|s| s.name.clone()).collect();
        Leases { families, services, ..Leases::default() }
    }
}

impl Pool {
    /// Everything that the environment offers, and room for this number of stores.
    pub fn new(environment: &Environment, stores: usize) -> Pool {
        let families = environment.clusters.as_ref().map(|clusters| {
            let mut names: Vec<&str> = Vec::new();
            for c in clusters.iter().filter(|c| c.role == ClusterRole::Primary) {
                if !names.contains(&c.family.as_str()) {
                    names.push(&c.family);
                }
            }
            names.into_iter().map(|f| (kind(environment, f), f.to_owned())).collect()
        });
        let services = environment
            .services
            .as_ref()
            .map(|all| all.iter().filter(|s| is_plain(environment, s)).map(|s| s.name.clone()).collect());
        Pool { families, services, stores, taken: BTreeSet::new() }
    }

    /// Without what stores use that could not be removed.
    pub fn without(mut self, left: &[Leases]) -> Pool {
        let (families, services) = (&mut self.families, &mut self.services);
        for leases in left {
            families.iter_mut().for_each(|all| all.retain(|(_, f)| leases.families.iter().all(|(_, g)| g != f)));
            services.iter_mut().for_each(|all| all.retain(|s| !leases.services.contains(s)));
            self.taken.extend(leases.singles.iter().cloned());
        }
        self
    }

    /// Changes for how many stores there is room.
    pub(crate) fn share_stores(&mut self, share: impl FnOnce(usize) -> usize) {
        self.stores = share(self.stores);
    }

    /// Takes what is needed, if all of it is there.
    pub fn lease(&mut self, needs: &Needs) -> Option<Leases> {
        self.lease_for(needs, 0)
    }

    /// Takes what the sequence of this number needs, if all of it is there. Sequences that follow each other get other
    /// fixtures, because a service may still count one as in use whose store was just deleted; and where nothing else
    /// is leased, a number gets the same ones in every run and shard.
    pub fn lease_for(&mut self, needs: &Needs, number: u64) -> Option<Leases> {
        let leases = self.choose_for(needs, number)?;
        self.stores -= leases.stores;
        self.taken.extend(leases.singles.iter().cloned());
        if let Some(families) = &mut self.families {
            families.retain(|(_, name)| leases.families.iter().all(|(_, taken)| taken != name));
        }
        if let Some(services) = &mut self.services {
            services.retain(|name| !leases.services.contains(name));
        }
        Some(leases)
    }

    /// Returns the leases that [`Pool::lease`] would take.
    pub fn choose(&self, needs: &Needs) -> Option<Leases> {
        self.choose_for(needs, 0)
    }

    fn choose_for(&self, needs: &Needs, number: u64) -> Option<Leases> {
        if needs.stores > self.stores || !needs.singles.is_disjoint(&self.taken) {
            return None;
        }
        let mut leases = Leases { stores: needs.stores, singles: needs.singles.clone(), ..Leases::default() };
        if let Some(families) = &self.families {
            for family in &needs.families {
                let wanted = match family {
                    Family::Plain(_) => FixtureKind::Plain,
                    Family::Faulty(_) => FixtureKind::Faulty,
                    Family::Password(_) => FixtureKind::Password,
                    Family::Slow(_) => FixtureKind::Slow,
                    Family::Broken(_) => FixtureKind::Broken,
                    Family::Gone(_) => FixtureKind::Gone,
                };
                let free = |name: &String| leases.families.iter().all(|(_, taken)| taken != name);
                let all: Vec<&String> = families
                    .iter()
                    .filter(|(kind, name)| *kind == wanted && free(name))
                    .map(|(_, name)| name)
                    .collect();
                leases.families.push((*family, from(&all, number).next()?.to_string()));
            }
        }
        if let Some(services) = &self.services {
            let wanted = usize::from(needs.services);
            leases.services = from(services, number).take(wanted).cloned().collect();
            (leases.services.len() == wanted).then_some(())?;
        }
        Some(leases)
    }

    /// Returns true if the needs could be met now.
    pub fn fits(&self, needs: &Needs) -> bool {
        self.choose(needs).is_some()
    }

    /// Returns true if the needs could be met if nothing were leased.
    pub fn could(environment: &Environment, stores: usize, needs: &Needs) -> bool {
        Pool::new(environment, stores).fits(needs)
    }

    /// Takes leases back.
    pub fn give_back(&mut self, environment: &Environment, leases: Leases) {
        self.stores += leases.stores;
        self.taken.retain(|single| !leases.singles.contains(single));
        if let Some(families) = &mut self.families {
            families.extend(leases.families.into_iter().map(|(_, f)| (kind(environment, &f), f)));
            families.sort_by_key(|(_, name)| environment.clusters.iter().flatten().position(|c| c.family == *name));
        }
        if let Some(services) = &mut self.services {
            services.extend(leases.services);
            services.sort_by_key(|name| environment.services.iter().flatten().position(|s| s.name == *name));
        }
    }
}

/// All items, each once, beginning at the place that belongs to the number.
fn from<T>(items: &[T], number: u64) -> impl Iterator<Item = &T> {
    let places = u64::try_from(items.len()).unwrap_or(u64::MAX).max(1);
    let start = usize::try_from(number % places).unwrap_or(0);
    items[start..].iter().chain(&items[..start])
}

fn kind(environment: &Environment, family: &str) -> FixtureKind {
    let rows = || environment.clusters.iter().flatten().filter(|c| c.family == family);
    if let Some(after) = rows().find_map(|c| c.after_create) {
        return if after == ClusterRole::Absent { FixtureKind::Gone } else { FixtureKind::Broken };
    }
    let password = rows().any(|c| c.password.is_some());
    let slow = rows().any(|c| c.connect_ms.is_some_and(|ms| ms > 0));
    let faulty = rows().any(|c| c.role == ClusterRole::Inactive);
    match (password, slow, faulty) {
        (true, false, _) => FixtureKind::Password,
        (false, true, _) => FixtureKind::Slow,
        (false, false, true) => FixtureKind::Faulty,
        (false, false, false) => FixtureKind::Plain,
        _ => FixtureKind::Other,
    }
}

fn is_plain(environment: &Environment, service: &EndpointService) -> bool {
    let own = environment.account.as_ref().is_none_or(|a| *a == service.owner);
    let endpoint = format!("https://{}", service.dns_name);
    let plain = environment.proxy(&endpoint, "/kms/xks/v1").is_none_or(|p| {
        p.is_some_and(|p| {
            p.role == ProxyRole::Healthy
                && p.credentials.is_none()
                && p.connect_role.is_none()
                && p.connect_ms.is_none()
        })
    });
    service.role == ServiceRole::Good
        && service.after_create.is_none()
        && own
        && plain
        && first_of_its_host(environment, service)
}

/// Services of one host exclude each other by their endpoint; only the first is leased.
fn first_of_its_host(environment: &Environment, service: &EndpointService) -> bool {
    let good =
        environment.services.iter().flatten().find(|s| s.dns_name == service.dns_name && s.role == ServiceRole::Good);
    good.is_some_and(|s| s.name == service.name)
}

impl Binder {
    /// The text of a fixture.
    pub(super) fn fixture(&self, fixture: Fixture) -> Result<String, IllFormed> {
        let missing = || IllFormed::NoFixture(format!("{fixture:?}"));
        match fixture {
            Fixture::Cluster(family, role, n) => self.cluster(family, role, n).ok_or_else(missing),
            Fixture::StrangeCluster(family, role) => {
                let mine = self
                    .leases
                    .families
                    .iter()
                    .find(|(f, _)| *f == family)
                    .map(|(_, name)| name)
                    .ok_or_else(missing)?;
                let rows = self.environment.clusters.iter().flatten();
                rows.into_iter().find(|c| c.family != *mine && c.role == role).map(|c| c.id.clone()).ok_or_else(missing)
            }
            Fixture::Password(family) => {
                let primary = self.cluster(family, ClusterRole::Primary, 0).ok_or_else(missing)?;
                let row = self.environment.cluster_before(&primary).flatten();
                row.and_then(|c| c.password.clone()).ok_or_else(missing)
            }
            Fixture::Service(n) => self.service(n).ok_or_else(missing),
            Fixture::EndpointOf(n) => match &self.environment.services {
                None => Ok(format!("https://xks-{}.example.com", self.names.lower("vpc", u32::from(n), 10))),
                Some(all) => {
                    let name = self.leases.services.get(usize::from(n)).ok_or_else(missing)?;
                    all.iter().find(|s| s.name == *name).map(|s| format!("https://{}", s.dns_name)).ok_or_else(missing)
                }
            },
            Fixture::Sibling(n) => {
                let service = self.service(n).ok_or_else(missing)?;
                self.siblings(&service).find(|s| s.name != service).map(|s| s.name.clone()).ok_or_else(missing)
            }
            Fixture::Paced(pace) => self.paced(pace).map(|s| s.name.clone()).ok_or_else(missing),
            Fixture::EndpointOfPaced(pace) => {
                self.paced(pace).map(|s| format!("https://{}", s.dns_name)).ok_or_else(missing)
            }
            Fixture::SiblingOfPaced(pace) => {
                let service = self.paced(pace).ok_or_else(missing)?;
                self.siblings(&service.name)
                    .find(|s| s.name != service.name)
                    .map(|s| s.name.clone())
                    .ok_or_else(missing)
            }
            Fixture::OddService(role) => self.odd(role).map(|s| s.name.clone()).ok_or_else(missing),
            Fixture::EndpointOfOdd(role) => {
                let service = self.odd(role).ok_or_else(missing)?;
                if service.dns_name.is_empty() {
                    return Ok(self.fresh(Member::XksProxyUriEndpoint, 70));
                }
                Ok(format!("https://{}", service.dns_name))
            }
            Fixture::ForeignService => self.foreign().map(|s| s.name.clone()).ok_or_else(missing),
            Fixture::EndpointOfForeign => self.foreign().map(|s| format!("https://{}", s.dns_name)).ok_or_else(missing),
            Fixture::ForeignOwner => self.foreign().map(|s| s.owner.clone()).ok_or_else(missing),
            Fixture::Account => {
                Ok(self.environment.account.clone().unwrap_or_else(|| self.names.digits("account", 0, 12)))
            }
            Fixture::Endpoint(proxy, n) => self.endpoint(proxy, &self.names.lower("endpoint", u32::from(n), 10)),
            Fixture::ServedPath => {
                let rows = self.environment.proxies.iter().flatten();
                rows.into_iter().find(|p| p.path != "*").map(|p| p.path.clone()).ok_or_else(missing)
            }
            Fixture::Credential(..) => Err(IllFormed::NotFor("a text member")),
        }
    }

    /// An endpoint at which the proxy answers; `label` fills a wildcard.
    pub(super) fn endpoint(&self, proxy: Proxy, label: &str) -> Result<String, IllFormed> {
        let missing = || IllFormed::NoFixture(format!("{proxy:?}"));
        let Some(rows) = &self.environment.proxies else {
            return match proxy {
                Proxy::Role(ProxyRole::Healthy) => Ok(format!("https://xks-{label}.example.com")),
                _ => Err(missing()),
            };
        };
        let plain = |p: &ucks_oracle::environment::Proxy| {
            p.credentials.is_none()
                && p.connect_role.is_none()
                && p.connect_credentials.is_none()
                && p.connect_ms.is_none()
        };
        let shares_host =
            |p: &ucks_oracle::environment::Proxy| rows.into_iter().filter(|o| o.endpoint == p.endpoint).count() > 1;
        let row = rows.into_iter().find(|p| match proxy {
            Proxy::Role(role) => p.role == role && plain(p) && !shares_host(p),
            Proxy::SlowConnect => {
                p.role == ProxyRole::Healthy
                    && p.connect_ms.is_some_and(|ms| ms > 0)
                    && p.connect_role.is_none()
                    && p.connect_credentials.is_none()
            }
            Proxy::SlowlyRotating => {
                p.role == ProxyRole::Healthy && p.connect_ms.is_some_and(|ms| ms > 0) && p.connect_credentials.is_some()
            }
            Proxy::FailingConnect => p.role == ProxyRole::Healthy && p.connect_role.is_some() && p.connect_ms.is_none(),
            Proxy::Restricted => {
                p.role == ProxyRole::Healthy && p.credentials.is_some() && p.connect_credentials.is_none()
            }
            Proxy::Rotating => {
                p.role == ProxyRole::Healthy && p.connect_credentials.is_some() && p.connect_ms.is_none()
            }
            Proxy::OnePath => p.role == ProxyRole::Healthy && p.path != "*",
        });
        Ok(row.ok_or_else(missing)?.endpoint.replacen('*', label, 1))
    }

    /// A credential that a proxy takes.
    pub(super) fn leased_credential(&self, proxy: Proxy, n: u8) -> Result<(String, String), IllFormed> {
        let endpoint = self.endpoint(proxy, "x")?;
        let path = self.fresh(Member::XksProxyUriPath, 0);
        let row = self.environment.proxy(&endpoint, &path).flatten();
        let list = row.and_then(|p| p.credentials.as_ref());
        let found = list.and_then(|l| l.get(usize::from(n)));
        found
            .map(|c| (c.access_key_id.clone(), c.secret.clone()))
            .ok_or_else(|| IllFormed::NoFixture(format!("{proxy:?} credential {n}")))
    }

    fn cluster(&self, family: Family, role: ClusterRole, n: u8) -> Option<String> {
        let Some(clusters) = &self.environment.clusters else {
            let what = format!("{family:?} {role:?}");
            return Some(format!("cluster-{}", self.names.lower(&what, u32::from(n), 12)));
        };
        if role == ClusterRole::Unrelated {
            // A healthy cluster of any family but this one, and of none that another store may use.
            let mine = &self.leases.families.iter().find(|(f, _)| *f == family)?.1;
            let spare = clusters.iter().filter(|c| c.family != *mine && c.role == ClusterRole::Unrelated);
            let other = clusters.iter().rev().filter(|c| c.family != *mine && c.role == ClusterRole::Related);
            return spare.chain(other).nth(usize::from(n)).map(|c| c.id.clone());
        }
        let name = &self.leases.families.iter().find(|(f, _)| *f == family)?.1;
        clusters.iter().filter(|c| c.family == *name && c.role == role).nth(usize::from(n)).map(|c| c.id.clone())
    }

    fn service(&self, n: u8) -> Option<String> {
        match &self.environment.services {
            None => Some(self.fresh(Member::XksProxyVpcEndpointServiceName, 60 + u32::from(n))),
            Some(_) => self.leases.services.get(usize::from(n)).cloned(),
        }
    }

    /// The good services with the host of this one.
    fn siblings(&self, name: &str) -> impl Iterator<Item = &EndpointService> {
        let rows = || self.environment.services.iter().flatten();
        let host = rows().find(|s| s.name == name).map(|s| s.dns_name.clone());
        rows().filter(move |s| s.role == ServiceRole::Good && Some(&s.dns_name) == host.as_ref())
    }

    /// The first good service of the caller whose stores connect so.
    fn paced(&self, pace: Pace) -> Option<&EndpointService> {
        let account = self.environment.account.as_ref();
        self.environment.services.iter().flatten().find(|s| {
            let proxy = self.environment.proxy(&format!("https://{}", s.dns_name), "/kms/xks/v1").flatten();
            let served = || {
                let path = self.fixture(Fixture::ServedPath).ok()?;
                self.environment.proxy(&format!("https://{}", s.dns_name), &path).flatten()
            };
            let so = proxy.is_some_and(|p| match pace {
                Pace::OnePath => {
                    p.role == ProxyRole::InvalidPath && served().is_some_and(|p| p.role == ProxyRole::Healthy)
                }
                Pace::Restricted => {
                    p.role == ProxyRole::Healthy && p.credentials.is_some() && p.connect_credentials.is_none()
                }
                Pace::Slow => p.connect_ms.is_some_and(|ms| ms > 0),
                Pace::Failing => p.connect_role.is_some_and(|r| r != ProxyRole::Healthy) && p.connect_ms.is_none(),
                Pace::Deaf => p.role == ProxyRole::NoTcp,
                Pace::Breaking => s.after_create.is_some(),
            });
            s.role == ServiceRole::Good
                && s.after_create.is_some() == (pace == Pace::Breaking)
                && account.is_none_or(|a| *a == s.owner)
                && so
        })
    }

    fn odd(&self, role: ServiceRole) -> Option<&EndpointService> {
        self.environment.services.iter().flatten().find(|s| s.role == role)
    }

    fn foreign(&self) -> Option<&EndpointService> {
        let account = self.environment.account.as_ref()?;
        self.environment.services.iter().flatten().find(|s| s.role == ServiceRole::Good && s.owner != *account)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::op::{Edge, Id, Op, Symbol, Update, Value};

    fn needs(member: Member, value: Value) -> Needs {
        Needs::of([&Op::Update(Update { id: Id::Of(Symbol(0)), set: vec![(member, value)], mutation: None })])
    }

    /// Two sequences run side by side unless they use the same of what there is only one of.
    #[rstest]
    #[case::names_that_differ_in_case(Value::Text("Ab".into()), Value::Text("aB ".into()), false)]
    #[case::names_that_differ(Value::Text("ab".into()), Value::Text("ac".into()), true)]
    #[case::short_names(Value::Text("a".into()), Value::Edge(Edge::Shortest), false)]
    #[case::own_names(Value::Fresh(1), Value::Fresh(1), true)]
    fn side_by_side(#[case] one: Value, #[case] other: Value, #[case] expected: bool) {
        let member = Member::NewCustomKeyStoreName;
        let mut pool = Pool::new(&Environment::default(), 9);
        let leases = pool.lease(&needs(member, one)).unwrap();
        assert_eq!(pool.fits(&needs(member, other.clone())), expected);
        assert!(pool.fits(&needs(Member::KeyStorePassword, other.clone())), "two stores may have one password");
        pool.give_back(&Environment::default(), leases);
        assert!(pool.fits(&needs(member, other)));
    }

    #[rstest]
    #[case(Fixture::OddService(ServiceRole::OneZone), Fixture::EndpointOfOdd(ServiceRole::OneZone), false)]
    #[case(Fixture::OddService(ServiceRole::OneZone), Fixture::OddService(ServiceRole::NoDnsName), true)]
    #[case(Fixture::ForeignService, Fixture::EndpointOfForeign, false)]
    #[case(Fixture::Paced(Pace::Slow), Fixture::SiblingOfPaced(Pace::Slow), false)]
    #[case(Fixture::Paced(Pace::Slow), Fixture::EndpointOfPaced(Pace::Deaf), true)]
    fn services_side_by_side(#[case] one: Fixture, #[case] other: Fixture, #[case] expected: bool) {
        let member = Member::XksProxyVpcEndpointServiceName;
        let mut pool = Pool::new(&Environment::default(), 9);
        pool.lease(&needs(member, Value::Fixture(one))).unwrap();
        let other = needs(member, Value::Fixture(other));
        assert_eq!(pool.fits(&other), expected);
        let left = [Leases { singles: other.singles.clone(), ..Leases::default() }];
        assert!(!Pool::new(&Environment::default(), 9).without(&left).fits(&other));
    }
}
