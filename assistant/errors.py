"""Every error the assistant raises on purpose: one line a user can act on, and never a secret in it.

AssistantError
├── SettingsError        a configuration file or environment variable is wrong
├── StoreError           the database cannot be opened, read or written
│   └── StoreBusy        another process writes to the same database
├── RecordingError       a recording cannot be read
└── RoomError            something about one room; the other rooms carry on
    ├── RoomRefused      the room does not exist or will never admit us: do not retry
    ├── AuthenticationRefused   the platform refused our token: fetch a new one
    └── RoomUnreachable  network trouble or risk control: try again later
"""


class AssistantError(Exception):
    """Base of all."""


class SettingsError(AssistantError):
    pass


class StoreError(AssistantError):
    pass


class StoreBusy(StoreError):
    pass


class RecordingError(AssistantError):
    pass


class RoomError(AssistantError):
    pass


class RoomRefused(RoomError):
    pass


class AuthenticationRefused(RoomError):
    pass


class RoomUnreachable(RoomError):
    """`retry_after_seconds` is the platform's own wish, 0 for none (risk control asks for a long one)."""

    def __init__(self, message: str, *, retry_after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
