"""Rights for single attributes and methods: enforced, and told in the object list; the association about itself."""

from dataclasses import replace

import pytest

from protocols.dlms.acse import Context
from protocols.dlms.classes.access import AssociationLn2, AssociationLn3, Partners
from protocols.dlms.classes.client import ClientObject, object_entries, read_object_list
from protocols.dlms.classes.measurement import Register
from protocols.dlms.classes.rights import AttributeMode, AttributeRights, MethodMode
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.conformance import SUPPORTED, Conformance
from protocols.dlms.connection import ClientSettings
from protocols.dlms.cosem import CURRENT_ASSOCIATION
from protocols.dlms.data import decode
from protocols.dlms.encoding import unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.security import Security
from protocols.dlms.server import Association
from protocols.dlms.tags import DataAccessResult, Mechanism
from protocols.errors import Cause, RemoteProtocolError
from tests.protocols.classes.meters import ANYTHING_GOES, MAX_PDU, Line, device_of, with_keys, with_password
from tests.protocols.parties import KEYS, PASSWORD, SIGNED_CLIENT, ciphered

NAME = Obis.parse("1-0:1.8.0")
VALUE, RESET = (NAME, 2), (NAME, 1)
SIGNED = Association(SIGNED_CLIENT, Mechanism.HLS_GMAC, keys=KEYS, security=Security.AUTHENTICATED, writable=None)


def _register() -> ServerObject:
    return ServerObject(Register, NAME, {"value": unsigned(1)}, writable=("value",), actions={"reset": lambda _: None})


def _can(line: Line) -> tuple[bool, bool, bool]:
    """Whether the register's value is read and written and the register reset."""
    here = ClientObject(line.client, Register, NAME)
    outcomes = []
    for exchange in (here.get("value"), here.set("value", unsigned(2)), here.invoke("reset")):
        try:
            line(exchange)
            outcomes.append(True)
        except RemoteProtocolError as error:
            assert error.cause is Cause.ACCESS_DENIED
            outcomes.append(False)
    return outcomes[0], outcomes[1], outcomes[2]


@pytest.mark.parametrize(
    ("mode", "read", "write"),
    [
        (AttributeMode.NO_ACCESS, False, False),
        (AttributeMode.READ_ONLY, True, False),
        (AttributeMode.WRITE_ONLY, False, True),
        (AttributeMode.READ_AND_WRITE, True, True),
        (AttributeMode.AUTHENTICATED_READ_ONLY, False, False),
        (AttributeMode.AUTHENTICATED_READ_AND_WRITE, False, False),
    ],
)
def test_modes_of_attributes_are_kept_and_told(mode: AttributeMode, read: bool, write: bool) -> None:
    terms = replace(ANYTHING_GOES, attribute_modes={VALUE: mode})
    line = with_password(device_of([_register()], terms))
    assert _can(line) == (read, write, True)
    assert _told(line) == (mode, MethodMode.ACCESS)


def _told(line: Line) -> tuple[AttributeMode, MethodMode]:
    entry = next(entry for entry in line(read_object_list(line.client)) if entry.logical_name == NAME)
    rights = entry.access_rights
    return AttributeMode(rights.attribute_access[1].access_mode), MethodMode(rights.method_access[0].access_mode)


@pytest.mark.parametrize(
    ("mode", "allowed"),
    [(MethodMode.NO_ACCESS, False), (MethodMode.ACCESS, True), (MethodMode.AUTHENTICATED_ACCESS, False)],
)
def test_modes_of_methods_are_kept_and_told(mode: MethodMode, allowed: bool) -> None:
    terms = replace(ANYTHING_GOES, method_modes={RESET: mode})
    line = with_password(device_of([_register()], terms))
    assert _can(line) == (True, True, allowed)
    assert _told(line) == (AttributeMode.READ_AND_WRITE, mode)


def test_who_authenticates_every_message_gets_what_is_for_those() -> None:
    modes = {VALUE: AttributeMode.AUTHENTICATED_READ_AND_WRITE}
    terms = replace(SIGNED, attribute_modes=modes, method_modes={RESET: MethodMode.AUTHENTICATED_ACCESS})
    assert _can(Line(device_of([_register()], terms), ciphered(SIGNED_CLIENT))) == (True, True, True)
    terms = replace(terms, attribute_modes={VALUE: AttributeMode.AUTHENTICATED_WRITE_ONLY})
    assert _can(Line(device_of([_register()], terms), ciphered(SIGNED_CLIENT))) == (False, True, True)


