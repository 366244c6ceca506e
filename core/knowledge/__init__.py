"""Typed readers of `resources/data`: what the app knows, with the date it was last checked."""
