"""Widgets that know no case: reusable by every screen."""
