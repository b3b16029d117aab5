from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("events", "0002_alarms")]
    operations: ClassVar[Any] = []
