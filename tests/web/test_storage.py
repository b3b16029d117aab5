"""Packed static files: modules import each other under hashed names that exist."""

import re
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from aim.web.storage import PackedStaticFiles

SOURCE = Path(settings.BASE_DIR) / "static"


def test_modules_import_hashed_names(tmp_path: Path) -> None:
    storage = PackedStaticFiles(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=SOURCE)
    names = sorted(str(path.relative_to(SOURCE)) for path in (SOURCE / "js").rglob("*.js"))
    for name in names:
        storage.save(name, source.open(name))
    for _, _, failed in storage.post_process({name: (storage, name) for name in names}):
        assert not isinstance(failed, Exception), failed
    for name in names:
        packed = tmp_path / storage.stored_name(name)
        for imported in re.findall(r'(?:from|import) "(\.[^"]+)"', packed.read_text()):
            assert re.search(r"\.[0-9a-f]{12}\.js$", imported) and (packed.parent / imported).exists()
    assert len(names) > 10
