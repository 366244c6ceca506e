"""A finished Report becomes a file: PDF for the boss, plain text for the terminal, JSON for scripts."""
