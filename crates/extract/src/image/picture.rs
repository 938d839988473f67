//! Pictures of parts that are large enough to be read, and what those of every kind of file have in common.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageResult};

use super::thumbnail::on_white;

/// Pixels of the longer side, at most: two for each point of a slide, enough for a footnote.
pub(crate) const SIDE: u32 = 1600;

/// Of JPEG, 1 to 100.
pub(crate) const QUALITY: u8 = 80;

/// Bytes of a picture, at most: a dense page has a tenth of them, and not even noise has all.
pub(crate) const BYTES: u64 = 4 * 1024 * 1024;

/// The picture as JPEG, made smaller if it is larger than it may be, on white where it is transparent.
pub(super) fn jpeg(picture: &DynamicImage) -> ImageResult<Vec<u8>> {
    let larger = picture.width().max(picture.height()) > SIDE;
    let small = if larger { on_white(&picture.thumbnail(SIDE, SIDE)) } else { on_white(picture) };
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    if small.color().has_color() {
        encoder.encode_image(&small.into_rgb8())?;
    } else {
        encoder.encode_image(&small.into_luma8())?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::ColorType;

    use super::*;

    fn drawn(picture: &DynamicImage) -> DynamicImage {
        image::load_from_memory(&jpeg(picture).unwrap()).unwrap()
    }

    #[test]
    fn it_is_made_smaller_and_never_larger() {
        let wide = drawn(&DynamicImage::new_rgb8(3200, 100));
        assert_eq!((wide.width(), wide.height()), (1600, 50));
        let tiny = drawn(&DynamicImage::new_rgb8(10, 5));
        assert_eq!((tiny.width(), tiny.height()), (10, 5));
    }

    #[test]
    fn gray_stays_gray_and_what_is_transparent_becomes_white() {
        assert_eq!(drawn(&DynamicImage::new_luma16(8, 8)).color(), ColorType::L8);
        let clear = drawn(&DynamicImage::new_rgba8(8, 8)).into_rgb8();
        assert!(clear.get_pixel(4, 4).0.iter().all(|channel| *channel > 250));
    }

    #[test]
    fn not_even_noise_is_larger_than_a_picture_may_be() {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let noise = image::RgbImage::from_fn(SIDE, SIDE, |_, _| image::Rgb([next(), next(), next()]));
        let bytes = jpeg(&DynamicImage::ImageRgb8(noise)).unwrap().len() as u64;
        assert!(bytes < BYTES, "{bytes}");
    }
}
