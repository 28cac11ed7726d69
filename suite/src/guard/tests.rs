use rstest::rstest;

use super::*;

fn no_resolver(host: &str, _: u16) -> Result<Vec<SocketAddr>, GuardError> {
    panic!("`{host}` needs no resolver")
}

fn resolves_to(addresses: &[&str]) -> impl FnOnce(&str, u16) -> Result<Vec<SocketAddr>, GuardError> {
    let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().expect("an address")).collect();
    move |_, port| Ok(addresses.into_iter().map(|a| SocketAddr::new(a, port)).collect())
}

fn permission(account: &str, may_be_changed: bool) -> Permission {
    Permission { account: account.to_owned(), may_be_changed }
}

#[rstest]
#[case::loopback("http://127.0.0.1:4566", "127.0.0.1:4566")]
#[case::elsewhere_in_loopback("http://127.9.9.9:1", "127.9.9.9:1")]
#[case::the_scheme_s_port("http://127.0.0.1", "127.0.0.1:80")]
#[case::the_tls_port("https://10.0.0.1/", "10.0.0.1:443")]
#[case::ten("http://10.255.255.255:1", "10.255.255.255:1")]
#[case::one_seven_two_low("http://172.16.0.0:1", "172.16.0.0:1")]
#[case::one_seven_two_high("http://172.31.255.255:1", "172.31.255.255:1")]
#[case::one_nine_two("http://192.168.1.1:1", "192.168.1.1:1")]
#[case::loopback_6("http://[::1]:4566", "[::1]:4566")]
#[case::mapped_loopback("http://[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1")]
#[case::unique_local("http://[fd12:3456::1]:1", "[fd12:3456::1]:1")]
#[case::another_spelling("http://0x7f.1:1", "127.0.0.1:1")]
fn a_local_address_passes(#[case] url: &str, #[case] address: SocketAddr) {
    let checked = check(url, None, no_resolver).expect("local");
    assert_eq!((checked.addresses, checked.local), (vec![address], true));
}

#[rstest]
#[case::public("http://8.8.8.8", "8.8.8.8")]
#[case::below_one_seven_two("http://172.15.255.255", "172.15.255.255")]
#[case::above_one_seven_two("http://172.32.0.0", "172.32.0.0")]
#[case::shared("http://100.64.0.1", "100.64.0.1")]
#[case::link_local("http://169.254.1.1", "169.254.1.1")]
#[case::unspecified("http://0.0.0.0:4566", "0.0.0.0")]
#[case::broadcast("http://255.255.255.255", "255.255.255.255")]
#[case::documentation("http://192.0.2.1", "192.0.2.1")]
#[case::another_spelling_of_public("http://134744072", "8.8.8.8")]
#[case::public_6("http://[2600::1]", "2600::1")]
#[case::link_local_6("http://[fe80::1]", "fe80::1")]
#[case::unspecified_6("http://[::]", "::")]
#[case::mapped_public("http://[::ffff:8.8.8.8]", "::ffff:8.8.8.8")]
#[case::translated_loopback("http://[64:ff9b::7f00:1]", "64:ff9b::7f00:1")]
fn another_address_needs_permission(#[case] url: &str, #[case] address: IpAddr) {
    let refused = check(url, None, no_resolver).expect_err("not local");
    assert!(matches!(&refused, GuardError::Public { address: a, .. } if *a == address), "{refused:?}");
    let checked = check(url, Some(&permission("staging", true)), no_resolver).expect("permitted");
    assert!(!checked.local);
}

#[rstest]
#[case("169.254.169.254")]
#[case("169.254.170.2")]
#[case("100.100.100.200")]
#[case("[fd00:ec2::254]")]
#[case("[::ffff:169.254.169.254]")]
#[case("[::169.254.169.254]")]
#[case("[64:ff9b::169.254.169.254]")]
#[case("[2002:a9fe:a9fe::1]")]
#[case::another_spelling("0xA9FEA9FE")]
fn a_metadata_address_is_never_tested(#[case] host: &str) {
    let refused = check(&format!("http://{host}/"), Some(&permission("123456789012", true)), no_resolver);
    assert!(matches!(refused, Err(GuardError::Metadata { .. })), "{refused:?}");
}

#[test]
fn a_name_that_resolves_to_a_metadata_address_is_never_tested() {
    let to = resolves_to(&["127.0.0.1", "fd00:ec2::254"]);
    let refused = check("http://innocent.test", Some(&permission("123456789012", true)), to);
    assert!(matches!(refused, Err(GuardError::Metadata { .. })), "{refused:?}");
}

