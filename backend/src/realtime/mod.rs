//! Start-up. What follows is told by the hub (`live`).

pub mod handlers;
