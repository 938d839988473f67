//! Facts, units, calculations, checks, contradictions, gaps and questions: Document to Report, pure.
