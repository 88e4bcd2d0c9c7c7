//! The HTTP side: one registry of endpoints, in front of which the rule book stands.

mod deadline;
mod machine;
mod reply;
mod request;
mod run;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, http, web};
use common::endpoint::{
    Callback, Declared, Download, Endpoint, Form, Info, Kind, Machine, Method, Socket, Upload,
};
use common::error::Error;
use common::permissions::{Action, Facts, Scope};

use self::deadline::{PATIENCE, in_time};
use self::reply::Reply;
use self::reply::failure;
pub use self::reply::{File, Page, Text};
use self::request::Value;
use self::run::{run, run_from_memory};
use crate::actor::Actor;
use crate::app::{App, Asked, ByRow, Compared, Ctx};
use crate::error::Result;
use crate::live::Attempt;
use crate::{access, socket};

type Running = Pin<Box<dyn Future<Output = Result<Reply>> + Send>>;
type Call = Box<dyn Fn(Ctx, Given) -> Running + Send + Sync>;

/// Where most stands.
const API: &str = "/api/";

/// What came with a request.
#[derive(Clone)]
struct Given {
    /// The declared value.
    request: web::Bytes,
    /// Of an upload.
    file: web::Bytes,
}

struct Mounted {
    info: Info,
    call: Call,
    /// Of an upload: what is asked before the file is read, and how large that may be.
    before: Option<(Call, usize)>,
    /// Of a form: where it goes back when it's refused.
    back: Option<&'static str>,
}

/// The handlers, each mounted by the type of its endpoint. Before one runs, the rule book is asked; it
/// can't be forgotten.
#[derive(Default)]
pub struct Registry {
    calls: HashMap<(&'static str, Method), Mounted>,
}

impl Registry {
    /// Mounts a handler: `registry.on(send_message)`, where `send_message` takes a [`Ctx`] and a
    /// `SendMessage`.
    pub fn on<E, H, F>(&mut self, handler: H)
    where
        E: Endpoint,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<E::Response>> + Send + 'static,
    {
        self.mount::<E>(call(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Reply::json(&answer.await?) }
        }));
    }

    /// Mounts a handler whose own statement compares the school's number with that of the rule book's facts.
    /// So these may be remembered from an earlier call about the same chat, which saves the frequent calls
    /// (a send, a page, a mark of reading) a statement each. What memory denies is asked, and what has
    /// changed runs again.
    pub fn on_compared<E, H, F>(&mut self, handler: H)
    where
        E: Endpoint,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<Compared<E::Response>>> + Send + 'static,
    {
        self.mount_remembered::<E, _, _>(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Reply::json(&answer.await?.done()) }
        });
    }

    /// As [`Registry::on_compared`], for a handler whose statement writes the very row that gives the right.
    pub fn on_by_row<E, H, F>(&mut self, handler: H)
    where
        E: Endpoint,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<ByRow<E::Response>>> + Send + 'static,
    {
        self.mount_remembered::<E, _, _>(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Reply::json(&answer.await?.done()) }
        });
    }

    fn mount_remembered<E, H, F>(&mut self, handler: H)
    where
        E: Declared,
        H: Fn(Ctx, E, web::Bytes) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<Reply>> + Send + 'static,
    {
        self.mount::<E>(Box::new(move |ctx, given| {
            let value = Value::new(given.request);
            Box::pin(run_from_memory(ctx, value, given.file, handler))
        }));
    }

    /// Mounts the handler of an upload, which is given the whole file. `before` is asked when the rule
    /// book has allowed it, and before the file is read: strangers don't get to fill our memory.
    pub fn on_upload<E, B, A, H, F>(&mut self, before: B, handler: H)
    where
        E: Upload,
        B: Fn(Ctx, E) -> A + Copy + Send + Sync + 'static,
        A: Future<Output = Result<()>> + Send + 'static,
        H: Fn(Ctx, E, web::Bytes) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<E::Response>> + Send + 'static,
    {
        let mounted = self.mount::<E>(call(move |ctx, request: E, file| {
            let answer = handler(ctx, request, file);
            async move { Reply::json(&answer.await?) }
        }));
        let before = call(move |ctx, request: E, _| {
            let answer = before(ctx, request);
            async move { Reply::json(&answer.await?) }
        });
        mounted.before = Some((before, E::LIMIT));
    }

    pub fn on_download<E, H, F>(&mut self, handler: H)
    where
        E: Download,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<File>> + Send + 'static,
    {
        self.mount::<E>(call(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Ok(Reply::File(answer.await?)) }
        }));
    }

    pub fn on_form<E, H, F>(&mut self, handler: H)
    where
        E: Form,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<Page>> + Send + 'static,
    {
        let mounted = self.mount::<E>(call(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Ok(Reply::Page(answer.await?)) }
        }));
        mounted.back = Some(E::BACK);
    }

    /// Mounts what another program asks.
    pub fn on_machine<E, H, F>(&mut self, handler: H)
    where
        E: Machine,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<Text>> + Send + 'static,
    {
        self.mount::<E>(call(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Ok(Reply::Text(answer.await?)) }
        }));
    }

    /// Mounts what another program tells us.
    pub fn on_callback<E, H, F>(&mut self, handler: H)
    where
        E: Callback,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<E::Response>> + Send + 'static,
    {
        self.mount::<E>(call(move |ctx, request: E, _| {
            let answer = handler(ctx, request);
            async move { Reply::json(&answer.await?) }
        }));
    }

    /// Mounts the socket, which `socket.rs` goes on with.
    pub fn on_socket<E: Socket>(&mut self) {
        self.mount::<E>(call(async |ctx: Ctx, _: E, _| {
            Ok(Reply::Socket(ctx.actor()?.clone()))
        }));
    }

    fn mount<E: Declared>(&mut self, call: Call) -> &mut Mounted {
        match self.calls.entry((E::PATH, E::METHOD)) {
            Entry::Vacant(free) => free.insert(Mounted {
                info: Info::of::<E>(),
                call,
                before: None,
                back: None,
            }),
            Entry::Occupied(_) => panic!("{} has two handlers", E::NAME),
        }
    }

    /// What is mounted, for the test that compares it with the declared list.
    pub fn mounted(&self) -> impl Iterator<Item = Info> + '_ {
        self.calls.values().map(|mounted| mounted.info)
    }
}

