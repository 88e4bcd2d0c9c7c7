//! A connection, of one's own or on loan.

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool;

/// One connection. Prepared statements are cached on it.
pub type Connection = AsyncPgConnection;
/// A connection on loan from the [`Pool`](super::Pool).
pub type Pooled = deadpool::Object<Connection>;
