"""Pure functions of answers: what several checks need, parsed once; they choose by the tape's system."""
