//! Someone with a browser.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex};

use common::accounts::SignIn;
use common::endpoint::{Declared, Endpoint};
use common::realtime::{ClientFrame, Event, GetState, State, Touched};
use common::{AccountId, Password};
use hyper::Request;

use crate::http::{self, Body, Reply, SESSION};
use crate::school::World;
use crate::socket::Socket;

/// A person at a browser: calls endpoints with its cookie, listens on its socket.
#[derive(Clone)]
pub struct Actor {
    world: Arc<World>,
    browser: Arc<Browser>,
}

pub struct Browser {
    pub name: String,
    /// What a program shows in place of a cookie.
    token: Option<&'static str>,
    account: Mutex<Option<AccountId>>,
    cookie: Mutex<Option<String>>,
    pub socket: tokio::sync::Mutex<Option<Socket>>,
    /// What was heard between the last two checks, of the state …
    pub heard: Mutex<Vec<Event>>,
    /// … and of what screens fetch for themselves.
    pub touched: Mutex<Vec<Touched>>,
    /// The code with which the server closed the last socket.
    pub closed: Mutex<Option<u16>>,
}

impl Actor {
    pub(crate) fn new(
        world: &Arc<World>,
        name: &str,
        session: Option<(AccountId, String)>,
    ) -> Self {
        let (account, cookie) = session.unzip();
        Self::with(world, name, account, cookie, None)
    }

    /// Another program, which shows a secret of the settings.
    pub(crate) fn program(world: &Arc<World>, name: &str, token: &'static str) -> Self {
        Self::with(world, name, None, None, Some(token))
    }

    fn with(
        world: &Arc<World>,
        name: &str,
        account: Option<AccountId>,
        cookie: Option<String>,
        token: Option<&'static str>,
    ) -> Self {
        Self {
            world: Arc::clone(world),
            browser: Arc::new(Browser {
                name: name.to_owned(),
                token,
                account: Mutex::new(account),
                cookie: Mutex::new(cookie),
                socket: tokio::sync::Mutex::default(),
                heard: Mutex::default(),
                touched: Mutex::default(),
                closed: Mutex::default(),
            }),
        }
    }

    /// Calls, expects success, and checks everybody's state and what everybody heard.
    #[track_caller]
    pub fn does<E: Endpoint>(&self, request: E) -> impl Future<Output = E::Response> {
        let at = Location::caller();
        async move {
            let answer = self.call(request).await;
            let answer = answer.unwrap_or_else(|error| {
                panic!("{at}: {} can't {}: {error}", self.browser.name, E::NAME)
            });
            self.world.check(at).await;
            answer
        }
    }

    /// Calls, expects a refusal, and checks that nothing changed and nobody heard of it.
    #[track_caller]
    pub fn fails<E: Endpoint>(&self, request: E) -> impl Future<Output = common::Error> {
        let at = Location::caller();
        async move {
            let Err(error) = self.call(request).await else {
                panic!("{at}: {} can {}", self.browser.name, E::NAME);
            };
            self.world.check(at).await;
            let online = self.world.online().await;
            assert!(
                !online.is_empty(),
                "{at}: nobody is online who could hear: use call"
            );
            for other in online {
                let (heard, touched) = (other.heard(), other.touched());
                assert!(
                    heard.is_empty() && touched.is_empty(),
                    "{at}: {} failed, but {} heard {heard:?}, {touched:?}",
                    E::NAME,
                    other.name
                );
            }
            error
        }
    }

    /// Calls, and checks nothing.
    pub async fn call<E: Endpoint>(&self, request: E) -> Result<E::Response, common::Error> {
        self.reply(self.request(&request)).await.read::<E>()
    }

    /// The request that [`Actor::call`] would send, to be spoilt.
    pub fn request<E: Declared>(&self, request: &E) -> Request<Body> {
        let mut request = http::request(
            self.world.server.address,
            self.browser.cookie().as_deref(),
            request,
        );
        if let Some(token) = self.browser.token {
            let shown = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("authorization", shown);
        }
        request
    }

