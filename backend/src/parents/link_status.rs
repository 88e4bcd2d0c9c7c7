//! The words that the database has for a guardian link.

use common::text_enum;

text_enum! {
    /// How a guardian link stands. What its parent is told of it is a [`LinkState`](common::parents::LinkState).
    pub enum LinkStatus {
        Waiting = "waiting",
        Confirmed = "confirmed",
        Refused = "refused",
        Ended = "ended",
    }
}
