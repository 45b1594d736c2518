"""Generators of the sample exports. All data are invented, and nothing reads the clock."""
