from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("headend", "0003_permits")]
    operations: ClassVar[Any] = []