    /// Sends any request; keeps the session cookie that the answer sets.
    pub async fn reply(&self, request: Request<Body>) -> Reply {
        let reply = http::send(self.world.server.address, request).await;
        let set = reply.header("set-cookie");
        if let Some(value) = set
            .strip_prefix(SESSION)
            .and_then(|rest| rest.strip_prefix('='))
        {
            let value = value.split(';').next().unwrap_or_default();
            let cookie = (!value.is_empty()).then(|| value.to_owned());
            *self.browser.cookie.lock().unwrap() = cookie;
        }
        reply
    }

    /// The account, of someone who has one.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.browser.account()
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.browser.name
    }

    #[must_use]
    pub fn cookie(&self) -> Option<String> {
        self.browser.cookie()
    }

    /// A program, and no person.
    #[must_use]
    pub fn is_program(&self) -> bool {
        self.browser.token.is_some()
    }

    /// The same person's next browser, not signed in yet.
    #[must_use]
    pub fn another_browser(&self) -> Self {
        let name = format!("{} at another browser", self.browser.name);
        let other = Self::new(&self.world, &name, None);
        *other.browser.account.lock().unwrap() = *self.browser.account.lock().unwrap();
        other
    }

    /// The same person's next browser, signed in by the phone that [`crate::place`] gave them.
    pub async fn another_browser_signed_in(&self) -> Self {
        let other = self.another_browser();
        let request = SignIn {
            login: format!("+791600000{:02}", self.id().0),
            password: Password(crate::PASSWORD.into()),
        };
        other.call(request).await.unwrap();
        other
    }

    /// Opens the socket and fetches the state.
    pub async fn go_online(&self) {
        let cookie = self.browser.cookie().expect("signed in");
        let fetch = async { self.call(GetState {}).await.unwrap() };
        let socket = Socket::open(self.world.server.address, &cookie, fetch).await;
        *self.browser.account.lock().unwrap() = Some(socket.state.me.id);
        *self.browser.socket.lock().await = Some(socket);
        let mut browsers = self.world.browsers.lock().unwrap();
        if !browsers
            .iter()
            .any(|it| it.as_ptr() == Arc::as_ptr(&self.browser))
        {
            browsers.push(Arc::downgrade(&self.browser));
        }
    }

    /// Closes the socket.
    pub async fn go_offline(&self) {
        let socket = self.browser.socket.lock().await.take();
        socket.expect("online").close().await;
    }

    /// Says something over the socket, and waits until the server has heard it.
    pub async fn says(&self, frame: ClientFrame) {
        self.says_raw(&serde_json::to_string(&frame).unwrap()).await;
    }

    /// As [`Actor::says`], with any text.
    pub async fn says_raw(&self, text: &str) {
        let mut socket = self.browser.socket.lock().await;
        socket.as_mut().expect("online").say(text).await;
    }

    /// What the browser knows.
    pub async fn state(&self) -> State {
        let socket = self.browser.socket.lock().await;
        socket.as_ref().expect("online").state.clone()
    }

    /// What the browser heard between the last two checks, without [`Actor::touched`].
    #[must_use]
    pub fn heard(&self) -> Vec<Event> {
        self.browser.heard()
    }

    /// Which screens it was told are outdated, between the last two checks.
    #[must_use]
    pub fn touched(&self) -> Vec<Touched> {
        self.browser.touched()
    }

    /// Waits until the server closes the socket; its code. Or the code, if it did already.
    pub async fn closed(&self) -> Option<u16> {
        if let Some(mut socket) = self.browser.socket.lock().await.take() {
            *self.browser.closed.lock().unwrap() = socket.hear_close().await;
        }
        *self.browser.closed.lock().unwrap()
    }

    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }
}

impl Browser {
    pub fn account(&self) -> AccountId {
        self.account.lock().unwrap().expect("has an account")
    }

    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    pub fn heard(&self) -> Vec<Event> {
        self.heard.lock().unwrap().clone()
    }

    pub fn touched(&self) -> Vec<Touched> {
        self.touched.lock().unwrap().clone()
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.browser.name)
    }
}
