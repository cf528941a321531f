"""What stays on disk: journals, session folders, transcripts and recordings."""
