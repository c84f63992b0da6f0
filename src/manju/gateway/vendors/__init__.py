"""Orders at vendors: `at_vendors` takes one from its sending to its file, `upstreams` speaks to the adapters, `polling`
looks at tasks, `probes` asks something that costs nothing, and `refusals` says what an upstream's no means."""
