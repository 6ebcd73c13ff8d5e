"""Keys, secrets, the profile folder and preferences."""
