"""The office's own certificates and time-stamps, for offices that have none: internal, and labelled so everywhere."""
