"""Keys, secrets and the profile folder."""
