from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0006_groups")]
    operations: ClassVar[Any] = []
