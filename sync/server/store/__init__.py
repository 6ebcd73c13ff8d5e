"""Where the server keeps bytes: a folder or an S3 bucket behind one interface."""
