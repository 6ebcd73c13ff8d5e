"""Offices, the people in them, what they may do, and how they show that it is they."""
