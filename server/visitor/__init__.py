"""A visitor's page on the phone, and the index of all pages."""
