//! What programs ask that watch over the server.

use common::monitoring::{GetHealth, GetMetrics};
use hyper::header::HeaderName;
use tests::{Actor, Reply, Setup, TestSchool};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Asks with a header more.
async fn asks(who: &Actor, header: &'static str, value: &str) -> Reply {
    let mut request = who.request(&GetMetrics {});
    let header = HeaderName::from_static(header);
    request.headers_mut().insert(header, value.parse().unwrap());
    who.reply(request).await
}

async fn metrics(who: &Actor) -> u16 {
    who.reply(who.request(&GetMetrics {})).await.status
}

#[tokio::test]
async fn metrics_are_for_who_shows_the_secret() {
    let school = TestSchool::offline().await;
    let monitor = school.monitor();
    let seen = asks(&monitor, "x-forwarded-for", "203.0.113.1").await;
    assert_eq!(seen.status, 200, "through a proxy, too");
    assert_eq!(
        seen.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    // On this machine, and whoever they are.
    for other in [&school.stranger(), &school.operator, &school.admin] {
        assert_eq!(metrics(other).await, 404, "{other:?}");
    }
    let shown = monitor.request(&GetMetrics {});
    let shown = shown.headers()["authorization"].to_str().unwrap();
    let token = shown.trim_start_matches("Bearer ");
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        token,
        &format!("Basic {token}"),
        &format!("{shown}2"),
        &shown[..shown.len() - 1],
    ] {
        let reply = asks(&school.stranger(), "authorization", wrong).await;
        assert_eq!(reply.status, 404, "{wrong:?}");
    }
    let small = asks(
        &school.stranger(),
        "authorization",
        &format!("bearer {token}"),
    )
    .await;
    assert_eq!(small.status, 200, "the scheme has no case");
}

#[tokio::test]
async fn without_a_secret_metrics_are_for_this_machine_alone() {
    let school = TestSchool::with(Setup {
        online: false,
        metrics_token: None,
        ..Setup::default()
    })
    .await;
    let stranger = school.stranger();
    assert_eq!(metrics(&stranger).await, 200);
    // By a proxy on this machine, whatever it says.
    for (header, value) in [
        ("x-forwarded-for", "203.0.113.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
    ] {
        let reply = asks(&stranger, header, value).await;
        assert_eq!(reply.status, 404, "{header}");
    }
}

/// A proxy that adds nothing to the head makes everybody seem to be on this machine.
#[tokio::test]
async fn behind_a_proxy_metrics_need_the_secret() {
    for (metrics_token, status) in [(None, 404), (Some("the-secret-of-another-monitor-22"), 200)] {
        let school = TestSchool::with(Setup {
            online: false,
            behind_proxy: true,
            metrics_token,
            ..Setup::default()
        })
        .await;
        assert_eq!(metrics(&school.stranger()).await, 404);
        let shown = format!("Bearer {}", metrics_token.unwrap_or_default());
        let reply = asks(&school.stranger(), "authorization", &shown).await;
        assert_eq!(reply.status, status);
    }
}

/// As some of those who watch ask whether a server is there: its answer ends with the head.
#[tokio::test]
async fn the_head_alone_can_be_asked_for() {
    let school = TestSchool::offline().await;
    let ask = async |method: &str, path: &str| {
        let mut stream = TcpStream::connect(school.address()).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.len())
    };
    for (path, status) in [("/health", 200), ("/metrics", 404), ("/api/state", 401)] {
        assert_eq!(ask("HEAD", path).await, (status, 0), "{path}");
        let (whole, length) = ask("GET", path).await;
        assert!(whole == status && length > 0, "{path}: {whole}, {length}");
    }
}

/// A cookie says nothing here: not whose it is, and not that it's over.
#[tokio::test]
async fn a_program_has_no_session() {
    let school = TestSchool::offline().await;
    let statements = school.count_statements().await;
    for cookie in ["made up", &school.operator.cookie().unwrap()] {
        let cookie = format!("{}={cookie}", backend::session::COOKIE);
        let reply = asks(&school.monitor(), "cookie", &cookie).await;
        assert_eq!((reply.status, reply.header("set-cookie")), (200, ""));
    }
    assert_eq!(statements.count(), 0);
}

#[tokio::test]
async fn health_needs_nobody_and_costs_nothing() {
    let school = TestSchool::offline().await;
    let stranger = school.stranger();
    let health = async || stranger.reply(stranger.request(&GetHealth {})).await.status;
    let statements = school.count_statements().await;
    for asked in [1, 0, 0] {
        assert_eq!(health().await, 200);
        assert_eq!(statements.count(), asked);
    }
    school.wait_ms(1000);
    assert_eq!(health().await, 200);
    assert_eq!(statements.count(), 1);
}

/// Whoever watches over us asks for ever, from one address.
#[tokio::test]
async fn who_watches_is_never_one_too_many() {
    let mut setup = Setup {
        online: false,
        ..Setup::default()
    };
    setup.bursts.stranger = 10;
    let school = TestSchool::with(setup).await;
    let (monitor, stranger) = (school.monitor(), school.stranger());
    for _ in 0..20 {
        assert_eq!(metrics(&monitor).await, 200);
        assert_eq!(
            stranger.reply(stranger.request(&GetHealth {})).await.status,
            200
        );
    }
}
