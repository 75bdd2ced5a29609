"""What the editors' scripts share: their options, one plain line for what went wrong, and what they print.

    def main(db: Db = None, config: Config = None, author: Author = "", as_json: AsJson = False) -> None:
        with said_in_a_line():                               # an error is one line on stderr, and exit code 1
            database = database_of(db, config)               # as configured; must be there unless make=True
            with Revisions(database) as revisions:
                draft = revisions.draft()
        if as_json:
            print_json({"changes": [change_json(change) for change in draft.changes]})
        else:
            print_changes(draft.changes)                      # print_problems, print_line, console() likewise

    if __name__ == "__main__":
        run(main)

`author_of(author)` is the user of this machine where nobody was named; `settings_of(config)` is the team's
configuration. What an edit would do to questions once asked is in `editing.replaying`.
"""

from editing.options import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    database_of,
    how_to_publish,
    run,
    said_in_a_line,
    settings_of,
)
from editing.printing import (
    change_json,
    console,
    is_watched,
    print_changes,
    print_json,
    print_line,
    print_problems,
    problem_json,
    warn,
    working_at,
)

__all__ = [
    "AsJson",
    "Author",
    "Config",
    "Db",
    "author_of",
    "change_json",
    "console",
    "database_of",
    "how_to_publish",
    "is_watched",
    "print_changes",
    "print_json",
    "print_line",
    "print_problems",
    "problem_json",
    "run",
    "said_in_a_line",
    "settings_of",
    "warn",
    "working_at",
]
