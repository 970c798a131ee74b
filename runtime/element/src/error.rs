//! What a caller gets when a call fails, and the table of our own numbers.
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// The result of every method.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What programs branch on. Each kind has one HTTP status; the host keeps that table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such app, element, method or record.
    NotFound,
    /// The arguments do not fit the method's schema.
    InvalidArgs,
    /// Nobody is logged in, and somebody has to be.
    Unauthenticated,
    /// The caller is known well enough; the answer is no.
    Refused,
    /// Somebody else changed it first, or it is there already.
    Conflict,
    /// Too many calls; try again later.
    RateLimited,
    /// An outside system failed or said something unexpected.
    Upstream,
    /// A part that the call needs cannot be reached now.
    Unavailable,
    /// The deadline passed.
    Timeout,
    /// A mistake of ours or of the Type's author.
    Internal,
}

impl ErrorKind {
    /// Is it likely to be over soon, so that the same may be tried again?
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::Upstream | Self::Unavailable | Self::Timeout | Self::RateLimited)
    }
}

/// Our own numbers, 20001 to 20999. An outside system's numbers (WeCom's `40029`) pass through beside them.
pub mod code {
    /// No app with this id.
    pub const NO_APP: i64 = 20001;
    /// No element with this full name in the app.
    pub const NO_ELEMENT: i64 = 20002;
    /// The element has no method of this name.
    pub const NO_METHOD: i64 = 20003;
    /// The arguments do not fit.
    pub const INVALID_ARGS: i64 = 20004;
    /// An uncaught error of an element: it panicked, or broke a promise. JAAP's number for the same.
    pub const UNCAUGHT: i64 = 20005;
    /// A login is needed first.
    pub const LOGIN_NEEDED: i64 = 20006;
    /// Not for this caller.
    pub const NOT_ALLOWED: i64 = 20007;
    /// The deadline passed.
    pub const TIMED_OUT: i64 = 20008;
    /// The element exists and cannot serve: its files have mistakes.
    pub const NOT_IN_SERVICE: i64 = 20009;
    /// A value changed meanwhile, or is there already.
    pub const CONFLICT: i64 = 20010;
    /// A part that the call needs cannot be reached.
    pub const UNAVAILABLE: i64 = 20011;
    /// Too many calls.
    pub const RATE_LIMITED: i64 = 20012;
    /// An outside system cannot be reached, or its answer cannot be understood.
    pub const UPSTREAM: i64 = 20013;
    /// The host is older than the library and cannot do what it asks.
    pub const UNKNOWN_OPERATION: i64 = 20014;
    /// The request is not HTTP as the host speaks it: body too large, wrong content type, no JSON object.
    pub const BAD_REQUEST: i64 = 20015;
    /// No record, key or job of this name.
    pub const NO_RECORD: i64 = 20016;
    /// A cookie came with a request that another site sent.
    pub const OTHER_ORIGIN: i64 = 20017;
    /// An outside system answered with more than the host reads.
    pub const ANSWER_TOO_LARGE: i64 = 20018;
    /// `state` is missing.
    pub const STATE_MISSING: i64 = 20101;
    /// `state` is unknown, expired, used, or of another element.
    pub const STATE_INVALID: i64 = 20102;
    /// The login code is unknown, expired or used.
    pub const LOGIN_CODE_INVALID: i64 = 20103;
    /// The person is not a member of this company.
    pub const NOT_A_MEMBER: i64 = 20104;
    /// No such company in the person's list, or a name that several have.
    pub const CORP_UNKNOWN: i64 = 20105;
    /// This way of logging in is switched off, or was taken away.
    pub const LOGIN_INACTIVE: i64 = 20106;
    /// Only people whom the app knows may log in this way, and it does not know this one.
    pub const NOT_KNOWN: i64 = 20107;
    /// The person declined at the provider.
    pub const DECLINED: i64 = 20108;
    /// A login that ends on another site's page has to begin there.
    pub const LOGIN_ELSEWHERE: i64 = 20109;
    /// A callback that is not the provider's, or for somebody else.
    pub const CALLBACK_REFUSED: i64 = 20110;
    /// No company has this organisation code.
    pub const ORG_UNKNOWN: i64 = 20111;
}

/// Why a call failed. One pointer wide, so that a success stays cheap to hand on; its parts are read as fields.
///
/// ```
/// use element::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Refused, 40029, "the code was used before; log in again").because("trace of the request");
/// assert_eq!((error.kind, error.code), (ErrorKind::Refused, 40029));
/// assert_eq!(error.to_string(), "the code was used before; log in again"); // `internal` stays inside
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Error(Box<ErrorParts>);

/// The parts of an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorParts {
    /// What programs branch on.
    pub kind: ErrorKind,
    /// A number for programs that need more: one of [`code`], or the outside system's own.
    pub code: i64,
    /// Safe to show to anyone; says what to do next.
    pub message: String,
    /// The message in Chinese, where somebody who only logs in may read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chinese: Option<Cow<'static, str>>,
    /// The page of somebody's console where an administrator mends it, for the pages that people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<Cow<'static, str>>,
    /// For the log only; it never leaves the process towards a caller.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub internal: Cow<'static, str>,
}

impl Error {
    /// An error with a message that anyone may see.
    #[cold]
    pub fn new(kind: ErrorKind, code: i64, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorParts {
            kind,
            code,
            message: message.into(),
            chinese: None,
            console: None,
            internal: Cow::Borrowed(""),
        }))
    }

    /// Arguments that do not fit ([`code::INVALID_ARGS`]).
    #[cold]
    pub fn invalid_args(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgs, code::INVALID_ARGS, message)
    }

    /// A mistake of ours; `detail` goes to the log, the caller learns only that it happened ([`code::UNCAUGHT`]).
    #[cold]
    pub fn internal(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            ErrorKind::Internal,
            code::UNCAUGHT,
            "something went wrong inside; the log has the details under this request id",
        )
        .because(detail)
    }

    /// Adds the message in Chinese, for pages that people read who have nothing to do with this software.
    #[must_use]
    pub fn in_chinese(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.chinese = Some(message.into());
        self
    }

    /// Adds the address of the page where an administrator mends it.
    #[must_use]
    pub fn mended_at(mut self, address: impl Into<Cow<'static, str>>) -> Self {
        self.0.console = Some(address.into());
        self
    }

    /// Adds what only the log may know.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.internal = detail.into();
        self
    }
}

impl std::ops::Deref for Error {
    type Target = ErrorParts;
    fn deref(&self) -> &ErrorParts {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
