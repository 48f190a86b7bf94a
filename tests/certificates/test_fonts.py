"""The pinned faces: found, missing, different."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from certificates import fonts
from certificates.fonts import FACES, FontsRefused, find_faces


def test_every_face_is_found_and_pinned() -> None:
    found = find_faces()
    assert set(found) == {"title", "latin", "name", "text"}
    assert all(found[face.role].sha256 in face.sha256 for face in FACES)


def test_changed_face_is_refused_with_its_digest(tmp_path: Path) -> None:
    changed = tmp_path / "LXGWWenKai-Bold.ttf"
    changed.write_bytes(b"another font")
    with pytest.raises(FontsRefused, match=sha256(b"another font").hexdigest()):
        find_faces([tmp_path])


def test_changed_face_is_accepted_when_it_is_pinned_as_well(tmp_path: Path) -> None:
    changed = tmp_path / "LXGWWenKai-Bold.ttf"
    changed.write_bytes(b"another font")
    digest = sha256(b"another font").hexdigest()
    assert find_faces([tmp_path], {"name": [digest]})["name"].path == changed


def test_all_missing_faces_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FOLDER", tmp_path / "usr" / "fonts")
    monkeypatch.setattr(fonts, "LOCAL_FOLDER", tmp_path / "local")
    monkeypatch.setattr(fonts, "folders", lambda extra=(): (tmp_path,))
    with pytest.raises(FontsRefused, match=r"LXGWWenKai-Bold\.ttf not found.*LXGWWenKai-Regular\.ttf not found"):
        find_faces()


def test_folder_as_unpacked_without_root_is_looked_into() -> None:
    assert fonts.LOCAL_FOLDER / "usr/share/fonts/truetype/lxgw-wenkai" in fonts.folders()
