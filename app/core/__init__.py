"""The domain's own words and pure rules; standard library only."""
