"""What anyone can check a record with, without the program: one Python file and one page for a browser."""
