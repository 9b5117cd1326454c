"""A mesh: airtime, who asks when, what a sender answers, and all of it on an air with collisions and many people."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats.frame import parse_frame
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.parcel import Kind, Parcel, parcel_id, parse_parcel
from holub.transit.carriers.mesh.airtime import GAP, HOUR, LONG_FAST, PROFILES, Airtime, Modem, read_profile
from holub.transit.carriers.mesh.asking import MOST_ASKS, QUIET, SPREAD, Asking, backoff
from holub.transit.carriers.mesh.message import MOST_MESSAGE, Ask, parse_ask
from holub.transit.carriers.mesh.sending import GATHER, Sending
from holub.transit.carriers.mesh.station import Receiver, Sender
from tests.fakes.meshair import MeshAir


def parcel(size: int, seed: int = 1, kind: Kind = Kind.UPDATE) -> bytes:
    return Parcel(kind, random.Random(f"{size} {seed}").randbytes(size - 8)).encode()


# Airtime.


@pytest.mark.parametrize(
    ("modem", "size", "milliseconds"),
    [
        (Modem(7, 125_000), 20, 56.576),  # as Semtech's calculator has it
        (Modem(12, 125_000), 20, 1_318.912),
        (Modem(7, 125_000), 0, 12.25 * 1.024 + 23 * 1.024 - 10 * 1.024),
        (LONG_FAST, 200, 1_910.784),
        (LONG_FAST, 10, 518.144),
    ],
)
def test_airtime_is_what_the_formula_says(modem: Modem, size: int, milliseconds: float) -> None:
    assert 1_000 * modem.airtime(size) == pytest.approx(milliseconds)


@given(st.sampled_from([0.01, 0.1, 1.0]), st.lists(st.tuples(st.integers(10, 200), st.floats(0, 400)), max_size=150))
def test_no_hour_holds_more_than_its_share(share: float, steps: list[tuple[int, float]]) -> None:
    airtime, now = Airtime(LONG_FAST, share), 0.0
    sent: list[tuple[float, float]] = []
    for size, pause in steps:
        now += pause
        now += airtime.wait(size, now)
        assert airtime.wait(size, now) <= 1e-6
        airtime.spend(size, now)
        sent.append((now, LONG_FAST.airtime(size)))
    for at, (begin, _) in enumerate(sent):
        within = sum(seconds for when, seconds in sent[at:] if when < begin + HOUR - 1e-3)
        assert within <= share * HOUR + 1e-6
    for (begin, seconds), (after, _) in pairwise(sent):
        assert after >= begin + (1 + GAP) * seconds - 1e-6


def test_a_message_that_no_hour_has_room_for_is_said() -> None:
    with pytest.raises(Misused, match="more than an hour allows"):
        Airtime(Modem(12, 7_800), 0.01).wait(200, 0)
    for share in (0, -1, 1.01, math.nan):
        with pytest.raises(Misused, match="share"):
            Airtime(LONG_FAST, share)


# Messages.


def test_an_ask_is_ten_bytes() -> None:
    assert Ask(bytes(range(8)), 31).encode().hex() == "4100010203040506071f"


@given(st.binary(max_size=14))
def test_whatever_is_read_as_an_ask_is_written_the_same(message: bytes) -> None:
    try:
        ask = parse_ask(message)
    except Refused:
        return
    assert ask is None or ask.encode() == message


@pytest.mark.parametrize("wrong", [b"A", b"A" + bytes(9), b"A" + bytes(8), b"A" + bytes(9) + b"\x01"])
def test_an_ask_of_another_shape_is_refused(wrong: bytes) -> None:
    with pytest.raises(Refused):
        parse_ask(wrong)


# Asking.


@given(st.floats(0, 1, exclude_max=True))
def test_a_backoff_stays_within_its_time(drawn: float) -> None:
    assert -1e-6 <= backoff(lambda: drawn) <= 60 + 1e-6


def test_of_a_hundred_few_draw_an_early_time() -> None:
    chance = random.Random(1)
    early = [sum(one <= first + 1 for one in drawn) for first, drawn in (_group(chance) for _ in range(200))]
    assert sum(early) / len(early) < 5


def _group(chance: random.Random) -> tuple[float, list[float]]:
    drawn = [backoff(chance.random) for _ in range(100)]
    return min(drawn), drawn


def test_asks_grow_rare_and_end() -> None:
    asking, name, now = Asking(random.Random(1).random), b"8 bytes!", 1_000.0
    asking.lacks([(name, 7)], name, now)
    times, counts = [], []
    while not math.isinf(asking.next()):
        now = asking.next()
        assert asking.due(now - 1) is None
        ask = asking.due(now)
        assert ask is not None
        assert ask.parcel == name
        times.append(now)
        counts.append(ask.more)
    assert counts == [7, 14, 28, 56, 112, 224]
    assert len(times) == MOST_ASKS
    assert times[0] >= 1_000 + QUIET
    assert all(later - one >= QUIET * (2 << at) for at, (one, later) in enumerate(pairwise(times)))
    asking.lacks([(name, 6)], name, now)
    assert asking.next() < now + 2 * QUIET


def test_who_hears_an_ask_waits_as_if_it_had_asked() -> None:
    asking, name = Asking(random.Random(1).random), b"8 bytes!"
    asking.lacks([(name, 7)], name, 0)
    due = asking.next()
    asking.heard(Ask(name, 9), due - 1)
    assert asking.due(due) is None
    assert asking.next() >= due - 1 + 2 * QUIET


def test_a_parcel_that_arrived_is_not_asked_for() -> None:
    asking = Asking(random.Random(1).random)
    asking.lacks([(b"8 bytes!", 7)], b"8 bytes!", 0)
    asking.lacks([], None, 1)
    assert math.isinf(asking.next())


# Sending.


def drained(sending: Sending, now: float) -> list[bytes]:
    found = []
    while (one := sending.ready(now)) is not None:
        found.append(one.next())
    return found


def test_what_is_urgent_goes_first_and_all_fits_a_packet() -> None:
    alert, update = parcel(150), parcel(5_000)
    frames = drained(Sending([alert, update]), 0)
    assert [parse_frame(one).parcel_id for one in frames[:2]] == [parcel_id(alert)] * 2
    assert {parse_frame(one).parcel_id for one in frames[2:-4]} == {parcel_id(update)}
    # At the end each once more, for those who have heard nothing of a short one.
    assert [parse_frame(one).parcel_id for one in frames[-4:]] == [parcel_id(alert)] * 2 + [parcel_id(update)] * 2
    assert max(map(len, frames)) <= MOST_MESSAGE


def test_one_answer_serves_all_and_repeats_no_number() -> None:
    update = parcel(5_000)
    sending = Sending([update])
    first = drained(sending, 0)
    for more in (3, 9, 5):
        sending.heard(Ask(parcel_id(update), more), 100)
    assert drained(sending, 100 + GATHER - 1) == []
    answer = drained(sending, 100 + GATHER)
    assert len(answer) == 9
    assert not set(answer) & set(first)


def test_false_asks_make_a_sender_send_a_bounded_amount() -> None:
    update = parcel(5_000)
    sending, count = Sending([update]), -(-5_000 // 184)
    sent = len(drained(sending, 0))
    for at in range(1_000):
        sending.heard(Ask(parcel_id(update), 255), 100.0 * at)
        sending.heard(Ask(b"of other", 255), 100.0 * at)
        sent += len(drained(sending, 100.0 * at + GATHER))
    assert sent <= 1.2 * count + 3 + 4 * count + 64


def test_numbers_come_round_again_without_end() -> None:
    update = parcel(400)
    sending = Sending([update])
    for at in range(300):
        sending._parcels[parcel_id(update)].left = 3
        sending._queue.append(sending._parcels[parcel_id(update)])
        assert all(parse_frame(one).number < 5 * 3 + 128 for one in drained(sending, at))


# On the air.


def cell(receivers: int) -> list[tuple[str, str]]:
    """Everybody hears everybody."""
    names = ["sender", *(f"r{at}" for at in range(receivers))]
    return [(one, other) for at, one in enumerate(names) for other in names[:at]]


LINE = [("sender", "a"), ("a", "b"), ("b", "c")]
RING = [*LINE, ("a", "a2"), ("b", "b2"), ("a2", "b2")]


def on_the_air(air: MeshAir, given: list[bytes], share: float = 1.0, *, ask: bool = True) -> list[str]:
    """Who has not got everything, when nothing happens any more."""
    chance = random.Random(7)
    for name, node in air.nodes.items():
        if name == "sender":
            node.station = Sender(given, Airtime(LONG_FAST, share), 0.0)
        else:
            node.station = Receiver(Airtime(LONG_FAST, share) if ask else None, chance=chance.randbytes)
    air.run()
    return [name for name, node in air.nodes.items() if name != "sender" and sorted(node.parcels) != sorted(given)]


@pytest.mark.parametrize("loss", [0.0, 0.2, 0.4])
def test_a_hundred_receivers_get_everything_and_few_of_them_speak(loss: float) -> None:
    air = MeshAir(cell(100), loss)
    given = [parcel(150), parcel(2_000)]
    assert on_the_air(air, given) == []
    assert air.asks <= 12


def share_without(ask: bool) -> float:
    """Of the receivers in thirty meshes with loss and hidden radios: the share that lacks something at the end."""
    lacking = 0
    for seed in range(30):
        air = MeshAir(RING, 0.15, seed)
        lacking += len(on_the_air(air, [parcel(150), parcel(1_500, seed)], ask=ask))
    return lacking / (30 * 5)


def test_over_hops_collisions_and_loss_asking_brings_what_is_missing() -> None:
    silent, asking = share_without(ask=False), share_without(ask=True)
    assert asking < 0.1
    assert asking < silent / 2


def test_over_three_hops_without_hidden_radios_hardly_anybody_lacks_anything() -> None:
    given = [parcel(150), parcel(1_500)]
    lacking = [name for seed in range(20) for name in on_the_air(MeshAir(LINE, 0.15, seed), given)]
    assert len(lacking) <= 1  # of 60; whose every ask is lost on three links cannot be helped


def test_an_ask_while_frames_are_still_to_go_makes_nobody_send_more() -> None:
    update = parcel(5_000)
    sending = Sending([update])
    one = sending.ready(0)
    assert one is not None
    one.next()
    sending.heard(Ask(parcel_id(update), 255), 0)
    assert len(drained(sending, GATHER)) == len(drained(Sending([update]), 0)) - 1


def test_where_one_may_send_little_receivers_are_patient_with_a_pause() -> None:
    asking = Asking(random.Random(1).random, share=0.01)
    asking.lacks([(b"8 bytes!", 7)], b"8 bytes!", 0)
    assert asking.next() >= 1_200


def test_who_never_asks_never_sends_and_still_receives() -> None:
    links = [("sender", "r0"), ("sender", "r1")]
    air = MeshAir(links, 0.0)
    assert on_the_air(air, [parcel(900)], ask=False) == []
    assert air.asks == 0
    assert [node.own for name, node in air.nodes.items() if name != "sender"] == [[], []]


def test_a_sender_keeps_to_its_share_of_each_hour() -> None:
    air = MeshAir([("sender", "r0")], 0.3)
    assert on_the_air(air, [parcel(9_000)], share=0.01) == []
    own = air.nodes["sender"].own
    for at, (begin, _) in enumerate(own):
        assert sum(seconds for when, seconds in own[at:] if when < begin + HOUR) <= 36 + 1e-6


def test_narrow_letters_travel_in_a_bag() -> None:
    letters = [random.Random(at).randbytes(256) for at in range(3)]
    air = MeshAir(LINE, 0.1)
    assert on_the_air(air, [write_letters(letters).encode()]) == []
    [bag] = air.nodes["c"].parcels
    assert sorted(read_letters(parse_parcel(bag).body)) == sorted(letters)


Message = Callable[[random.Random], bytes]
NOISE: dict[str, Message] = {
    "nothing": lambda chance: b"",
    "random bytes": lambda chance: chance.randbytes(200),
    "asks of another shape": lambda chance: b"A" + chance.randbytes(chance.randrange(20)),
    "asks for what nobody has": lambda chance: Ask(chance.randbytes(8), 255).encode(),
    "other people's chat": lambda chance: b"\x08\x01\x12\x05hello",
}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE.keys())
def test_noise_on_the_air_is_passed_over(noise: Message) -> None:
    chance, given = random.Random(1), parcel(900)
    sender = Sender([given], Airtime(LONG_FAST, 1.0), 0.0)
    receiver = Receiver(Airtime(LONG_FAST, 1.0), chance=chance.randbytes)
    now, arrived = 0.0, None
    while arrived is None:
        assert now < HOUR
        now += 10
        for station in (sender, receiver):
            station.heard(noise(chance), now)
        if (message := sender.step(now)) is not None:
            arrived = receiver.heard(message, now)
    assert arrived == given


# Other settings of the radios.


def test_a_radio_of_reticulum_is_named_by_its_numbers() -> None:
    modem = read_profile("sf8-bw125-cr5")
    assert (modem.spreading, modem.bandwidth, modem.coding, modem.preamble) == (8, 125_000, 1, 18)
    # 200 bytes and 36 around them, by the formula of spec/mesh.md: 12.25 + 18 symbols and 300 more, 2.048 ms each.
    assert modem.airtime(200) == pytest.approx((18 + 12.25 + 300) * 256 / 125_000)
    assert read_profile("sf12-bw62.5-cr8").bandwidth == 62_500
    assert read_profile("long-fast") is LONG_FAST


@pytest.mark.parametrize(
    "name", ["", "x", "sf4-bw125-cr5", "sf13-bw125-cr5", "sf8-bw7-cr5", "sf8-bw501-cr5", "sf8-bw125-cr9"]
)
def test_a_profile_that_there_is_not(name: str) -> None:
    with pytest.raises(Misused, match="there is no profile"):
        read_profile(name)


def test_waits_go_with_how_long_a_frame_is_on_the_air() -> None:
    fast = Airtime(PROFILES["short-turbo"], 1.0)
    assert Airtime(LONG_FAST, 0.1).unit == 1
    assert 1 / 30 < fast.unit < 1 / 20
    asking = Asking(random.Random(1).random, 1.0, fast.unit)
    asking.lacks([(b"8 bytes!", 7)], b"8 bytes!", 0.0)
    assert QUIET / 30 < asking.next() < (QUIET + SPREAD) / 20
    sending = Sending([update := parcel(5_000)], unit=fast.unit)
    drained(sending, 0)
    sending.heard(Ask(parcel_id(update), 9), 0)
    assert drained(sending, GATHER / 30) == []
    assert len(drained(sending, GATHER / 20)) == 9
