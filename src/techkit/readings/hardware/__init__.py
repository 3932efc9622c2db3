"""Devices, memory, batteries, sensors, sound."""
