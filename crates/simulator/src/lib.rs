//! A made-up company with known truth, rendered as the files of a data room.
