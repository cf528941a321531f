"""Make a question bank: from a text, from a job advert, or from nothing."""
