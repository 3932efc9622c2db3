"""Printers and their queues."""
