//! Where shapes stand: their frames, and the frames of the groups they are in (ECMA-376 part 1, 20.1.7).

use model::Bounds;

use super::POINTS;
use crate::package::Element;

/// A rectangle in EMU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

/// How the coordinates within a group lie on the slide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placing {
    scale: (f32, f32),
    shift: (f32, f32),
}

impl Frame {
    /// The frame of an `xfrm`; turning and mirroring are not applied.
    pub(super) fn of(transform: &Element<'_>) -> Option<Self> {
        Self::named(transform, "off", "ext")
    }

    fn named(transform: &Element<'_>, offset: &str, extent: &str) -> Option<Self> {
        let number = |name: &str, attribute: &str| {
            transform.child(name)?.number::<f32>(attribute).filter(|number| number.is_finite())
        };
        Some(Self {
            x: number(offset, "x")?,
            y: number(offset, "y")?,
            width: number(extent, "cx")?,
            height: number(extent, "cy")?,
        })
    }
}

impl Placing {
    /// The slide itself.
    pub(super) const SLIDE: Self = Self { scale: (1.0, 1.0), shift: (0.0, 0.0) };

    /// The coordinates within a group that stands in these.
    pub(super) fn within(self, group: &Element<'_>) -> Self {
        let transform = group.at(&["grpSpPr", "xfrm"]);
        let frames = transform.and_then(|found| Frame::of(found).zip(Frame::named(found, "chOff", "chExt")));
        let Some((outer, inner)) = frames else { return self };
        let scale = |outer: f32, inner: f32| if inner > 0.0 { outer / inner } else { 1.0 };
        let (across, down) = (scale(outer.width, inner.width), scale(outer.height, inner.height));
        Self {
            scale: (self.scale.0 * across, self.scale.1 * down),
            shift: (
                self.shift.0 + self.scale.0 * (outer.x - inner.x * across),
                self.shift.1 + self.scale.1 * (outer.y - inner.y * down),
            ),
        }
    }

    /// The box of a frame on the slide, in points; `None` if it lies beyond all measure.
    pub(super) fn bounds(self, frame: Frame) -> Option<Bounds> {
        let x = (self.shift.0 + self.scale.0 * frame.x) * POINTS;
        let y = (self.shift.1 + self.scale.1 * frame.y) * POINTS;
        let (width, height) = (self.scale.0 * frame.width * POINTS, self.scale.1 * frame.height * POINTS);
        let bounds = Bounds::new(x, y, x + width, y + height);
        let sound = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].iter().all(|edge| edge.abs() < 1e6);
        sound.then_some(bounds)
    }
}
