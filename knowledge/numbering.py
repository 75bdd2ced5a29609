"""The numbers by which editors call suggestions, and the ones they want to see no more.

A suggestion is known again by its wordings: it keeps its number while others come and go and more viewers
ask, and one that was dismissed does not come back.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from knowledge.database import DatabaseFile, transaction, worded
from knowledge.errors import KnowledgeError
from knowledge.evidence import bare
from knowledge.suggestions import Suggestion
from knowledge.text import fold

_KNOWN: Final = "SELECT wording, number, dismissed_by FROM suggestion_wordings"
_DISMISS: Final = "UPDATE suggestion_wordings SET dismissed_by = ?, dismissed_at = ? WHERE number = ?"


class SuggestionUnknown(KnowledgeError):
    """No suggestion has this number. Nothing was changed."""


class SuggestionNumbers(DatabaseFile):
    """Those of a file, kept with it."""

    def number(self, suggestions: Iterable[Suggestion]) -> dict[int, Suggestion]:
        """By number, in the order given, without the dismissed ones. New ones are numbered for good."""
        with worded(self._path), transaction(self._database):
            known = self._known()
            numbered = self._numbered(
                suggestions, {wording: number for wording, (number, _) in known.items()}
            )
        dismissed = {number for number, is_dismissed in known.values() if is_dismissed}
        return {number: one for number, one in numbered.items() if number not in dismissed}

    def dismiss(self, numbers: Collection[int], *, author: str) -> None:
        """None of them comes back. Raises SuggestionUnknown."""
        with worded(self._path), transaction(self._database):
            known = {number for number, _ in self._known().values()}
            missing = [number for number in numbers if number not in known]
            if missing:
                raise SuggestionUnknown(f"there is no suggestion {', '.join(map(str, missing))}")
            now = self._clock()
            self._database.conn.executemany(_DISMISS, [(author, now, number) for number in numbers])

    def _numbered(
        self, suggestions: Iterable[Suggestion], numbers: Mapping[str, int]
    ) -> dict[int, Suggestion]:
        """The question says most of what a suggestion is; two are never called the same."""
        known, numbered = dict(numbers), dict[int, Suggestion]()
        for suggestion in suggestions:
            wordings = dict.fromkeys(bare(fold(wording)) for wording in suggestion.wordings)
            own = (known[wording] for wording in wordings if wording in known)
            number = next((one for one in own if one not in numbered), None)
            if number is None:
                number = max(known.values(), default=0) + 1
            numbered[number] = suggestion
            fresh = [wording for wording in wordings if wording not in known]
            known |= dict.fromkeys(fresh, number)
            self._keep(fresh, number)
        return numbered

    def _keep(self, wordings: Iterable[str], number: int) -> None:
        rows = [{"wording": wording, "number": number} for wording in wordings]
        self._database.table("suggestion_wordings").insert_all(rows)

    def _known(self) -> dict[str, tuple[int, bool]]:
        """By wording: the number, and whether it was dismissed."""
        rows = self._database.execute(_KNOWN).fetchall()
        return {wording: (number, dismissed_by is not None) for wording, number, dismissed_by in rows}
