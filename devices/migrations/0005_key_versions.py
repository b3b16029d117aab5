from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0004_slave_channels")]
    operations: ClassVar[Any] = []
