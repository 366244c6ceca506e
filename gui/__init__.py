"""The window: shows what core knows and asks for answers. Nothing here decides anything about mail."""
