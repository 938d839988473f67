//! One page, drawn so that it can be read, as poppler encodes it itself: that costs nothing beside the drawing.

use std::ffi::OsString;

use crate::image::picture::{BYTES, QUALITY, SIDE};
use crate::tools::{Call, Failure, Input, Times};
use crate::{Limits, ReadError, Source};

/// Draws a page. It is shown as it was read, cropped and turned alike, so a box in points is a box on the picture.
pub(super) fn draw(times: &Times, source: &Source<'_>, limits: &Limits, page: u32) -> Result<Vec<u8>, ReadError> {
    // How many pages there are is asked only where the password's encoding has to be found too.
    let mut arguments = match source.password {
        Some(_) => super::structure::ask(times, source, limits)?.password,
        None => Vec::new(),
    };
    let (page, side, options) = (page.to_string(), SIDE.to_string(), format!("quality={QUALITY}"));
    let how = ["-cropbox", "-scale-to", &side, "-jpeg", "-jpegopt", &options, "-f", &page, "-l", &page, "-"];
    arguments.extend(how.map(OsString::from));
    let call =
        Call { program: "pdftoppm", arguments, input: Input::File(source.file), time: times.drawing, output: BYTES };
    let jpeg = call.run().map_err(|failure| reason(&failure))?;
    if jpeg.is_empty() { Err(ReadError::Damaged("this page cannot be drawn".to_owned())) } else { Ok(jpeg) }
}

fn reason(failure: &Failure) -> ReadError {
    if failure.says("Incorrect password") { ReadError::NeedsPassword } else { failure.reason("this page") }
}
