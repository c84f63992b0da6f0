"""The fixed gallery of the sketch artist."""
