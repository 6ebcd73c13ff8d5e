"""Coverage, progress and reports: read once, counted by `app.core`, told as tables, papers and workbooks."""
