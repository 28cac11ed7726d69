//! The content of every report for one record made by hand; scripts and declared deviations too.

mod deviations;
mod formats;
mod sample;
mod scripts;
