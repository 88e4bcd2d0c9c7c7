//! `zvonok serve`: everything is started in order, and stopped in the reverse order.

use std::sync::Arc;

use backend::accounts::passwords::Passwords;
use backend::app::{App, Options};
use backend::assets::Assets;
use backend::clock::Clock;
use backend::config::Config;
use backend::database::Database;
use backend::live::Bursts;
use backend::server::{self, Plan};
use backend::session;
use backend::tls::Certificate;
use tokio::signal::unix::{SignalKind, signal};

use crate::Outcome;

/// Fewer connections are not enough for a school of 2,000, of whom some have two tabs.
const FEW: u64 = 4096;

pub async fn run(config: Config, demo: bool) -> Outcome {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut asked_to_stop = Box::pin(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    });
    // What may be wrong in the settings shows before the database is touched.
    let tls = config.tls.clone().map(Certificate::load).transpose()?;
    let connections = server::allow_connections()?;
    if connections < FEW {
        tracing::warn!(
            connections,
            "the system allows few open files: raise the limit (LimitNOFILE= of systemd), or people \
             are turned away"
        );
    }
    let listener = server::bind(config.listen)?;
    let config = config.bound(listener.local_addr()?);

    if demo {
        super::demo::only_here(&config)?;
    }
    // A database may recover, be migrated, or not answer for minutes.
    let starting = async {
        let database = Database::start(&config).await?;
        if demo {
            super::demo::run(&config, &database).await?;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(database)
    };
    let database = tokio::select! {
        database = starting => database?,
        () = &mut asked_to_stop => return Ok(()),
    };
    let assets = Arc::new(Assets::load(&config.data_dir, Clock::System.now())?);
    let app = App::start(
        database.pool.clone(),
        Options {
            clock: Clock::System,
            bursts: Bursts::default(),
            passwords: Passwords::new()?,
            public_url: config.public_url.clone(),
            behind_proxy: config.behind_proxy,
            metrics_token: config.metrics_token.clone(),
        },
    );
    session::expect(&app).await?;
    let plan = Plan {
        listener,
        tls: tls.as_ref().map(Certificate::config).transpose()?,
        workers: config.workers,
    };
    let server = server::start(plan, &app, &assets)?;
    let handle = server.handle();
    let ended = tokio::spawn(server);
    if let Some(certificate) = tls {
        tokio::spawn(certificate.follow());
    }
    println!("Zvonok: {}", config.local_url());

    asked_to_stop.await;
    tracing::info!("stopping");
    app.hub.stop();
    handle.stop(true).await;
    ended.await??;
    drop(app);
    database.stop().await;
    Ok(())
}
