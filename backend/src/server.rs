//! The running server: its socket, its workers, and how it stops.

mod http;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_server::Server;
use actix_web::App as Service;
use common::Timestamp;
use rustix::process::{Resource, getrlimit, setrlimit};
use rustls::ServerConfig;
use socket2::SockRef;

use crate::app::App;
use crate::assets::{self, Assets, policy};
use crate::live::SWEEP;
use crate::socket::Wire;
use crate::{retention, routes};

/// Connections that wait to be accepted: a school comes back at once when its network does.
const BACKLOG: u32 = 1024;
/// What is being answered when the server stops may take this long, in seconds.
const DRAIN: u64 = 10;
/// Old sign-in counters are forgotten so often, and so often it's looked whether a day has begun.
const PRUNE: Duration = Duration::from_secs(600);

/// Who takes nothing of what waits for it for so long is gone: the system ends the connection, and what
/// waits in it is freed. As long as a phone may be silent (see `live`).
const UNTAKEN: Duration = Duration::from_secs(75);

/// How to listen.
pub struct Plan {
    pub listener: TcpListener,
    /// None when a proxy does it, or for this machine only.
    pub tls: Option<ServerConfig>,
    pub workers: usize,
}

/// Allows as many connections as the system lets a program have: each is an open file, and Linux starts programs
/// with room for 1,024, which a school of 2,000 has used up when half of it is there.
///
/// Says how many.
///
/// # Errors
/// The system's.
pub fn allow_connections() -> io::Result<u64> {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files)?;
    Ok(files.current.unwrap_or(u64::MAX))
}

/// Takes the address, before anything else is started: it may be in use. Connections wait until
/// [`start`] accepts them. Port 0 takes any free one.
///
/// # Errors
/// The system's, with the address and what to do.
pub fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    let bound = || {
        let socket = match address {
            SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4(),
            SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6(),
        }?;
        socket.set_reuseaddr(true)?;
        // Those that are accepted take it over.
        SockRef::from(&socket).set_tcp_user_timeout(Some(UNTAKEN))?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    bound().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("{address} is in use by another program: set listen to another address")
        }
        io::ErrorKind::PermissionDenied => format!(
            "{address}: only root may listen on ports below 1024: set listen to a higher port, \
             or give the right with setcap cap_net_bind_service=+ep"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{address} is not an address of this machine: set listen to one that is")
        }
        _ => format!("can't listen on {address}: {error}"),
    })
}

/// Starts the workers, and what is done now and then. The returned server runs by itself; awaiting it waits
/// for its end, and its handle stops it. Tell the hub to stop first: sockets don't end by themselves.
///
/// # Errors
/// When the system refuses threads or the socket.
pub fn start(plan: Plan, app: &Arc<App>, assets: &Arc<Assets>) -> io::Result<Server> {
    every(PRUNE, app, |app| app.hub.prune());
    clean_daily(app);
    every(SWEEP, app, |app| app.hub.sweep());
    serve(plan, app, Some(assets))
}

/// Starts the workers alone, which serve the API, and the files of the program where there are some.
///
/// # Errors
/// When the system refuses threads or the socket.
pub fn serve(plan: Plan, app: &Arc<App>, assets: Option<&Arc<Assets>>) -> io::Result<Server> {
    let (app, assets) = (Arc::clone(app), assets.cloned());
    let registry = Arc::new(routes::registry());
    let routes = move || {
        let (app, registry, assets) = (Arc::clone(&app), Arc::clone(&registry), assets.clone());
        let headers = policy::headers(&app.public_url);
        let service = Service::new()
            .wrap(headers)
            .configure(|it| crate::serve::configure(it, app, registry))
            .configure(|it| {
                if let Some(assets) = assets {
                    assets::configure(it, assets);
                }
            });
        http::routes(service)
    };
    let server = Server::build()
        .workers(plan.workers)
        .shutdown_timeout(DRAIN)
        .disable_signals();
    let stopping = server.graceful_shutdown_signal();
    Ok(match plan.tls {
        None => server.listen("http", plan.listener, move || {
            http::service(&routes, &stopping, |stream| Wire::Plain(Arc::new(stream))).tcp()
        })?,
        Some(tls) => server.listen("https", plan.listener, move || {
            http::service(&routes, &stopping, |stream| Wire::Tls(Box::new(stream)))
                .rustls_0_23(tls.clone())
        })?,
    }
    .run())
}

/// Does this now and then, as long as the server runs.
fn every(interval: Duration, app: &Arc<App>, work: fn(&App)) {
    let app = Arc::downgrade(app);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(interval);
        loop {
            tick.tick().await;
            let Some(app) = app.upgrade() else {
                return;
            };
            work(&app);
        }
    });
}

/// Deletes what isn't kept any longer: when the server has started, then once a day.
fn clean_daily(app: &Arc<App>) {
    let app = Arc::downgrade(app);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(PRUNE);
        let mut next = Timestamp(0);
        loop {
            tick.tick().await;
            let Some(app) = app.upgrade() else {
                return;
            };
            let now = app.clock.now();
            if now < next {
                continue;
            }
            match retention::run(&app, now).await {
                Ok(()) => next = now.plus_days(1),
                // The next tick tries again.
                Err(failure) => tracing::warn!(%failure, "what is over could not be deleted"),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn as_many_connections_as_the_system_lets_us() {
        let mut files = getrlimit(Resource::Nofile);
        let most = files.maximum.unwrap_or(u64::MAX);
        // As it's for who didn't ask.
        files.current = Some(most - 1);
        setrlimit(Resource::Nofile, files).unwrap();
        assert_eq!(allow_connections().unwrap(), most);
        assert_eq!(getrlimit(Resource::Nofile).current, files.maximum);
    }

    #[tokio::test]
    async fn whoever_takes_nothing_is_left() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        listener.set_nonblocking(false).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let patience = SockRef::from(&accepted).tcp_user_timeout().unwrap();
        assert_eq!(patience, Some(UNTAKEN));
    }
}
