"""What an answer is worth once the truth is known: by samples, by events, by volume; nothing here knows a detector."""