def test_by_default_everything_is_as_the_sets_say() -> None:
    terms = replace(ANYTHING_GOES, writable=frozenset(), invocable=frozenset())
    line = with_password(device_of([_register()], terms))
    assert _can(line) == (True, False, False)
    assert _told(line) == (AttributeMode.READ_ONLY, MethodMode.NO_ACCESS)


def test_the_association_describes_itself_but_not_its_secret() -> None:
    line = with_keys(device_of([_register()], sap=17))
    here = ClientObject(line.client, AssociationLn2, CURRENT_ASSOCIATION)
    told = line(here.read())
    assert told["associated_partners_id"] == Partners(1, 17)
    assert told["application_context_name"][-1] == Context.LN_CIPHERED.value
    assert told["security_setup_reference"] == Obis.parse("0-0:43.0.0")
    assert told["user_list"] == ()
    assert told["current_user"] == (0, "")
    assert told["xdlms_context_info"].max_send_pdu_size == MAX_PDU
    assert line(here.read("secret")) == {"secret": DataAccessResult.READ_WRITE_DENIED}


def test_the_association_tells_its_own_context_and_services() -> None:
    offered = SUPPORTED & ~Conformance.ACCESS
    terms = replace(SIGNED, context=Context.LN, security=Security.NONE, conformance=offered)
    line = Line(device_of([], terms), ciphered(SIGNED_CLIENT, context=Context.LN, security=Security.NONE))
    told = line(ClientObject(line.client, AssociationLn2, CURRENT_ASSOCIATION).read())
    assert told["application_context_name"][-1] == Context.LN.value
    assert told["xdlms_context_info"].conformance == offered


def test_a_password_is_changed_for_the_next_association() -> None:
    device = device_of([])
    line = with_password(device)
    line(ClientObject(line.client, AssociationLn2, CURRENT_ASSOCIATION).set(AssociationLn2.secret, b"new password"))
    with pytest.raises(RemoteProtocolError, match="rejected"):
        with_password(device, PASSWORD)
    again = with_password(device, b"new password")
    again(ClientObject(again.client, AssociationLn2, CURRENT_ASSOCIATION).invoke("change_hls_secret", PASSWORD))
    with_password(device, PASSWORD)


def test_keys_are_not_changed_through_the_association() -> None:
    line = with_keys(device_of([]))
    here = ClientObject(line.client, AssociationLn2, CURRENT_ASSOCIATION)
    for exchange in (
        here.set(AssociationLn2.secret, b"x"),
        here.invoke("change_hls_secret", b"x"),
        here.invoke("reply_to_hls_authentication", b"x"),
    ):
        with pytest.raises(RemoteProtocolError, match="other reason"):
            line(exchange)


def test_rights_in_bits_are_read_as_such() -> None:
    """From version 3 of the association on, access modes are bits."""
    entries = AssociationLn3.object_list.decode(
        [
            (3, 0, NAME, ([(1, 1, None), (2, 0x27, [1, 2])], [(1, 0x25)])),
            (15, 3, CURRENT_ASSOCIATION, ([], [])),
        ]
    )
    access = entries[0].access_rights.attribute_access[1]
    wanted = AttributeRights.READ | AttributeRights.WRITE | AttributeRights.AUTHENTICATED_REQUEST
    assert access.access_mode == wanted | AttributeRights.AUTHENTICATED_RESPONSE
    assert object_entries(decode(AssociationLn3.object_list.encode(entries))) == entries


def test_an_object_list_that_is_refused_is_told() -> None:
    terms = replace(ANYTHING_GOES, attribute_modes={(CURRENT_ASSOCIATION, 2): AttributeMode.NO_ACCESS})
    line = with_password(device_of([], terms))
    with pytest.raises(RemoteProtocolError, match="object list: read write denied"):
        line(read_object_list(line.client))


def test_an_address_beyond_an_octet_does_not_break_the_association_object() -> None:
    """wPorts have 16 bits, the standard tells the partner's in 8."""
    client = 1000
    device = device_of([], replace(ANYTHING_GOES, client=client))
    line = Line(device, (client, ClientSettings(Mechanism.LLS, password=PASSWORD)))
    here = ClientObject(line.client, AssociationLn2, CURRENT_ASSOCIATION)
    assert line(here.get(AssociationLn2.associated_partners_id)) == Partners(1000 - 1024, 1)
