"""Asking visitors what they thought of the service: on their phone, at the counter that served them, at a kiosk."""
