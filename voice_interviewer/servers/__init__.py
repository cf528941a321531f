"""Reaching OpenAI-compatible servers: safe clients, and errors that name the cause and the fix."""
