from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("events", "0001_initial")]
    operations: ClassVar[Any] = []
