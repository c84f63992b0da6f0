"""The relay API of seeds 000 and 003, and the OpenAI shapes beside it, over one book of orders."""
