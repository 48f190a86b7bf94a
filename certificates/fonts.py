"""The four faces of a certificate: where their files lie and which bytes they must have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
SYSTEM_FOLDER = Path("/usr/share/fonts/truetype/lxgw-wenkai")
LOCAL_FOLDER = _HERE.parent / ".fonts"


@dataclass(frozen=True, slots=True)
class Face:
    """One font file.

    The role it plays, its file name, the SHA-256 values that are accepted, and whether it is bundled.
    """

    role: str
    file_name: str
    sha256: tuple[str, ...]
    bundled: bool = False


FACES = (
    Face(
        "title",
        "NotoSerifSC-Black-titles.ttf",
        ("404222e747b828decdadb1071905c2ed249b9cc9c1d808f5298e931cdaffc516",),
        bundled=True,
    ),
    Face(
        "latin",
        "NotoSerifSC-Medium-titles.ttf",
        ("deb9a3b03a44db48e7f4ba1550f1f221954382712459b0238eca2475143821c3",),
        bundled=True,
    ),
    Face("name", "LXGWWenKai-Bold.ttf", ("2a24551c5c4fb42507aafa4773b08a5ea55d538a8d449032663ec9e3027a707e",)),
    Face("text", "LXGWWenKai-Regular.ttf", ("bbf534b0ca093928f94d1782855e65a19a32cde82b075d495d072025521953c8",)),
)


class FontsRefused(RuntimeError):
    """A face is missing or is not the pinned file; the message names every such face and where it was looked for."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A face found: its role, path and SHA-256."""

    role: str
    path: Path
    sha256: str


def folders(extra: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Where faces are looked for.

    The configured folders, then `.fonts/` (as unpacked by dpkg-deb or flat), then Debian's.
    """
    unpacked = LOCAL_FOLDER / SYSTEM_FOLDER.relative_to("/")
    return (*map(Path, extra), LOCAL_FOLDER, LOCAL_FOLDER / "lxgw-wenkai", unpacked, SYSTEM_FOLDER)


def find_faces(
    extra: Iterable[str | Path] = (), pins: Mapping[str, Iterable[str]] | None = None
) -> dict[str, FontFile]:
    """Every face by role.

    `extra` are folders to search first; `pins` maps a role to SHA-256 values accepted besides the built-in ones.
    FontsRefused when any face is missing or different, because a changed font changes the certificate.
    """
    found: dict[str, FontFile] = {}
    faults: list[str] = []
    for face in FACES:
        path = _locate(face, tuple(extra))
        if path is None:
            faults.append(f"{face.file_name} not found in {', '.join(map(str, folders(extra)))}")
            continue
        digest = _digest(path, path.stat().st_mtime_ns, path.stat().st_size)
        if digest not in {*face.sha256, *(pins or {}).get(face.role, ())}:
            faults.append(f"{path} is not the pinned file: its SHA-256 is {digest}")
        found[face.role] = FontFile(face.role, path, digest)
    if faults:
        raise FontsRefused("; ".join(faults))
    return found


def _locate(face: Face, extra: tuple[str | Path, ...]) -> Path | None:
    places = (_HERE / "faces",) if face.bundled else folders(extra)
    return next((place / face.file_name for place in places if (place / face.file_name).is_file()), None)


@lru_cache(maxsize=16)
def _digest(path: Path, _changed_at: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
