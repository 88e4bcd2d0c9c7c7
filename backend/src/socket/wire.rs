//! What a socket goes over once its HTTP has ended.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::ActixStream;
use socket2::SockRef;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::net::TcpStream;

pub(crate) enum Wire {
    /// Whoever has something writes it (see [`Direct`](crate::live::Direct)).
    Plain(Arc<TcpStream>),
    Tls(Box<dyn ActixStream>),
}

impl Wire {
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        bytes: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => poll_io(
                || stream.try_read(bytes),
                || stream.poll_read_ready(context),
            ),
            Self::Tls(stream) => {
                let mut bytes = ReadBuf::new(bytes);
                ready!(Pin::new(stream).poll_read(context, &mut bytes))?;
                Poll::Ready(Ok(bytes.filled().len()))
            }
        }
    }

    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => poll_io(
                || stream.try_write(bytes),
                || stream.poll_write_ready(context),
            ),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    /// What TLS still holds of what was written.
    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(_) => Poll::Ready(Ok(())),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    /// Nothing more is written.
    pub(super) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Poll::Ready(SockRef::from(&**stream).shutdown(Shutdown::Write)),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// Tries until the system takes or has something, and waits while it's not ready.
fn poll_io<T>(
    mut attempt: impl FnMut() -> io::Result<T>,
    mut poll_ready: impl FnMut() -> Poll<io::Result<()>>,
) -> Poll<io::Result<T>> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(poll_ready())?,
            done => return Poll::Ready(done),
        }
    }
}