fn call<E, H, F>(handler: H) -> Call
where
    E: Declared,
    H: Fn(Ctx, E, web::Bytes) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<Reply>> + Send + 'static,
{
    Box::new(move |ctx, given| {
        let value = Value::new(given.request);
        Box::pin(run(ctx, value, given.file, handler))
    })
}

/// Whatever is declared. The handlers are named in `routes.rs`, pages and assets are in `assets.rs`.
pub fn configure(config: &mut web::ServiceConfig, app: Arc<App>, registry: Arc<Registry>) {
    for Info { path, .. } in registry.mounted() {
        if !path.starts_with(API) {
            config.route(path, web::route().to(answer));
        }
    }
    config
        .app_data(web::Data::from(app))
        .app_data(web::Data::from(registry))
        // Not a pattern with `.*`, which would be matched as a regular expression for each request.
        .service(web::scope(API.trim_end_matches('/')).default_service(web::route().to(answer)));
}

async fn answer(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    registry: web::Data<Registry>,
) -> HttpResponse {
    let method = match *request.method() {
        // Who watches over a server may want the head alone: actix leaves the body out.
        http::Method::GET | http::Method::HEAD => Some(Method::Get),
        http::Method::POST => Some(Method::Post),
        http::Method::PUT => Some(Method::Put),
        _ => None,
    };
    let mounted = method.and_then(|method| registry.calls.get(&(request.path(), method)));
    let Some(mounted) = mounted else {
        return failure(Error::NotFound.into());
    };
    if !request::is_ours(&request, mounted.info, &app.public_url) {
        return failure(Error::Malformed.into());
    }
    let answer = serve(&request, payload, app.into_inner(), mounted).await;
    answer.unwrap_or_else(|problem| match mounted.back {
        Some(place) => reply::back(place, problem),
        None => failure(problem),
    })
}

async fn serve(
    request: &HttpRequest,
    mut payload: web::Payload,
    app: Arc<App>,
    mounted: &Mounted,
) -> Result<HttpResponse> {
    let (actor, facts) = if let Kind::Machine(program) = mounted.info.kind {
        // Asked often, and refused for nothing: a secret of the settings is too long to be guessed.
        if machine::is(program, &app, request) {
            (None, access::program(program))
        } else if mounted.info.method == Method::Get {
            (None, access::nowhere(None).facts)
        } else {
            // As the rule book says to nobody of what only programs may, and before the body is read.
            return Err(Error::NotFound.into());
        }
    } else {
        let actor = tokio::time::timeout(PATIENCE, request::actor(&app, request));
        let actor = actor.await.map_err(|_| Error::Unavailable)??;
        if let Some(actor) = &actor {
            request::believes(request, actor)?;
        }
        if actor.is_none() {
            let address = request::address(request, app.behind_proxy);
            app.hub.attempt(Attempt::Stranger(address))?;
        }
        let facts = access::nowhere(actor.as_ref()).facts;
        (actor, facts)
    };
    let ctx = context(request, Arc::clone(&app), actor, facts);
    let mut given = Given {
        request: request::value(request, &mut payload, mounted.info.method).await?,
        file: web::Bytes::new(),
    };
    // Until it's answered.
    let mut share = app.uploads.share();
    if let Some((before, limit)) = &mounted.before {
        let asked = before(ctx.clone(), given.clone());
        in_time(PATIENCE, &ctx.progress, asked).await?;
        given.file = request::file(&mut payload, *limit, &mut share).await?;
    }
    let (cookie, progress) = (Arc::clone(&ctx.cookie), Arc::clone(&ctx.progress));
    let mut answer = (mounted.call)(ctx, given);
    if mounted.info.method != Method::Get {
        answer = Box::pin(apart(answer));
    }
    let reply = in_time(PATIENCE, &progress, answer).await?;
    let cookie = cookie.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(match reply {
        Reply::Json(text) => {
            let compressed = mounted.info.method == Method::Get && request::accepts_gzip(request);
            reply::json(text, compressed, cookie.as_ref())
        }
        Reply::File(file) => reply::file(file),
        Reply::Text(text) => reply::text(text),
        Reply::Page(Page(place)) => reply::page(place, cookie.as_ref()),
        Reply::Socket(actor) => socket::begin(request, app, actor),
    })
}

/// Runs what writes in a task of its own: when the client disconnects, actix drops the handler, but
/// a transaction must not stop half-way.
async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work).await?
}

/// What a handler knows of the call.
fn context(request: &HttpRequest, app: Arc<App>, actor: Option<Actor>, facts: Facts) -> Ctx {
    Ctx {
        now: app.clock.now(),
        facts,
        asked: Asked {
            action: Action::Anyone,
            scope: Scope::Installation,
            turn: None,
            remembered: false,
        },
        zone: None,
        address: request::address(request, app.behind_proxy),
        user_agent: request::text_header(request.headers(), &header::USER_AGENT).to_owned(),
        cookie: Arc::new(Mutex::new(None)),
        progress: Arc::default(),
        app,
        actor,
    }
}
