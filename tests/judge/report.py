"""Reading the compiler's error reports: which line is blamed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

# "Invoked with:" is pybind's, printing a range it was given.
_PLACE = re.compile(r'^(?:Invoked with: )?  File "(?P<file>[^"\n]+)", line (?P<line>\d+)$', re.MULTILINE)
_HERE = re.compile(r"^.*~+ <--- HERE.*$", re.MULTILINE)

#: Errors whose range has no length, so that their place has no highlight.
_ZERO_LENGTH = ("Only a single generator", "Comprehension ifs")


@dataclass(frozen=True)
class Frame:
    """One ``File "...", line N`` of a report; ``lead`` is the text since the frame before."""

    file: str
    line: int
    lead: str
    highlighted: bool


def frames(text: str) -> list[Frame]:
    """The places a report names, in its order."""
    found: list[Frame] = []
    matches = list(_PLACE.finditer(text))
    start = 0
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        here = _HERE.search(text, match.end(), end)
        found.append(Frame(match["file"], int(match["line"]), text[start : match.start()], here is not None))
        start = here.end() if here else match.end()
    return found


def blamed(text: str, path: str) -> Frame | None:
    """The frame the error is blamed on: innermost among those of ``path`` or its folder.

    The error itself comes first, then the calls that led there (``'f' is being compiled since it was called
    from 'g'``), inner to outer. So the first highlighted frame is the error's; where that lies in a
    library, the first one of the user's own code is its last line that led there. Two reports are built
    otherwise: for a name missing in a branch, the branch comes first and the use, which is blamed, second;
    for an attribute that failed to compile, the embedded report comes first and the use after it.
    """
    everything = frames(text)
    # A range of no length (comprehensions) has an excerpt without a highlight.
    places = [frame for frame in everything if frame.highlighted] or everything
    if everything and not everything[0].highlighted and text.startswith(_ZERO_LENGTH):
        places = everything
    for number, frame in enumerate(places):
        if frame.lead.strip().endswith("and was used here:"):
            places = places[number:]
            break
    if "The error stack is reproduced here:" in text:
        # The embedded report (with its own calls) ends where a lead is just the outer message's end.
        for number, frame in enumerate(places):
            if number and frame.lead.strip() == "):":
                places = places[number:]
                break
    folder = os.path.dirname(path) + os.sep
    for frame in places:
        if frame.file == path or frame.file.startswith(folder):
            return frame
    return places[0] if places else None
