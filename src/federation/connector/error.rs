//! Why a request to another server failed.

use std::net::IpAddr;

/// Why nothing usable came back. Carries nothing the other server wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// The URL is not one this node asks: scheme, port or form (threats F7, F8, F9).
    #[error("not a URL this node asks: {0}")]
    Url(&'static str),
    /// The address is not global unicast and not in `federation.allow_networks` (F1 to F5).
    #[error("not an address this node reaches: {0}")]
    Address(IpAddr),
    /// It is this node itself (F11, F12).
    #[error("this node does not ask itself")]
    Ourselves,
    /// The name has no address, or nobody answered.
    #[error("name not resolved: {0}")]
    Dns(String),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The certificate or the handshake is not good.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// Not within `federation.timeout_seconds`.
    #[error("no answer in time")]
    Timeout,
    /// The body is longer than the caller takes.
    #[error("answer longer than {0} bytes")]
    TooLarge(usize),
    /// A second redirect, or one that leaves the origin (F6, O17).
    #[error("redirect refused: {0}")]
    Redirect(&'static str),
    /// A document was asked, and the status was not 200 (O21).
    #[error("status {0}")]
    Status(u16),
    /// A document was asked, and the media type is not ActivityStreams (O18, O19).
    #[error("not ActivityStreams")]
    ContentType,
    /// The body is compressed although that was not asked, or not UTF-8, or breaks off.
    #[error("broken answer: {0}")]
    Protocol(String),
    /// Our own key did not sign.
    #[error("the request could not be signed")]
    Signing,
}

impl ConnectorError {
    /// Code for logs and metrics.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Url(_) => "refused_url",
            Self::Address(_) => "refused_address",
            Self::Ourselves => "self",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout => "timeout",
            Self::TooLarge(_) => "too_large",
            Self::Redirect(_) => "redirect",
            Self::Status(_) => "status",
            Self::ContentType => "content_type",
            Self::Protocol(_) => "protocol",
            Self::Signing => "signing",
        }
    }

    /// Whether the other host may simply be away (name, connection, certificate, time): worth trying again
    /// later, and counted against the host rather than against the message.
    #[must_use]
    pub const fn is_silence(&self) -> bool {
        matches!(
            self,
            Self::Dns(_)
                | Self::Connect(_)
                | Self::Tls(_)
                | Self::Timeout
                | Self::Protocol(_)
                | Self::Address(_)
        )
    }

    /// From the client's error: our own refusal if there is one in its chain of causes.
    pub(super) fn from_client(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        let mut last = String::new();
        let mut tls = false;
        while let Some(inner) = cause {
            if let Some(ours) = inner.downcast_ref::<Self>() {
                return ours.clone();
            }
            last = inner.to_string();
            tls |= is_tls(inner);
            cause = inner.source();
        }
        if error.is_timeout() {
            Self::Timeout
        } else if tls && error.is_connect() {
            Self::Tls(last)
        } else if error.is_connect() {
            Self::Connect(last)
        } else {
            Self::Protocol(last)
        }
    }
}

/// Whether a cause is a refusal of the TLS library: it arrives as invalid data, possibly wrapped again.
fn is_tls(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|error| {
        let wrapped = error.get_ref().is_some_and(|inner| is_tls(inner));
        error.kind() == std::io::ErrorKind::InvalidData || wrapped
    })
}
