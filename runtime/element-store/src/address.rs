//! Where a store is, as operators write it: `sqlite:data/element.db`, `postgres://…`, `redis://…`, `memory`.
use sqlx::postgres::PgConnectOptions;
use std::{fmt, path::PathBuf, str::FromStr};

/// Where records and jobs are kept, and ephemeral keys too unless a [`CacheAddress`] says otherwise.
///
/// ```
/// use element_store::StoreAddress;
/// let it: StoreAddress = "postgres://element:hunter2@db.example/element".parse()?;
/// assert_eq!(it.to_string(), "postgres://element:***@db.example/element");
/// # Ok::<_, String>(())
/// ```
#[derive(Debug, Clone)]
pub enum StoreAddress {
    /// In the process: gone with it.
    Memory,
    /// In a file of this machine; ephemeral keys are in memory.
    Sqlite(PathBuf),
    /// In a PostgreSQL database, which any number of hosts share.
    Postgres(ServerAddress),
}

/// Where ephemeral keys are kept, if not where the store says.
#[derive(Debug, Clone)]
pub enum CacheAddress {
    /// In the process: gone with it, and shared with no other host.
    Memory,
    /// In a Redis, which any number of hosts share.
    Redis(ServerAddress),
}

/// A URL, whose password is not shown.
#[derive(Clone)]
pub struct ServerAddress(String);

impl ServerAddress {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What stands before the last `@` of the part up to the path is who; a password may hold an `@`.
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        // Settings behind a `?` may hold a password as well.
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let end = rest.find('/').unwrap_or(rest.len());
        let (who, place) = rest[..end].rsplit_once('@').unwrap_or(("", &rest[..end]));
        let user = who.split_once(':').map_or_else(|| who.to_owned(), |(user, _)| format!("{user}:***"));
        let at = if who.is_empty() { "" } else { "@" };
        write!(f, "{scheme}://{user}{at}{place}{}", &rest[end..])
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Self::Postgres(server) => server.fmt(f),
        }
    }
}

impl FromStr for StoreAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        if let Some(file) = text.strip_prefix("sqlite:").filter(|it| !it.is_empty() && !it.starts_with("//")) {
            return Ok(Self::Sqlite(file.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // Looked at now, so that a mistake is told where it was made.
            text.parse::<PgConnectOptions>().map_err(|e| format!("this is no address of a PostgreSQL database: {e}"))?;
            return Ok(Self::Postgres(ServerAddress(text.to_owned())));
        }
        Err("write `sqlite:FILE`, `postgres://USER:PASSWORD@HOST/DATABASE` or `memory`".to_owned())
    }
}

impl FromStr for CacheAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        if text.starts_with("redis://") || text.starts_with("rediss://") {
            redis::Client::open(text).map_err(|e| format!("this is no address of a Redis: {e}"))?;
            return Ok(Self::Redis(ServerAddress(text.to_owned())));
        }
        Err("write `redis://HOST:PORT`, `rediss://…` (with TLS) or `memory`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (text, shown) in [
            ("postgres://u:p@h/d", "postgres://u:***@h/d"),
            ("postgres://u:p%40x@h:5432/d?password=p", "postgres://u:***@h:5432/d"),
            ("postgres://h?password=p", "postgres://h"),
            ("postgres://h?password=p@ss/w", "postgres://h"),
            ("postgres:///d?host=/tmp&user=u", "postgres:///d"),
        ] {
            assert_eq!(text.parse::<StoreAddress>().unwrap().to_string(), shown, "{text}");
        }
        let cache: CacheAddress = "redis://:p@h:6379/0".parse().unwrap();
        assert_eq!(format!("{cache:?}"), "Redis(redis://:***@h:6379/0)");
    }

    #[test]
    fn what_is_no_address_is_told() {
        for text in ["", "sqlite", "sqlite:", "sqlite://data/x", "mysql://h/d", "postgres://h:port/d", "postgres"] {
            text.parse::<StoreAddress>().unwrap_err();
        }
        for text in ["", "redis", "redis://", "http://h"] {
            text.parse::<CacheAddress>().unwrap_err();
        }
    }
}
