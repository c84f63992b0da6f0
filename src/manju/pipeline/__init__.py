"""The five stages that every recipe is made of, and what they work through."""
