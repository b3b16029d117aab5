from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0003_derivation")]

    operations: ClassVar = []
