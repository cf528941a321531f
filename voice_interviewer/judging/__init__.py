"""Judging: a verdict per criterion, proven by the candidate's own words."""
