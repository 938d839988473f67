//! The formats of an export and how the web names them.

/// A format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// PDF 1.7, tagged: PDF/A-2a and PDF/UA-1.
    Pdf,
    /// Word document (Office Open XML).
    Docx,
    /// The report tree as it is; [`crate::schema`] describes it.
    Json,
    /// GitHub Flavored Markdown.
    Markdown,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Docx, Self::Json, Self::Markdown];

    /// The word in requests: `pdf`, `docx`, `json`, `markdown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Json => "json",
            Self::Markdown => "markdown",
        }
    }

    /// The format of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// How a file name ends, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            other => other.as_str(),
        }
    }

    /// The media type (IANA), with the character set where it is text.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Docx => "Word",
            Self::Json => "JSON",
            Self::Markdown => "Markdown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parsed_back() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
        }
        assert_eq!(Format::parse("PDF"), None);
        assert_eq!(Format::Markdown.extension(), "md");
    }
}
