"""Find, read and check question banks."""
