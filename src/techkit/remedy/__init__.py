"""Carrying out remedies: plan, preview, consent, journal, apply, verify, keep or undo."""
