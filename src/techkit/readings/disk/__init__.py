"""Disks, volumes, and what lies on them."""
