"""Pure functions of the machine's answers, by area; they choose by the host's system, never by this machine's.

What belongs to no area lies here: `supplements`, `raw`.
"""
