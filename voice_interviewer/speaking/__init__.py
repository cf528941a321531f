"""Saying prompts aloud: voices that render sentences, a cache of renders, and a player."""
