//! Callbacks as WeCom sends them, and as others do.
