"""Scripts of the schema, one per released version."""
