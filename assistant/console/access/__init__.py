"""Who may do what in the console: people, their sessions, API tokens, and the gate that asks for them."""
