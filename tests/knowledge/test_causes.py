"""The nature of each cause fits what the app can name and what its checks are called."""

from core.checks import ALL
from core.knowledge.causes import natures
from core.texts import Texts


def test_every_cause_has_a_short_name_in_both_languages() -> None:
    for language in ("ja", "en"):
        texts = Texts(language)
        assert not [code for code in natures() if not texts.has(f"cause_name.{code}")]


def test_all_twenty_seven_causes_and_our_own_are_there() -> None:
    assert len(natures()) == 28, "twenty-seven, and domain_listed"


def test_what_follows_is_a_known_cause_and_never_goes_in_a_ring() -> None:
    explains = {code: nature.explains for code, nature in natures().items()}
    assert not {other for followers in explains.values() for other in followers} - explains.keys()

    def reachable(code: str, seen: frozenset[str]) -> frozenset[str]:
        return frozenset().union(
            *(frozenset({other}) | reachable(other, seen | {other}) for other in explains[code] if other not in seen)
        )

    assert not [code for code in explains if code in reachable(code, frozenset())]


def test_who_can_see_a_cause_is_a_check_there_is() -> None:
    ids = {check.id for check in ALL}
    assert not {check for nature in natures().values() for check in nature.seen_by} - ids
