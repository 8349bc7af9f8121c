"""The search of a school's site finds a rule by any form of its words, in the browser that visitors have."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.project.site import school_site
from policygen.site.school import site_files
from tests.support.browser import open_browser_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
VERBS = """accept access address agree allow answer apply approve arrange ask assess attach attend back ban block borrow bully call
carry change charge check choose claim classify close coach collect comment comply connect consult contact control copy
cover deliver deny discuss display download drop enforce ensure enter erase examine fail file film fit follow govern
grant handle harass help hire identify include inform inspect install investigate issue join judge label lock log look
mark monitor move notify offer open order organise park pass permit phone photograph place plan play post prevent print
process promise protect provide publish purchase raise reach record refer refuse register reject relate rely remove
repair reply report request require respect respond return review risk save scan search secure share ship show sign
skip slip stay stop store study submit supervise supply support suspect switch tag tie trace train transfer travel trust try
turn type update upload verify visit wait walk warn watch witness work worry""".split()  # fmt: skip
NOUNS = """access address agency analysis approach atlas body bonus box branch breach bus campus case cash charity church class
clash code college community company computer crisis day device dish dress duty emergency employee essay exam exercise
face family fax focus form gas glass governor half hero house inbox journey judge key knife leaf library licence life
loss match messages nurse office page party phase phone photo place policy potato prefix process purpose quiz reflex
response role rule school self service shelf size speech status story study switch tax thief topic tray trustee use valley
video virus visitor voice watch wish witness""".split()  # fmt: skip
OTHER_WORDS = """car care,plan plane,not note,policy police,form from,hop hope,staff stuff,bar bare,sit site,rat rate,us bus,
gas gate,test text,bas bass,man mane,pupil pulp,lead leaf,file fill""".replace("\n", "").split(",")  # fmt: skip
VOWELS = "aeiou"


def plural(noun: str) -> str:
    """As English spells it."""
    if noun.endswith("sis"):
        return f"{noun[:-2]}es"
    if noun == "quiz":
        return f"{noun}zes"
    if noun in ("half", "knife", "leaf", "life", "self", "shelf", "thief"):
        return f"{noun.removesuffix('e').removesuffix('f')}ves"
    if noun.endswith(("s", "x", "ch", "sh")) or noun in ("hero", "potato"):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}s"


DOUBLED = {"ban", "control", "drop", "fit", "label", "log", "permit", "plan", "refer", "ship", "skip", "slip", "stop", "submit", "tag",
           "transfer", "travel", "scan"}  # fmt: skip


def verb_forms(verb: str) -> tuple[str, str, str]:
    """As English spells them: "tries", "tried", "trying"."""
    root = f"{verb}{verb[-1]}" if verb in DOUBLED else verb
    if verb.endswith("ie"):
        return f"{verb}s", f"{verb}d", f"{verb[:-2]}ying"
    if verb.endswith("ee"):
        return f"{verb}s", f"{verb}d", f"{verb}ing"
    if verb.endswith("e"):
        return f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    return plural(verb), f"{root}ed", f"{root}ing"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The search page of the school whose register is in the repository."""
    shelf = school_site(ROOT, "larkspur-gardens", (), datetime.date(2026, 11, 20))
    assert shelf is not None
    folder = tmp_path_factory.mktemp("site")
    for name, content in site_files(shelf).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with open_browser_page() as quiet:
        quiet.page.goto((folder / "policies/search.html").as_uri())
        yield quiet.page


def finds(page: Page, rule: str, question: str) -> bool:
    """Whether a question finds a rule, among others."""
    script = """([rule, question]) => {
      const texts = [rule, "Nothing else stands here.", "Other matters of the day"];
      const made = texts.map((text) => ({ body: held(text), title: held("") }));
      const every = new Set(made.flatMap((each) => [...each.body.stems]));
      const known = (word) => stems(word).some((form) => every.has(form));
      return answers(made, wanted(question, known)).includes(made[0]);
    }"""
    return bool(page.evaluate(script, [rule, question]))


