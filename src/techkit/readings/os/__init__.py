"""The system itself: accounts, clock, logs, packages, processes, services, updates."""
