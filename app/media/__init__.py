"""Evidence files: kept as they came, encrypted, looked at in a fenced process, shown and stamped."""
