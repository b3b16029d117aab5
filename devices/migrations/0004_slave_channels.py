from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0003_broadcast_keys")]
    operations: ClassVar[Any] = []
