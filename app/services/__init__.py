"""Use cases, one module per noun; what they write they return as `Outcome(value, changed)`."""
