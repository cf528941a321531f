"""The pure heart: what a session is, and how it moves. No I/O, no clock, no randomness."""
