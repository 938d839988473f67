//! Small pictures for lists and page strips.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Pixel, Rgb, RgbImage};

/// Pixels of the longer side.
pub(crate) const SIDE: u32 = 320;

const QUALITY: u8 = 70;

/// A small JPEG of a picture; `None` if it has no pixels.
pub(crate) fn jpeg(picture: &DynamicImage) -> Option<Vec<u8>> {
    let larger = picture.width().max(picture.height()) > SIDE;
    let small = if larger { on_white(&picture.thumbnail(SIDE, SIDE)) } else { on_white(picture) };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&small.into_rgb8()).ok()?;
    Some(bytes)
}

/// What is transparent becomes white, as on paper.
pub(crate) fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.clone();
    }
    let mut opaque = RgbImage::new(picture.width(), picture.height());
    for (target, source) in opaque.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let alpha = u16::from(source.0[3]);
        let blend = |channel: u8| {
            let mixed = (u16::from(channel) * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *target = Rgb(source.to_rgb().0.map(blend));
    }
    DynamicImage::ImageRgb8(opaque)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    #[test]
    fn the_longer_side_is_kept_to_its_pixels() {
        let tall = DynamicImage::new_rgb8(100, 1000);
        let small = image::load_from_memory(&jpeg(&tall).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (32, 320));
        let tiny = DynamicImage::new_rgb8(10, 5);
        assert_eq!(image::load_from_memory(&jpeg(&tiny).unwrap()).unwrap().width(), 10);
    }

    #[test]
    fn transparent_is_white() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(1, 1, Rgba([0, 0, 0, 0])));
        assert_eq!(on_white(&clear).to_rgb8().get_pixel(0, 0).0, [255, 255, 255]);
        let half = DynamicImage::ImageRgba8(RgbaImage::from_pixel(1, 1, Rgba([0, 0, 0, 128])));
        assert_eq!(on_white(&half).to_rgb8().get_pixel(0, 0).0, [127, 127, 127]);
    }
}
