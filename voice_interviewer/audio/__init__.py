"""Sound as values: PCM conversion, files, and the one way to reach PortAudio.

Shared by hearing, speaking, the archive and replay, which may not import each other.
"""
