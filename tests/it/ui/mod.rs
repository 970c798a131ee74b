//! The attributes as an author meets them: what the compiler says about mistakes, the tables that come out, and how
//! arguments of every shape arrive.
//!
//! `tests/ui/fail` holds one mistake per file, and beside it what the compiler says. What must compile is in
//! `tests/ui/pass`, a binary of its own: trybuild would build all dependencies once more for it.
//! `TRYBUILD=overwrite` and `UPDATE_EXPECT=1` write the expectations anew: read what changed as a newcomer would.
mod calls;
mod sample;
mod table;

#[test]
fn mistakes_are_told_where_they_are_with_what_to_write() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
