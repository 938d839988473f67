//! Rendering of the Report tree to PDF, DOCX, JSON and Markdown.
