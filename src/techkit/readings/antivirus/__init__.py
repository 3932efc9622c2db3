"""Antiviruses, firewalls' guards, accounts with rights, and signs of malware."""
