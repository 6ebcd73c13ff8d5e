"""Tables in files: workbooks and delimited text in, workbooks out. Knows no register and no database."""
