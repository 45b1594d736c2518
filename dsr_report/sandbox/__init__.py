"""A local Copernica API that serves sample exports: for newcomers without an account, and for tests."""
