"""Coming back to what was missed."""
