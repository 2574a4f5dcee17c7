"""The pages of those who keep the hall running."""
