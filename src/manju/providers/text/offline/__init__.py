"""The offline text model: an outline writer with banks of words. No key, no network, same question, same answer."""
