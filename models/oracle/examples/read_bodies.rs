//! Reads bodies of updates from files at every revision, in every reading: `read_bodies FILE…`. For coverage.

use ucks_oracle::members::Member;
use ucks_oracle::request::{Body, Update};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Request, UPDATE};

fn main() -> std::io::Result<()> {
    let mut accepted = 0;
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(path)?;
        for revision in Revision::ALL {
            let bodies = [Body::parse(&bytes, *revision), Body::parse_first(&bytes, *revision)];
            for body in bodies.iter().flatten() {
                accepted += 1;
                let said = Member::ALL.iter().filter(|m| body.valid(**m).is_some());
                let _ = (said.count(), body.valid_credential(), body.half_credential(), body.notable().len());
            }
            if let Some(rejection) = bodies[0].as_ref().err() {
                let _ = rejection.name();
            }
        }
        let request = Request::operation(UPDATE, bytes);
        let _ = Update::read(&request, Revision::LATEST).other_reading(Revision::LATEST);
    }
    println!("{accepted} readings of a body that is an object");
    Ok(())
}
