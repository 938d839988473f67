//! A part as a tree, for the kinds whose meaning lies in nesting (text and slides; sheets are read event by event).
//!
//! Invariants: depth and number of nodes are bounded; of an `AlternateContent` only the first branch stays, so nothing
//! is read twice.

use std::borrow::Cow;

use super::xml::{Events, Tag, Token};
use crate::ReadError;

/// Nodes of one part; a thousand pages have about half a million.
const MOST_NODES: usize = 3_000_000;

/// An element with what is in it.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    tag: Tag<'a>,
    /// What is in it, in order.
    pub(crate) nodes: Vec<Node<'a>>,
}

/// What is in an element.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// An element.
    Element(Element<'a>),
    /// Characters.
    Text(Cow<'a, str>),
}

impl<'a> Element<'a> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        self.tag.name()
    }

    /// The value of an attribute, by its name without prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.tag.attribute(name)
    }

    /// The number in an attribute.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// The id of a relationship in an attribute such as `r:embed`.
    pub(crate) fn relation(&self, name: &str) -> Option<String> {
        self.tag.relation(name)
    }

    /// The elements in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element<'a>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements in it that have a name.
    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Element<'a>> {
        self.elements().filter(move |element| element.name() == name)
    }

    /// The first element in it that has a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.elements().find(|element| element.name() == name)
    }

    /// The element at the end of a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element<'a>> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// All elements of a name below it, in order, not looking into those found.
    pub(crate) fn below<'s>(&'s self, name: &str) -> Vec<&'s Element<'a>> {
        let mut found = Vec::new();
        self.collect(name, &mut found);
        found
    }

    fn collect<'s>(&'s self, name: &str, found: &mut Vec<&'s Element<'a>>) {
        for element in self.elements() {
            if element.name() == name {
                found.push(element);
            } else {
                element.collect(name, found);
            }
        }
    }

    /// The characters directly in it.
    pub(crate) fn text(&self) -> String {
        self.nodes
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_ref()),
                Node::Element(_) => None,
            })
            .collect()
    }
}

/// Reads a document whole.
pub(crate) fn parse(xml: &str) -> Result<Element<'_>, ReadError> {
    let mut events = Events::new(xml);
    let mut open: Vec<Element<'_>> = Vec::new();
    let mut nodes = 0usize;
    while let Some(token) = events.next()? {
        nodes += 1;
        if nodes > MOST_NODES {
            return Err(ReadError::TooBig(format!("one of its parts has more than {MOST_NODES} elements")));
        }
        match token {
            Token::Open(tag) => {
                let second = tag.name() == "Fallback" || tag.name() == "Choice";
                if second && open.last().is_some_and(|parent| !parent.nodes.is_empty() && is_choice(parent)) {
                    events.skip()?;
                } else {
                    open.push(Element { tag, nodes: Vec::new() });
                }
            }
            Token::Text(text) => keep_text(open.last_mut(), text),
            Token::Close => {
                let Some(closed) = open.pop() else { break };
                match open.last_mut() {
                    Some(parent) => parent.nodes.push(Node::Element(closed)),
                    None => return Ok(closed),
                }
            }
        }
    }
    Err(ReadError::Damaged("one of its parts is empty".to_owned()))
}

fn is_choice(parent: &Element<'_>) -> bool {
    parent.name() == "AlternateContent" && parent.elements().next().is_some()
}

/// Characters count only where they are text; white space between elements would fill the memory for nothing.
fn keep_text<'a>(parent: Option<&mut Element<'a>>, text: Cow<'a, str>) {
    let Some(parent) = parent else { return };
    if matches!(parent.name(), "t" | "v" | "f" | "formatCode" | "instrText") || !text.trim().is_empty() {
        parent.nodes.push(Node::Text(text));
    }
}
