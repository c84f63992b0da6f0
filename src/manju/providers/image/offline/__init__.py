"""The offline sketch artist: storyboard panels drawn as vector graphics from the words of a request."""
