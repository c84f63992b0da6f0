"""manju (漫剧): from one topic, script or brief to a finished film."""

__version__ = "0.1.0"
