"""The endpoint for Copernica's HTTP POST of a finished export: verified, stored, matched to its request."""
