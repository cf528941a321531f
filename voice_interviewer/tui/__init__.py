"""The terminal screens: a pure front end that reads the session's state and sends intents."""
