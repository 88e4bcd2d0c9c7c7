//! HTTP over a connection. What `actix_web::HttpServer` does, except that a connection can go on as a socket
//! of ours: it has no way to hand it over.

use std::rc::Rc;
use std::time::Duration;

use actix_codec::Framed;
use actix_http::body::{BoxBody, MessageBody};
use actix_http::h1::{Codec, ExpectHandler};
use actix_http::{Error, HttpService, Request, Response};
use actix_server::GracefulShutdownSignal;
use actix_service::boxed::{self, BoxServiceFactory};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, fn_factory, fn_service, map_config,
};
use actix_web::dev::{AppConfig, ServiceResponse};
use actix_web::rt::net::ActixStream;

use crate::socket::Wire;
use crate::upgrade;

/// A quiet connection is kept for the next request.
const KEPT: Duration = Duration::from_secs(75);

/// What answers requests.
pub(super) type Routes = BoxServiceFactory<(), Request, Response<BoxBody>, Response<BoxBody>, ()>;

type Upgrade<T> = BoxServiceFactory<(), (Request, Framed<T, Codec>), (), Error, ()>;

/// An application's.
pub(super) fn routes<S, B>(app: impl IntoServiceFactory<S, Request>) -> Routes
where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let answered = map_config(app, |()| AppConfig::default())
        .map(|response| Response::from(response.map_into_boxed_body()))
        .map_err(|error| Response::from(error.error_response()));
    boxed::factory(answered)
}

pub(super) fn service<T: ActixStream + 'static>(
    routes: &(impl Fn() -> Routes + Clone + 'static),
    stopping: &GracefulShutdownSignal,
    wire: impl Fn(T) -> Wire + Clone + 'static,
) -> HttpService<T, Routes, BoxBody, ExpectHandler, Upgrade<T>> {
    let ours = routes.clone();
    let upgrade = fn_factory(move || {
        let (routes, wire) = (ours(), wire.clone());
        async move {
            let routes = Rc::new(routes.new_service(()).await?);
            Ok(fn_service(move |(request, framed)| {
                let (routes, wire) = (Rc::clone(&routes), wire.clone());
                async move { upgrade::answer(&*routes, request, framed, wire).await }
            }))
        }
    });
    let stopping = stopping.clone();
    HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .keep_alive(KEPT)
        .client_disconnect_timeout(Duration::from_secs(1))
        // A message is small and must leave at once.
        .tcp_nodelay(true)
        .upgrade(boxed::factory(upgrade))
        .finish(routes())
}
