"""HTTP as a client: the shared connections to vendors, and the guarded fetcher of addresses that users give."""
