"""Yanfang (验方), the desktop product."""
