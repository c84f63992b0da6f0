"""HTTP: status codes, wire shapes and access; what is done is done by `manju.app` and the gateway."""
