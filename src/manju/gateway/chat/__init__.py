"""Chats (``/v1/chat/completions``) passed through to channels: `chat` answers a key's request, `call` sends it and
fails over, `record` keeps what is on record of it, `stream` hands it on, and the rest reads what the wire carries."""
