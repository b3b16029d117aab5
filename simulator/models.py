"""Models of simulated devices: what tells them apart before anybody talks to them. How they talk: `families`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """`needs` names the fields of the fleet file that a device of this model cannot do without.

    `compresses`: rows of the load profile leave out what follows from the row before (null-data). `channels`: so many
    slave meters may hang on its M-Bus.
    """

    firmware: str
    needs: tuple[str, ...]
    compresses: bool = False
    channels: int = 0


SM3, SN4, SM5, EC2, DC1 = "aim-sm3", "aim-sn4", "aim-sm5", "aim-ec2", "aim-dc1"
GS1 = "aim-gs1"
SLAVES = (GS1,)
METERS = {
    SM3: Model("SIM1-02.10", ("ek", "ak"), channels=4),
    SN4: Model("SN4-11.02", ("password", "link_address")),
    SM5: Model("SM5-01.04", ("ek", "ak", "signing"), compresses=True),
    EC2: Model("EC2-03.02", ("password",)),
}
CONCENTRATORS = {DC1: Model("DC1-03.01", ("host", "port", "ek", "ak"))}
MODELS = METERS | CONCENTRATORS
