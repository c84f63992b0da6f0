"""Picture models."""
