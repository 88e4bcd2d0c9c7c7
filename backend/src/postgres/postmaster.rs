//! The server process: started on a leash, watched, restarted when it dies, stopped cleanly.

mod output;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use output::Output;

use super::ClusterError;
use super::account::Account;
use super::binaries::Binaries;
use crate::database::purpose::Purpose;

/// Recovery after a power cut reads the whole log since the last checkpoint.
const START: Duration = Duration::from_secs(300);
/// A clean stop writes everything in memory to the disk.
const STOP: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);
const FIRST_BACK_OFF: Duration = Duration::from_millis(250);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(30);
/// Who ran this long has recovered: the next back-off begins small again.
const HEALTHY: Duration = Duration::from_secs(60);

/// Becomes the postmaster, after leaving a watcher behind that holds the other end of our pipe:
/// when we close it, or die in whatever way, the watcher asks the postmaster for a fast stop. It
/// looks into postmaster.pid first, so that it never signals a stranger who got the number. It is
/// nobody's child: a postmaster takes the violent end of any child for a crash.
const LEASH: &str = r#"
exec 3<&0
(
  {
    read -r _ <&3
    read -r pid < "$0/postmaster.pid" && [ "$pid" = $$ ] && kill -INT $$
  } >/dev/null 2>&1 &
)
exec "$@" 3<&- </dev/null
"#;

/// What to start, and how.
#[derive(Debug)]
pub struct Plan {
    pub binaries: Binaries,
    pub account: Account,
    pub cluster: PathBuf,
    pub socket: PathBuf,
    pub purpose: Purpose,
}

/// Keeps one postmaster running until told to stop.
#[derive(Debug)]
pub struct Supervisor {
    plan: Arc<Plan>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    leash: Option<ChildStdin>,
    stopping: bool,
    ended: bool,
}

struct Running {
    child: Child,
    leash: ChildStdin,
}

impl Supervisor {
    /// Starts the postmaster and returns when it accepts connections.
    pub fn start(plan: Plan) -> Result<Self, ClusterError> {
        let plan = Arc::new(plan);
        let shared = Arc::new(Shared::default());
        let first = launch(&plan)?;
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn({
                let (plan, shared) = (Arc::clone(&plan), Arc::clone(&shared));
                let child = shared.hold(first);
                move || supervise(&plan, &shared, child)
            })
            .map_err(ClusterError::system("starting a thread"))?;
        Ok(Self {
            plan,
            shared,
            thread: Some(thread),
        })
    }

    /// Stops the postmaster and waits for its end. The second call does nothing.
    pub fn stop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        let mut state = self.shared.state();
        state.stopping = true;
        state.leash = None;
        self.shared.changed.notify_all();
        let (state, late) = self
            .shared
            .changed
            .wait_timeout_while(state, STOP, |state| !state.ended)
            .unwrap_or_else(PoisonError::into_inner);
        drop(state);
        if late.timed_out() {
            tracing::error!("the database does not stop: forcing it; it will recover next time");
            pg_ctl_stop(
                &self.plan.cluster,
                &self.plan.binaries,
                &self.plan.account,
                "immediate",
            );
        }
        if thread.join().is_err() {
            tracing::error!("the database's supervisor had failed");
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the leash of a started postmaster.
    fn hold(&self, running: Running) -> Child {
        let mut state = self.state();
        // When a stop was asked for meanwhile, the leash is dropped here, which stops it.
        state.leash = (!state.stopping).then_some(running.leash);
        running.child
    }
}

fn supervise(plan: &Plan, shared: &Shared, mut child: Child) {
    let mut back_off = FIRST_BACK_OFF;
    loop {
        let started = Instant::now();
        let status = child.wait();
        if started.elapsed() > HEALTHY {
            back_off = FIRST_BACK_OFF;
        }
        child = loop {
            let mut state = shared.state();
            state.leash = None;
            if !state.stopping {
                tracing::error!(
                    "the database died ({}): restarting it in {back_off:?}",
                    describe(&status)
                );
                state = shared
                    .changed
                    .wait_timeout_while(state, back_off, |state| !state.stopping)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
            if state.stopping {
                state.ended = true;
                shared.changed.notify_all();
                return;
            }
            drop(state);
            back_off = (back_off * 2).min(LONGEST_BACK_OFF);
            match launch(plan) {
                Ok(running) => {
                    tracing::info!("the database runs again");
                    break shared.hold(running);
                }
                Err(error) => tracing::error!("{error}"),
            }
        };
    }
}

fn describe(status: &std::io::Result<ExitStatus>) -> String {
    status
        .as_ref()
        .map_or_else(ToString::to_string, ToString::to_string)
}

/// Starts the postmaster and waits until it is ready. When the processes of a killed one still
/// hold its memory, they are about to notice and to leave: so it tries again for a while.
fn launch(plan: &Plan) -> Result<Running, ClusterError> {
    let begun = Instant::now();
    loop {
        let (mut running, output) = spawn(plan)?;
        loop {
            if is_ready(&plan.cluster, running.child.id()) {
                return Ok(running);
            }
            let ended = running
                .child
                .try_wait()
                .map_err(ClusterError::system("waiting for PostgreSQL"))?;
            if ended.is_some() {
                break;
            }
            if begun.elapsed() > START {
                drop(running.leash);
                return Err(refused(output.end()));
            }
            thread::sleep(POLL);
        }
        drop(running.leash);
        let said = output.end();
        if !said.contains("shared memory block") || begun.elapsed() > STOP {
            return Err(refused(said));
        }
        thread::sleep(FIRST_BACK_OFF);
    }
}

fn refused(said: String) -> ClusterError {
    ClusterError::Refused {
        doing: "starting PostgreSQL".to_owned(),
        said,
    }
}

fn spawn(plan: &Plan) -> Result<(Running, Output), ClusterError> {
    let doing = || ClusterError::system("starting PostgreSQL");
    let mut command = plan.account.command("/bin/sh");
    command.arg("-c").arg(LEASH).arg(&plan.cluster);
    command.arg(plan.binaries.path("postgres"));
    command.arg("-D").arg(&plan.cluster);
    for (name, value) in settings(plan) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    // A group of its own: Ctrl-C in the terminal is for us; we stop it after the last request.
    command.process_group(0);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::null());
    command.stderr(Stdio::piped());
    let mut child = command.spawn().map_err(doing())?;
    let (Some(leash), Some(stderr)) = (child.stdin.take(), child.stderr.take()) else {
        return Err(doing()(std::io::ErrorKind::BrokenPipe.into()));
    };
    let output = Output::follow(stderr).map_err(doing())?;
    Ok((Running { child, leash }, output))
}

/// On the command line, so that they hold whatever the files in the cluster say.
fn settings(plan: &Plan) -> Vec<(&'static str, String)> {
    let on_off = |on: bool| if on { "on" } else { "off" }.to_owned();
    let keep = plan.purpose == Purpose::Keep;
    let memory = memory_megabytes();
    vec![
        ("listen_addresses", String::new()),
        (
            "unix_socket_directories",
            format!("\"{}\"", plan.socket.display()),
        ),
        ("unix_socket_permissions", "0700".to_owned()),
        ("port", "5432".to_owned()),
        (
            "max_connections",
            if keep { "100" } else { "300" }.to_owned(),
        ),
        (
            "shared_buffers",
            format!("{}MB", (memory / 8).clamp(64, 1024)),
        ),
        (
            "effective_cache_size",
            format!("{}MB", (memory / 2).max(128)),
        ),
        ("fsync", on_off(keep)),
        ("full_page_writes", on_off(keep)),
        ("synchronous_commit", on_off(keep)),
        ("max_wal_size", "2GB".to_owned()),
        ("checkpoint_timeout", "15min".to_owned()),
        ("random_page_cost", "1.1".to_owned()),
        // Our queries are short: compiling them costs more than it saves.
        ("jit", "off".to_owned()),
        ("timezone", "UTC".to_owned()),
        ("log_timezone", "UTC".to_owned()),
        ("log_line_prefix", String::new()),
        ("logging_collector", "off".to_owned()),
        ("log_destination", "stderr".to_owned()),
        ("log_checkpoints", "off".to_owned()),
    ]
}

fn memory_megabytes() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .map_or(1024, |kilobytes| kilobytes / 1024)
}

