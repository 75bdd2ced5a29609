"""The room that a connection listens to, as the readers of commands need it: ids, and who is who in it."""

from typing import Any, NamedTuple

from assistant import limits
from assistant.events import Viewer
from assistant.platforms.bilibili import fields

PLATFORM = "bilibili"


class Room(NamedTuple):
    """`id` is the real room id, `owner` the host's uid; both as text."""

    id: str
    owner: str

    def viewer(
        self, uid: Any, name: Any, *, weak_id: str = "", is_admin: bool = False, guard_level: Any = 0
    ) -> Viewer:
        """Who it is, from fields as they came. A uid of 0 is a masked viewer."""
        viewer_id = fields.account(uid)
        return Viewer(
            id=viewer_id,
            name=fields.text(name, limits.NAME_CHARACTERS),
            weak_id=weak_id,
            is_host=bool(viewer_id) and viewer_id == self.owner,
            is_admin=is_admin,
            guard_level=guard_level if type(guard_level) is int and 0 <= guard_level <= 3 else 0,
        )

    def viewer_of(self, data: dict[str, Any], *, name: str = "uname", guard_level: Any = 0) -> Viewer:
        """Who it is, from the `uid` and name of a command's data, else from its nested user object."""
        user = fields.mapping(data.get("sender_uinfo") or data.get("uinfo"))
        shown = data.get(name) or fields.mapping(user.get("base")).get("name")
        return self.viewer(data.get("uid") or user.get("uid"), shown, guard_level=guard_level)
