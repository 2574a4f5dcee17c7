"""What supervisors see and command: the live page /supervisor/ and its calls."""
