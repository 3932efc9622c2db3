"""Adapters, addresses, routes, name servers, proxies, packet filters."""
