//! The words that server and browser share.
