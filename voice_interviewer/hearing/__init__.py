"""Taking answers: microphone or recordings, when speech ends, and what was said."""
