//! An endpoint is declared once: its request, method, path, needed action and answer. The client
//! calls it by value, the server mounts a handler by its type, so the two can't drift apart.
//!
//! Most speak JSON. A `GET` carries its request as JSON in the query (`?q=`), because one codec for
//! both directions costs a phone the fewest bytes; `POST` in the body, with
//! `Content-Type: application/json`, which no foreign page can send without asking first. Files, forms,
//! the socket and what other programs ask are kinds of their own ([`Kind`]), declared, listed and asked
//! about in the same way. Outside of the list stand only the files of the program.

use serde::{Serialize, de::DeserializeOwned};

use crate::permissions::{Action, Scope};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Changes nothing.
    Get,
    Post,
    /// A file, which no foreign page can send in this way without asking first.
    Put,
}

/// What a request carries, and what it's answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON and JSON.
    Json,
    /// A file with JSON in the query, answered with JSON.
    Upload,
    /// JSON in the query, answered with a file to be saved.
    Download,
    /// The fields of an HTML form, which works without the program. Answered with a page to go to.
    Form,
    /// A socket begins.
    Socket,
    /// Another program asks, no person: it has no session, and a cookie isn't looked at. Which program it is
    /// says a secret of the settings that it shows. Answered with text.
    Machine,
}

/// Bytes in a request's body that isn't a file, at most.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Whatever a client may ask for; what its value holds is the request without a file.
pub trait Declared: Serialize + DeserializeOwned + Send + 'static {
    const NAME: &'static str;
    const KIND: Kind;
    const METHOD: Method;
    const PATH: &'static str;

    /// What the rule book is asked before the handler runs, and before a file is read.
    fn needs(&self) -> (Action, Scope);
}

/// [`Kind::Json`].
pub trait Endpoint: Declared {
    type Response: Serialize + DeserializeOwned + Send + 'static;
}

/// [`Kind::Upload`].
pub trait Upload: Declared {
    type Response: Serialize + DeserializeOwned + Send + 'static;
    /// What the file may be, as in the `accept` of HTML.
    const TYPES: &'static str;
    /// In bytes.
    const LIMIT: usize;
}

/// [`Kind::Download`].
pub trait Download: Declared {}

/// [`Kind::Form`].
pub trait Form: Declared {
    /// The page to which a refused form goes back, which is told why: `?problem=wrong`.
    const BACK: &'static str;
}

/// [`Kind::Socket`].
pub trait Socket: Declared {}

/// [`Kind::Machine`].
pub trait Machine: Declared {}

/// What is known of an endpoint without its types: for the list, for tests that walk it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    pub name: &'static str,
    pub kind: Kind,
    pub method: Method,
    pub path: &'static str,
}

impl Info {
    #[must_use]
    pub const fn of<E: Declared>() -> Self {
        Self {
            name: E::NAME,
            kind: E::KIND,
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
///
/// The other kinds differ in what stands for the answer:
///
/// ```text
///     PUT "/api/applications/order" file TYPES up to LIMIT => OrderFile,
///     GET "/api/applications/order" => file,
///     POST "/session" => page or "/sign-in",
///     GET "/socket" => socket,
///     GET "/metrics" by machine => text,
/// ```
#[macro_export]
macro_rules! endpoint {
    (
        $(#[$doc:meta])*
        $name:ident $fields:tt GET $path:literal => file,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $crate::endpoint!(@declared Download Get $path [$(#[$doc])*] $name $fields
            |$request| $action, $scope);
        impl $crate::endpoint::Download for $name {}
    };
    (
        $(#[$doc:meta])*
        $name:ident $fields:tt GET $path:literal => socket,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $crate::endpoint!(@declared Socket Get $path [$(#[$doc])*] $name $fields
            |$request| $action, $scope);
        impl $crate::endpoint::Socket for $name {}
    };
    (
        $(#[$doc:meta])*
        $name:ident $fields:tt GET $path:literal by machine => text,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $crate::endpoint!(@declared Machine Get $path [$(#[$doc])*] $name $fields
            |$request| $action, $scope);
        impl $crate::endpoint::Machine for $name {}
    };
    (
        $(#[$doc:meta])*
        $name:ident $fields:tt POST $path:literal => page or $back:literal,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $crate::endpoint!(@declared Form Post $path [$(#[$doc])*] $name $fields
            |$request| $action, $scope);
        impl $crate::endpoint::Form for $name {
            const BACK: &'static str = $back;
        }
    };
    (
        $(#[$doc:meta])*
        $name:ident $fields:tt PUT $path:literal file $types:ident up to $limit:ident => $response:ty,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $crate::endpoint!(@declared Upload Put $path [$(#[$doc])*] $name $fields
            |$request| $action, $scope);
        impl $crate::endpoint::Upload for $name {
            type Response = $response;
            const TYPES: &'static str = $types;
            const LIMIT: usize = $limit;
        }
    };
    (
        $(#[$doc:meta])*
        $name:ident $fields:tt $method:ident $path:literal => $response:ty,
        needs |$request:ident| $action:expr, in $scope:expr
    ) => {
        $crate::endpoint!(@$method $path [$(#[$doc])*] $name $fields |$request| $action, $scope);
        impl $crate::endpoint::Endpoint for $name {
            type Response = $response;
        }
    };
    (@GET $($rest:tt)*) => { $crate::endpoint!(@declared Json Get $($rest)*); };
    (@POST $($rest:tt)*) => { $crate::endpoint!(@declared Json Post $($rest)*); };
    (
        @declared $kind:ident $method:ident $path:literal [$(#[$doc:meta])*]
        $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? }
        |$request:ident| $action:expr, $scope:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),* }

        impl $crate::endpoint::Declared for $name {
            const NAME: &'static str = stringify!($name);
            const KIND: $crate::endpoint::Kind = $crate::endpoint::Kind::$kind;
            const METHOD: $crate::endpoint::Method = $crate::endpoint::Method::$method;
            const PATH: &'static str = $path;

            fn needs(&self) -> ($crate::permissions::Action, $crate::permissions::Scope) {
                let $request = self;
                // Not every endpoint's scope needs the request.
                let _ = $request;
                ($action, $scope)
            }
        }
    };
}
