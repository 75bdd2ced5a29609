"""How much of a stranger's data is taken at most: each number once, with its reason."""

FRAME_BYTES = 8 * 1024 * 1024  # one websocket frame, and everything inflated out of it
NESTING = 2  # compressed packets within compressed packets
RESPONSE_BYTES = 4 * 1024 * 1024  # one HTTP answer
NAME_CHARACTERS = 64  # a viewer's name, longer ones are cut
TEXT_CHARACTERS = 2_000  # a viewer's line, longer ones are cut: no platform shows as much
