"""The local store: the only SQLAlchemy of the client."""
