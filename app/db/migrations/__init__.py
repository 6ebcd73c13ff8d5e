"""Alembic's scripts: forward only, one per released schema; the journal is never rewritten."""
