"""Clip models."""
