"""Addresses and ports of the internet protocols (Blue Book 4.9)."""

from typing import NamedTuple

from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import Simple
from protocols.dlms.classes.shapes import Nullable, array_of, spec_of
from protocols.dlms.classes.specs import (
    BOOLEAN,
    DOUBLE_LONG_UNSIGNED,
    LONG_UNSIGNED,
    OCTETS,
    TRIGGER,
    UNSIGNED,
    DoubleLongUnsigned,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method


class TcpUdpSetup(InterfaceClass, class_id=41, title="TCP-UDP setup"):
    tcp_udp_port = attribute(2, LONG_UNSIGNED, writable=True)
    ip_reference = attribute(3, OCTETS, writable=True)
    mss = attribute(4, LONG_UNSIGNED, writable=True)
    nb_of_sim_conn = attribute(5, UNSIGNED, writable=True)
    inactivity_time_out = attribute(6, LONG_UNSIGNED, writable=True)


class IpOption(NamedTuple):
    """IP_options_element; `length` counts all octets of the option."""

    kind: Unsigned
    length: Unsigned
    data: bytes


class Ipv4Setup(InterfaceClass, class_id=42, title="IPv4 setup"):
    dl_reference = attribute(2, OCTETS, writable=True)
    ip_address = attribute(3, DOUBLE_LONG_UNSIGNED, writable=True)
    multicast_ip_address = attribute(4, array_of(DOUBLE_LONG_UNSIGNED), writable=True)
    ip_options = attribute(5, array_of(IpOption), writable=True)
    subnet_mask = attribute(6, DOUBLE_LONG_UNSIGNED, writable=True)
    gateway_ip_address = attribute(7, DOUBLE_LONG_UNSIGNED, writable=True)
    use_dhcp_flag = attribute(8, BOOLEAN, writable=True)
    primary_dns_address = attribute(9, DOUBLE_LONG_UNSIGNED, writable=True)
    secondary_dns_address = attribute(10, DOUBLE_LONG_UNSIGNED, writable=True)
    add_mc_ip_address = method(1, DOUBLE_LONG_UNSIGNED)
    delete_mc_ip_address = method(2, DOUBLE_LONG_UNSIGNED)
    get_nbof_mc_ip_addresses = method(3, TRIGGER, LONG_UNSIGNED)


class MacAddressSetup(InterfaceClass, class_id=43, title="MAC address setup"):
    mac_address = attribute(2, OCTETS, writable=True)


class LinkOption(NamedTuple):
    """An option of LCP or IPCP; the type of `data` goes with `kind`."""

    kind: Unsigned
    length: Unsigned
    data: Simple


class Credentials(NamedTuple):
    """A name and password of PPP."""

    user_name: bytes
    password: bytes


class PppSetup(InterfaceClass, class_id=44, title="PPP setup"):
    phy_reference = attribute(2, OCTETS, writable=True)
    lcp_options = attribute(3, array_of(LinkOption), writable=True)
    ipcp_options = attribute(4, array_of(LinkOption), writable=True)
    ppp_authentication = attribute(5, Nullable(spec_of(Credentials)), writable=True)


class AddressMode(Code):
    """How an IPv6 address comes about."""

    AUTOMATIC = 0
    DHCP = 1
    MANUAL = 2
    NEIGHBOUR_DISCOVERY = 3


class AddressKind(Code):
    """Which list an IPv6 address belongs to."""

    UNICAST = 0
    MULTICAST = 1
    GATEWAY = 2


class Ipv6Address(NamedTuple):
    """An address of 16 octets and the list it belongs to."""

    kind: AddressKind
    address: bytes


class NeighbourDiscovery(NamedTuple):
    """Router solicitations: how many, how far apart (ms); router advertisements: how far apart (s)."""

    rs_max_retry: Unsigned
    rs_retry_wait_time: LongUnsigned
    ra_send_period: DoubleLongUnsigned


class Ipv6Setup(InterfaceClass, class_id=48, title="IPv6 setup"):
    dl_reference = attribute(2, OCTETS, writable=True)
    address_config_mode = attribute(3, AddressMode, writable=True)
    unicast_ipv6_addresses = attribute(4, array_of(OCTETS), writable=True)
    multicast_ipv6_addresses = attribute(5, array_of(OCTETS), writable=True)
    gateway_ipv6_addresses = attribute(6, array_of(OCTETS), writable=True)
    primary_dns_address = attribute(7, OCTETS, writable=True)
    secondary_dns_address = attribute(8, OCTETS, writable=True)
    traffic_class = attribute(9, UNSIGNED, writable=True)
    neighbour_discovery_setup = attribute(10, array_of(NeighbourDiscovery), writable=True)
    add_ipv6_address = method(1, Ipv6Address)
    remove_ipv6_address = method(2, Ipv6Address)
