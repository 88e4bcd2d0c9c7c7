//! An endpoint is declared once: its request, method, path, needed action and answer. The client
//! calls it by value, the server mounts a handler by its type, so the two can't drift apart.
//!
//! Every declared endpoint speaks JSON. A `GET` carries its request as JSON in the query (`?q=`),
//! because one codec for both directions costs a phone the fewest bytes; `POST` in the body, with
//! `Content-Type: application/json`, which no foreign page can send without asking first.
//! Undeclared are four exceptions, in the backend: the sign-in form that works before any WASM
//! (`accounts/handlers.rs`), the upload and download of an appointment order
//! (`schools/applications/order.rs`), and the socket (`socket.rs`); besides them what an operator's
//! programs ask (`/health`, `/metrics`).

use serde::{Serialize, de::DeserializeOwned};

use crate::permissions::{Action, Scope};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Changes nothing.
    Get,
    Post,
}

/// Bytes in a request's body, at most.
pub const BODY_LIMIT: usize = 64 * 1024;

pub trait Endpoint: Serialize + DeserializeOwned + Send + 'static {
    const NAME: &'static str;
    const METHOD: Method;
    const PATH: &'static str;
    type Response: Serialize + DeserializeOwned + Send + 'static;

    /// What the rule book is asked before the handler runs.
    fn needs(&self) -> (Action, Scope);
}

/// What is known of an endpoint without its types: for the list, for tests that walk it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    pub name: &'static str,
    pub method: Method,
    pub path: &'static str,
}

impl Info {
    #[must_use]
    pub const fn of<E: Endpoint>() -> Self {
        Self {
            name: E::NAME,
            method: E::METHOD,
            path: E::PATH,
        }
    }
}

/// ```text
/// endpoint! {
///     /// Renames a class.
///     RenameClass { class: ClassId, name: String }
///     POST "/api/classes/rename" => Class,
///     needs |request| Action::EditStructure, in Scope::Class(request.class)
/// }
/// ```
#[macro_export]
macro_rules! endpoint {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? }
        $method:ident $path:literal => $response:ty,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),* }

        impl $crate::endpoint::Endpoint for $name {
            const NAME: &'static str = stringify!($name);
            const METHOD: $crate::endpoint::Method = $crate::endpoint!(@method $method);
            const PATH: &'static str = $path;
            type Response = $response;

            fn needs(&self) -> ($crate::permissions::Action, $crate::permissions::Scope) {
                let $request = self;
                // Not every endpoint's scope needs the request.
                let _ = $request;
                ($action, $scope)
            }
        }
    };
    (@method GET) => { $crate::endpoint::Method::Get };
    (@method POST) => { $crate::endpoint::Method::Post };
}