/// The postmaster writes its number into the first line of its file, and its state into the eighth.
fn is_ready(cluster: &Path, pid: u32) -> bool {
    let Ok(text) = fs::read_to_string(cluster.join("postmaster.pid")) else {
        return false;
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.first() == Some(&pid.to_string().as_str()) && lines.get(7) == Some(&"ready")
}

/// Stops the postmaster that a crashed process of ours left, if it still lives. We hold the lock
/// of the directory, so nobody needs it.
pub fn stop_old(
    cluster: &Path,
    binaries: &Binaries,
    account: &Account,
) -> Result<(), ClusterError> {
    let begun = Instant::now();
    while let Some((pid, remains)) = old(cluster) {
        if begun.elapsed() > STOP {
            return Err(ClusterError::Refused {
                doing: format!("stopping the database's old process {pid}"),
                said: match remains {
                    Remains::Alive => format!("it still runs: kill -QUIT {pid}, then start again"),
                    Remains::Zombie => "it is dead, but its parent process hasn't taken notice: \
                                        in a container, use an init (docker run --init)"
                        .to_owned(),
                },
            });
        }
        if remains == Remains::Alive {
            tracing::warn!(
                "taking over from a crashed zvonok: stopping its database (process {pid})"
            );
            // Fast is clean; what doesn't react to it recovers from its log instead.
            let mode = if begun.elapsed() < STOP / 2 {
                "fast"
            } else {
                "immediate"
            };
            pg_ctl_stop(cluster, binaries, account, mode);
        }
        thread::sleep(POLL);
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Remains {
    Alive,
    /// Dead, but not yet collected by its parent: PostgreSQL would take it for alive.
    Zombie,
}

/// The process in postmaster.pid, if it is a postmaster of this cluster. After a crash the number
/// may belong to a stranger.
fn old(cluster: &Path) -> Option<(u32, Remains)> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid: u32 = text.lines().next()?.trim().parse().ok()?;
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    if state.contains(") Z ") {
        return Some((pid, Remains::Zombie));
    }
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let cluster = cluster.as_os_str().as_encoded_bytes();
    arguments
        .split(|byte| *byte == 0)
        .any(|it| it == cluster)
        .then_some((pid, Remains::Alive))
}

fn pg_ctl_stop(cluster: &Path, binaries: &Binaries, account: &Account, mode: &str) {
    let outcome = account
        .command(binaries.path("pg_ctl"))
        .args([
            "stop",
            "--wait",
            "--timeout",
            "30",
            "--mode",
            mode,
            "--pgdata",
        ])
        .arg(cluster)
        .output();
    match outcome {
        Ok(output) if output.status.success() => {}
        Ok(output) => tracing::warn!(
            "pg_ctl stop: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        Err(error) => tracing::warn!(%error, "pg_ctl stop could not run"),
    }
}
