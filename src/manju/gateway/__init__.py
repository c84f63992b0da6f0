"""The gateway: every model call is an order placed here, written down before it is sent, and never bought twice."""
