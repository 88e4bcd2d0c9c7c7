//! What is known of the connection.

use std::pin::Pin;
use std::task::{Context, Poll};

use common::realtime::Event;
use futures_util::{Sink, Stream};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use leptos::leptos_dom::helpers::TimeoutHandle;

use super::pulse::Pulse;

#[derive(Default)]
pub(super) struct Line {
    pub(super) live: Option<Live>,
    /// Events that came while the state was being fetched. None: nothing is being fetched.
    pub(super) held: Option<Vec<Event>>,
    /// Counts connections and fetches, so that what belongs to an earlier one is not listened to.
    pub(super) round: u32,
    /// Tries since the last success.
    pub(super) tries: i32,
    pub(super) retry: Option<TimeoutHandle>,
    pub(super) pulse: Pulse,
    pub(super) wanted: bool,
    /// Too many others of the account are connected: not again before the person is here.
    pub(super) ousted: bool,
}

/// A socket, which is closed when it's dropped.
pub(super) struct Live {
    pub(super) socket: WebSocket,
    /// Of its beginning: who listens to another hears nothing here.
    pub(super) round: u32,
}

impl Line {
    /// The connection is gone.
    pub(super) fn lose(&mut self) {
        self.live = None;
        self.held = None;
        self.round += 1;
        self.tries += 1;
    }

    /// What comes next over the connection of this round; none: it's no longer the one that is listened to.
    pub(super) fn next(
        &mut self,
        round: u32,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Message, WebSocketError>>> {
        let live = self.live.as_mut().filter(|live| live.round == round);
        live.map_or(Poll::Ready(None), |live| {
            Pin::new(&mut live.socket).poll_next(context)
        })
    }

    pub(super) fn say(&mut self, text: String) {
        let live = self.live.as_mut();
        if let Some(live) = live.filter(|live| matches!(live.socket.state(), State::Open)) {
            // An open one is ready, and needs no flush.
            let _ = Pin::new(&mut live.socket).start_send(Message::Text(text));
        }
    }
}
