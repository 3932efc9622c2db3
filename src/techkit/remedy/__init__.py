"""Carrying out what a page suggests: plan, preview, yes, journal, apply, verify, keep or undo."""
