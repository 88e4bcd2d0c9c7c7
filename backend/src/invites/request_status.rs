//! The words that the database has for what comes of a join request.

use common::text_enum;

text_enum! {
    /// How a join request stands.
    pub enum RequestStatus {
        Waiting = "waiting",
        Accepted = "accepted",
        Refused = "refused",
        /// It was asked again, or answered on another way.
        Closed = "closed",
    }
}
