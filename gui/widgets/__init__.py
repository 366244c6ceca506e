"""The pieces the pages are made of. Texts are always plain: what a server sent is never read as markup."""
