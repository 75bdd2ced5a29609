"""Drafts of answers: a language model writes them from passages of the team's documents, people decide.

`prompt` asks, `checks` and `claims` judge the reply, `costs` keeps the money, `endpoint` is the wire and
`drafter` the work in the background.
"""

from assistant.drafting.drafter import Drafter, Order

__all__ = ["Drafter", "Order"]
