//! Edits go live: whatever happens to the files, what serves in the end is what a fresh look would give, or what was good
//! last; and nobody who calls meanwhile notices.
mod called;
mod drive;
mod long;
mod model;
mod property;
mod saves;
mod steps;
mod story;
mod virtual_disk;
