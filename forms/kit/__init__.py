"""Parts of documents: ReportLab's home."""
