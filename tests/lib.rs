//! Empty: the compile-fail cases want the package that they stand in to have a library.
