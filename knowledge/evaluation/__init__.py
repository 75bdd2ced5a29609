"""How good the understanding is: measures over labelled rooms, pure functions of what was judged."""
