from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0005_key_versions")]
    operations: ClassVar[Any] = []