#[rstest]
#[case("kms.us-east-1.amazonaws.com")]
#[case("KMS.US-EAST-1.AMAZONAWS.COM")]
#[case("kms.us-east-1.amazonaws.com.")]
#[case("kms-fips.us-gov-west-1.amazonaws.com")]
#[case("kms.cn-north-1.amazonaws.com.cn")]
#[case("kms.eusc-de-east-1.amazonaws.eu")]
#[case("kms.us-east-1.api.aws")]
#[case("vpce-0123-abcd.kms.us-east-1.vpce.amazonaws.com")]
#[case("anything.aws.dev")]
#[case("amazonaws.com")]
fn an_aws_name_needs_permission_wherever_it_leads(#[case] host: &str) {
    let url = format!("https://{host}/");
    let refused = check(&url, None, resolves_to(&["10.0.0.1"]));
    assert!(matches!(refused, Err(GuardError::Aws(_))), "{refused:?}");
    let refused = check(&url, Some(&permission("123456789012", false)), resolves_to(&["10.0.0.1"]));
    assert_eq!(refused, Err(GuardError::MayNotBeChanged("123456789012".to_owned())));
    for account in ["", "staging", "12345678901", "1234567890123", "１２３４５６７８９０１２"] {
        let refused = check(&url, Some(&permission(account, true)), resolves_to(&["10.0.0.1"]));
        assert_eq!(refused, Err(GuardError::Account(account.to_owned())));
    }
    let checked = check(&url, Some(&permission("123456789012", true)), resolves_to(&["10.0.0.1"])).expect("permitted");
    assert!(!checked.local);
}

#[rstest]
#[case("notamazonaws.com")]
#[case("amazonaws.com.example")]
#[case("localhost.localstack.cloud")]
fn another_name_goes_by_its_addresses(#[case] host: &str) {
    let url = format!("http://{host}:4566");
    let checked = check(&url, None, resolves_to(&["127.0.0.1", "::1"])).expect("local");
    assert_eq!(checked.addresses, ["127.0.0.1:4566".parse().expect("one"), "[::1]:4566".parse().expect("two")]);
    let refused = check(&url, None, resolves_to(&["127.0.0.1", "8.8.8.8"]));
    assert!(matches!(refused, Err(GuardError::Public { .. })), "one public address is enough: {refused:?}");
    let refused = check(&url, None, resolves_to(&[]));
    assert!(matches!(refused, Err(GuardError::Unresolved { .. })), "{refused:?}");
}

#[rstest]
#[case::scheme("ftp://127.0.0.1", GuardError::Scheme("ftp".to_owned()))]
#[case::file("file:///etc/passwd", GuardError::Scheme("file".to_owned()))]
#[case::user("http://user@127.0.0.1", GuardError::UserInfo)]
#[case::password("http://:secret@127.0.0.1", GuardError::UserInfo)]
#[case::a_host_in_the_user("http://127.0.0.1:80@8.8.8.8/", GuardError::UserInfo)]
#[case::path("http://127.0.0.1/kms", GuardError::Path)]
#[case::query("http://127.0.0.1/?a", GuardError::Path)]
#[case::empty_query("http://127.0.0.1/?", GuardError::Path)]
#[case::fragment("http://127.0.0.1/#a", GuardError::Path)]
fn a_url_is_scheme_host_and_port(#[case] url: &str, #[case] expected: GuardError) {
    assert_eq!(check(url, None, no_resolver), Err(expected));
}

#[rstest]
#[case("127.0.0.1:4566")]
#[case("")]
#[case("http://")]
#[case("http://user:secret@:99999999")]
fn what_is_no_url_is_not_repeated(#[case] url: &str) {
    let refused = check(url, None, no_resolver).expect_err("no URL");
    assert!(matches!(refused, GuardError::NotAUrl(_)), "{refused:?}");
    assert!(!refused.to_string().contains("secret"), "{refused}");
}

#[test]
fn the_system_resolves_localhost() {
    let checked = Guard::check("http://localhost:4566", None).expect("localhost is local");
    assert!(checked.local && checked.addresses.iter().all(|a| a.port() == 4566));
}

#[test]
fn a_name_that_nobody_has_does_not_resolve() {
    let refused = Guard::check("http://nobody-has-this.invalid", None).expect_err("no such name");
    assert!(matches!(refused, GuardError::Unresolved { .. } | GuardError::Slow { .. }), "{refused:?}");
}
