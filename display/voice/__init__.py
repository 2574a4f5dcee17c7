"""The voice of the hall: a call in words, spoken by clips and synthesis, kept on disk."""
