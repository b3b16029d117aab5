from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0005_archive")]

    operations: ClassVar = []