def test_every_word_of_every_rule_finds_its_rule(page: Page) -> None:
    """As it is written, in capitals, without accents, and with its hyphens left out or as spaces."""
    script = r"""() => {
      const missed = [];
      let tried = 0;
      for (const rule of rules) {
        const text = rule.text.replaceAll("’s ", " ");
        for (const word of new Set(text.match(WORD))) {
          const bare = word.normalize("NFKD").replace(/\p{M}/gu, "");
          const ways = [word, word.toUpperCase(), bare, word.replaceAll("-", ""), word.replaceAll("-", " "), word.replaceAll("-", "\u2011")];
          for (const way of new Set(ways)) {
            tried += 1;
            if (!answers(rules, wanted(way, isKnown)).includes(rule)) missed.push(`${rule.name}: ${way}`);
          }
        }
      }
      return [tried, missed];
    }"""
    tried, missed = page.evaluate(script)
    assert tried > 3000
    assert missed == []


@pytest.mark.parametrize(
    ("rule", "question"),
    [
        ("Staff report a data breach at once.", "breaches"),
        ("Visitors use the guest Wi-Fi only.", "wifi"),
        ("Visitors use the guest wifi only.", "Wi-Fi"),
        ("Visitors use the guest wifi only.", "wi fi"),
        ("Visitors use the guest Wi\u2011Fi only.", "WiFi"),
        ("The lead is Siân Llŷr.", "Sian"),
        ("The lead is Sian Llyr.", "Siân"),
        ("The lead is Sia\u0302n.", "Si\u00e2n"),
        ("Ask Łukasz Żak.", "lukasz zak"),
        ("The address of the office is on the door.", "addresses"),
        ("Nobody may record a lesson.", "recording"),
        ("The SENCO co-ordinates the plan.", "coordinates"),
        ("The SENCO coordinates the plan.", "co-ordination"),
        ("Staff search a bag with a witness.", "searches"),
        ("Staff authorize a visit.", "authorised visitors"),
        ("Children leave by the gate.", "child"),
        ("Ask before you send a photo.", "sent"),
        ("It is the head\u2019s decision.", "heads"),
        ("Part-time staff sign, too.", "parttime"),
        ("Staff work part time.", "part-time"),
    ],
)
def test_forms_of_writing_are_found(page: Page, rule: str, question: str) -> None:
    assert finds(page, rule, question)


def test_regular_forms_of_words_are_found(page: Page) -> None:
    """By each of its forms every other form is found: "tries" by "trying", "buses" by "bus"."""
    groups = [(verb, *verb_forms(verb)) for verb in VERBS if verb != "choose"]
    groups += [(noun, plural(noun)) for noun in NOUNS]
    # "Choose" has no regular past; "tying" is the one form that its spelling hides.
    groups = [tuple(word for word in group if word != "tying") for group in groups]
    script = """(groups) => groups.flatMap((group) => group.flatMap((word) => group
      .filter((other) => !stems(word).some((form) => stems(other).includes(form))).map((other) => `${word}: ${other}`)))"""
    assert len(groups) > 250
    assert page.evaluate(script, groups) == []


def test_other_words_stay_others(page: Page) -> None:
    """Forms are brought together, not words that only look alike."""
    script = "([one, other]) => stems(one).some((form) => stems(other).includes(form))"
    pairs = [pair.split() for pair in OTHER_WORDS]
    assert [pair for pair in pairs if page.evaluate(script, pair)] == []


def test_what_is_found_is_marked(page: Page) -> None:
    """Each form of the word that was asked for, with its hyphen and accent."""
    script = """([text, question]) => [...marked(text, wanted(question, () => false)).querySelectorAll("mark")]
      .map((each) => each.textContent)"""
    assert page.evaluate(script, ["Use Wi-Fi; no recordings by Siân, or records.", "wifi record sian"]) == [
        "Wi-Fi",
        "recordings",
        "Siân",
        "records",
    ]  # fmt: skip
