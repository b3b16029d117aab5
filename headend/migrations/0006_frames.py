from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("headend", "0005_push")]
    operations: ClassVar[Any] = [
        migrations.AddField(
            model_name="job",
            name="keep_frames",
            field=models.BooleanField(default=False, help_text="Whether the octets of its sessions are kept."),
        ),
        migrations.CreateModel(
            name="Frames",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kept_at", models.DateTimeField()),
                ("size", models.PositiveIntegerField(help_text="Octets of both directions.")),
                ("cut", models.BooleanField(help_text="Whether there were more than are kept.")),
                ("sealed", models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext under the master key.")),
                ("master_key", models.CharField(help_text="Id of the master key it is sealed under.", max_length=16)),
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="frames", to="headend.attempt"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "frames",
                "permissions": [("decode_frames", "Can see what is ciphered in kept frames")],
                "indexes": [
                    models.Index(fields=["kept_at"], name="frames_kept"),
                    models.Index(fields=["master_key", "id"], name="frames_master"),
                ],
            },
        ),
    ]
