"""Music models."""
