from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("integration", "0003_master_data_lines")]
    operations: ClassVar[Any] = []
