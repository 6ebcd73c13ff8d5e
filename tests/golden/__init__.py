"""What three clients' changes become, whatever order they arrive in: one table, reviewed by eye, compared by a test."""
