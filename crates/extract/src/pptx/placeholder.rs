//! Placeholders: shapes that take their place from the slide's layout, and that from its master.

use std::collections::HashMap;

use super::frame::Frame;
use crate::ReadError;
use crate::package::{Element, Package, Relations, parse};

/// Which placeholder a shape fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// What it is for, e.g. `title`; `obj` if the file does not say.
    pub(super) kind: String,
    index: String,
}

impl Placeholder {
    /// The placeholder that a shape fills, if it fills one.
    pub(super) fn of(shape: &Element<'_>) -> Option<Self> {
        let named = shape.elements().find(|element| element.name().starts_with("nv"))?;
        let found = named.at(&["nvPr", "ph"])?;
        let kind = found.attribute("type").unwrap_or_else(|| "obj".to_owned());
        Some(Self { kind, index: found.attribute("idx").unwrap_or_default() })
    }

    /// True if it is the title of the slide.
    pub(super) fn is_title(&self) -> bool {
        matches!(self.kind.as_str(), "title" | "ctrTitle")
    }

    fn role(&self) -> &str {
        match self.kind.as_str() {
            "ctrTitle" => "title",
            "obj" | "subTitle" => "body",
            other => other,
        }
    }
}

/// The frames of the placeholders of layouts, each with those of its master behind them.
#[derive(Debug, Default)]
pub(super) struct Layouts(HashMap<String, Vec<(Placeholder, Frame)>>);

impl Layouts {
    /// The frames that a slide's placeholders take over.
    pub(super) fn of_slide(
        &mut self,
        package: &mut Package<'_>,
        relations: &Relations,
    ) -> Result<&[(Placeholder, Frame)], ReadError> {
        let Some(layout) = relations.first("slideLayout") else { return Ok(&[]) };
        if !self.0.contains_key(&layout.target) {
            let mut frames = frames(package, &layout.target)?;
            if let Some(master) = package.relations(&layout.target)?.first("slideMaster") {
                frames.extend(self::frames(package, &master.target)?);
            }
            self.0.insert(layout.target.clone(), frames);
        }
        Ok(self.0.get(&layout.target).map(Vec::as_slice).unwrap_or_default())
    }
}

/// The frame of a placeholder: of its own number first, else of its role.
pub(super) fn inherited(placeholder: &Placeholder, frames: &[(Placeholder, Frame)]) -> Option<Frame> {
    let by_index = frames.iter().find(|(other, _)| !placeholder.index.is_empty() && other.index == placeholder.index);
    let by_role = || frames.iter().find(|(other, _)| other.role() == placeholder.role());
    by_index.or_else(by_role).map(|(_, frame)| *frame)
}

fn frames(package: &mut Package<'_>, part: &str) -> Result<Vec<(Placeholder, Frame)>, ReadError> {
    let Some(xml) = package.xml(part)? else { return Ok(Vec::new()) };
    let root = parse(&xml)?;
    let shapes = root.at(&["cSld", "spTree"]);
    let frame = |shape: &Element<'_>| Some((Placeholder::of(shape)?, Frame::of(shape.at(&["spPr", "xfrm"])?)?));
    Ok(shapes.into_iter().flat_map(|tree| tree.elements()).filter_map(frame).collect())
}
