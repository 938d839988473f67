//! Child processes for untrusted work: framed pipes, limits, self-confinement.
