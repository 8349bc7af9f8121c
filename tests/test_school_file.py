"""school.yaml: what is true of a school, and the plain form in which texts see it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.model.facts import own_facts
from policygen.model.school import School, Shape, check_school, fact_shape, facts_of, unknown_facts
from tests.support.reading import lines, read, reading, told

ROOT = Path(__file__).parents[1]
FILES_MD = ROOT / "docs" / "reference" / "files.md"

LEAST = """\
name: Elm Grove
type: community
phase: primary
employer: la
roles: {head: Headteacher, board: governing board}
"""


def test_the_least_school() -> None:
    """What a school does not say is None everywhere, never invented."""
    seen = facts_of(read(LEAST, School).value)
    assert list(seen) == [
        "school",
        "terms",
        "roles",
        "people",
        "partnership",
        "providers",
        "policies",
        "facts",
    ]
    assert seen["school"] == {
        "name": "Elm Grove",
        "short_name": None,
        "type": "community",
        "phase": "primary",
        "ages": {"from": None, "to": None},
        "early_years": None,
        "sixth_form": False,
        "special": False,
        "residential": False,
        "faith": False,
        "employer": "la",
        "employer_name": None,
        "local_authority": None,
        "trust": None,
        "address": None,
        "website": None,
        "email": None,
        "phone": None,
    }
    for name in ("terms", "people", "partnership", "providers", "policies"):
        group = seen[name]
        assert isinstance(group, dict)
        assert set(group.values()) == {None}


def test_facts_are_plain() -> None:
    """Texts see text, yes or no, lists and names within names; no models, and nobody who is not public."""
    school = read(
        LEAST
        + """\
address: [1 Elm Road, Northshire]
terms: {pupils: children}
people:
  dsl: {name: Priya Nair, phone: 01632 960101, public: yes}
  deputy_dsls: [{name: Tom Hale, public: yes}, {name: Ann Private}]
  it_support: {name: Not For Print, public: no}
providers: {filtering: Netsafe, ai: [Copilot, Oak]}
branding: {strapline: Grow together}
""",
        School,
    ).value
    seen = facts_of(school)
    assert seen["school"] == {
        **facts_of(read(LEAST, School).value)["school"],
        "address": ["1 Elm Road", "Northshire"],
    }  # type: ignore[dict-item]
    people = seen["people"]
    assert isinstance(people, dict)
    assert people["dsl"] == {
        "name": "Priya Nair",
        "email": None,
        "phone": "01632 960101",
        "public": True,
    }
    assert people["deputy_dsls"] == [
        {"name": "Tom Hale", "email": None, "phone": None, "public": True}
    ]
    assert people["it_support"] is None
    assert people["head"] is None
    assert isinstance(seen["providers"], dict)
    assert seen["providers"]["ai"] == ["Copilot", "Oak"]
    assert "branding" not in seen


def test_every_fact_has_its_shape() -> None:
    """The shape names whatever a school could have, so that unknown names are found in branches that no school takes."""
    person = {"name": "text", "email": "text", "phone": "text", "public": "yes-no"}
    shape = fact_shape(own_facts())
    assert isinstance(shape["people"], dict)
    assert shape["people"]["dsl"] == person
    assert shape["people"]["deputy_dsls"] == [person]
    assert isinstance(shape["providers"], dict)
    assert shape["providers"]["ai"] == shape["providers"]["storage_areas"] == ["text"]
    assert isinstance(shape["school"], dict)
    assert shape["school"]["address"] == ["text"]
    assert "branding" not in shape["school"]
    assert fits(facts_of(read(FULL, School).value), shape)


def fits(value: object, shape: Shape) -> bool:
    """Whether a value has a shape, with every name that the shape has."""
    if value is None:
        return True
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and set(value) == set(shape)
            and all(fits(value[key], shape[key]) for key in shape)
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    return isinstance(value, str | bool | int)


FULL = next(
    each.split("```")[0]
    for each in FILES_MD.read_text(encoding="utf-8").split("```yaml\n")
    if each.startswith("name: Elm Grove")
)


def test_the_reference_page_reads() -> None:
    """The school of the reference page has no problems."""
    school = read(FULL, School).value
    assert school.branding.colour == "#1d5c3a"
    assert school.people.it_support is not None
    assert not school.people.it_support.public


def test_everything_that_is_missing_is_told_at_once() -> None:
    """With what to write."""
    assert reading("short_name: x\nroles:\n  chair: y\npeople:\n  dsl:\n    public: yes\n", School)[
        1
    ] == lines("""
        file missing-key: `name` is missing
          write `name: Elm Grove Primary School`
        file missing-key: `type` is missing
          write `type: community`, `type: voluntary-aided`, `type: voluntary-controlled`, `type: foundation`, \
`type: academy` or `type: special`
        file missing-key: `phase` is missing
          write `phase: nursery`, `phase: primary`, `phase: secondary`, `phase: all-through` or `phase: special`
        file missing-key: `employer` is missing
          write `employer: la`, `employer: governing-board` or `employer: trust`
        2:1+5 missing-key: `roles` lacks `head`
          write `head: Headteacher`
        2:1+5 missing-key: `roles` lacks `board`
          write `board: governing board`
        5:3+3 missing-key: `dsl` lacks `name`
          write `name: Priya Nair`
        """)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "phone: 01632960101",
            '6:8+11 wrong-type: `phone` must be text, not a whole number\n  write `phone: "01632960101"`',
        ),
        (
            "people: {dls: {name: x}}",
            "6:10+3 unknown-key: `dls` means nothing in `people`\n  did you mean `dsl`?",
        ),
        (
            "people: {deputy_dsls: {name: x}}",
            (
                "6:23+9 wrong-type: `deputy_dsls` must be a list, not a group of keys\n"
                "  write each group as an item: `- ` before its first key, the others below that"
            ),
        ),
        (
            "people: {dsl: [{name: Ann}, {name: Bob}]}",
            (
                "6:15+26 wrong-type: `dsl` must be a group of keys, not a list\n"
                "  keep one here, and put the others under `deputy_dsls`"
            ),
        ),
        (
            "people: {dsl: Priya}",
            "6:15+5 wrong-type: `dsl` must be a group of keys, not text\n  write `dsl: {name: Priya}`",
        ),
        (
            "providers: {ai: Copilot}",
            "6:17+7 wrong-type: `ai` must be a list, not text\n  write `ai: [Copilot]`",
        ),
        (
            "branding: {logo: logo.svg}",
            (
                "6:1+8 missing-key: `branding` has a `logo` and lacks `logo_alt`\n"
                "  say what the logo shows, such as the school's name"
            ),
        ),
        (
            "branding: {logo: ../x.svg, logo_alt: x}",
            "6:18+8 outside-workspace: `../x.svg` is not in the school's folder\n  write `logo: logo.svg`",
        ),
        (
            "branding: {logo: /etc/x.svg, logo_alt: x}",
            "6:18+10 outside-workspace: `/etc/x.svg` is not in the school's folder\n  write `logo: logo.svg`",
        ),
        (
            "branding: {logo: 'C:\\x.svg', logo_alt: x}",
            "6:18+10 outside-workspace: `C:\\x.svg` is not in the school's folder\n  write `logo: logo.svg`",
        ),
        (
            "branding: {colour: green}",
            '6:20+5 bad-value: `colour` must be `#` and six digits\n  write `colour: "#1d5c3a"`',
        ),
        (
            "branding:\n  colour: #1d5c3a",
            "7:3+6 wrong-type: `colour` has no value\n  what follows ` #` is a comment; put the value in quotes",
        ),
        (
            'branding: {colour: "#ff8800"}',
            (
                "6:20+9 brand-contrast: text in `#ff8800` is too pale to be read on white (contrast 2.4, needed 4.5)\n"
                '  write `colour: "#b56000"`, the nearest shade that can be read'
            ),
        ),
    ],
)
def test_one_problem(line: str, said: str) -> None:
    """Each at its own place."""
    located, found = reading(LEAST + line + "\n", School)
    assert found == said
    assert located is None


def test_an_employer_that_is_a_trust_has_a_name() -> None:
    """Wherever the policy says who employs the staff, it would print."""
    file = LEAST.replace("employer: la", "employer: trust")
    said = "4:11+5 missing-key: the employer is a trust, and `trust` is missing\n  write `trust:` and its name"
    assert reading(file, School)[1] == said
    assert (
        read(file + "trust: Beacon Learning Trust\n", School).value.trust == "Beacon Learning Trust"
    )


# --- facts that decide ------------------------------------------------------------------------------------------------


def checked(text: str) -> str:
    """What is told about facts that do not go together."""
    problems = Problems()
    check_school(read(text, School), problems)
    return told(problems)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "phase: primary",
            "phase: nursery\nages: {from: 2, to: 18}",
            "4:1+4 bad-value: no nursery school is for ages 2 to 18\n  write `phase:` and `all-through` or `special`, or the right ages",
        ),
        (
            "phase: primary",
            "phase: primary\nages: {from: 4, to: 11}\nsixth_form: yes",
            "5:13+3 bad-value: there is no sixth form where the oldest pupils are 11\n  write `to: 18`, or take `sixth_form` out",
        ),
        (
            "phase: primary",
            "phase: secondary\nages: {from: 4, to: 18}",
            "4:1+4 bad-value: no secondary school is for ages 4 to 18\n  write `phase:` and `all-through` or `special`, or the right ages",
        ),
        (
            "type: community",
            "type: academy",
            "4:11+2 bad-value: the staff of an academy are not employed by the local authority\n  write `employer: trust`, or another `type`",
        ),
        (
            "employer: la",
            "employer: trust\ntrust: Beacon",
            "4:11+5 bad-value: the staff of a community school are not employed by a trust\n  write `employer: la`, or another `type`",
        ),
        (
            "type: community",
            "type: voluntary-aided",
            "4:11+2 doubtful-value: the staff of a voluntary aided school are hardly ever employed by the local authority\n  write `employer: governing-board`, or another `type`",
        ),
        (
            "employer: la",
            "employer: la\nfaith: yes",
            "5:8+3 bad-value: a community school has no religious character\n  take `faith` out, or write the `type` of the school",
        ),
    ],
)
def test_facts_that_cannot_be_true_of_one_school(old: str, new: str, said: str) -> None:
    """With what to write instead."""
    assert checked(LEAST.replace(old, new)) == said


def test_a_middle_school_is_right() -> None:
    """Those from 8 to 12 count as primary, those from 9 to 13 as secondary."""
    for phase, ages in (("primary", "{from: 8, to: 12}"), ("secondary", "{from: 9, to: 13}")):
        assert checked(LEAST.replace("phase: primary", f"phase: {phase}\nages: {ages}")) == ""


PHASES = ("nursery", "primary", "secondary", "all-through", "special")


@given(phase=st.sampled_from(PHASES), lowest=st.integers(0, 25), highest=st.integers(0, 25))
def test_what_follows_from_the_ages(phase: str, lowest: int, highest: int) -> None:
    """Of every school whose facts go together: early years and a sixth form are never asked where the ages tell."""
    ages = f"phase: {phase}\nages: {{from: {lowest}, to: {highest}}}"
    located, _ = reading(LEAST.replace("phase: primary", ages), School)
    assert (located is None) == (lowest > highest)
    if located is None:
        return
    school = located.value
    assert school.has_early_years is (lowest < 5)
    if highest <= 16:
        assert school.has_sixth_form is False
    else:
        assert school.has_sixth_form is (None if phase == "special" else True)
    uses = {"school.ages.to", "school.early_years", "school.sixth_form"}
    asked = [hint for _, hint in unknown_facts(school, uses)]
    assert asked == ["write `sixth_form: yes` or `sixth_form: no` there"] * (
        school.has_sixth_form is None
    )


def test_a_fact_is_asked_for_only_by_a_policy_that_hangs_on_it() -> None:
    """And only where it does not follow from the phase."""
    assert unknown_facts(read(LEAST, School).value, {"school.phase", "people.dsl"}) == []
    assert unknown_facts(read(LEAST, School).value, {"school.sixth_form"}) == []
    ((says, hint),) = unknown_facts(read(LEAST, School).value, {"school.early_years"})
    assert says == "this policy hangs on how old the pupils are, and the facts do not say"
    assert hint.startswith("write `ages: {from: 4, to: 11}` there")
    nursery = read(LEAST.replace("primary", "nursery"), School).value
    assert unknown_facts(nursery, {"school.early_years"}) == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("schools/*/school.yaml")), ids=lambda path: path.parent.name
)
def test_the_schools_of_this_repository_read(path: Path) -> None:
    """Without a problem."""
    problems = Problems()
    name = path.relative_to(ROOT).as_posix()
    file = read_yaml(path.read_text(encoding="utf-8"), name, School, problems)
    assert file
    check_school(file, problems)
    assert told(problems) == ""
    assert file.value.ages


@pytest.mark.parametrize(
    ("website", "site"),
    [
        ("https://www.oak.example", "https://www.oak.example"),
        ("www.oak.example", "https://www.oak.example"),
        ("HTTP://oak.example:8080/", "HTTP://oak.example:8080"),
        ("oak.example:8080/staff/", "https://oak.example:8080/staff"),
        (
            "https://county.example/~oak/our%20school/v1.2/",
            "https://county.example/~oak/our%20school/v1.2",
        ),
    ],
)
def test_the_site_below_which_everything_is_published(website: str, site: str) -> None:
    """With or without a scheme, a port and folders; and nothing where the school names none."""
    assert read(LEAST + f"website: {website}\n", School).value.site == site
    assert read(LEAST, School).value.site == ""


@pytest.mark.parametrize(
    ("website", "said", "hint"),
    [
        ("https://oak.example/?page=3", "because of `?` or `#`", "https://oak.example/"),
        ("oak.example#top", "because of `?` or `#`", "oak.example"),
        ("https://oak.example/a/index.html", "which is a page itself", "https://oak.example/a/"),
        ("https://oak.example/home.aspx?id=1#x", "`?` or `#`", "https://oak.example/"),
        ("javascript://x/%0aalert(1)", "not with `javascript:`", "https://www.elmgrove.example"),
        ("javascript:alert(1)", "not with `javascript:`", "https://www.elmgrove.example"),
        ("file:///srv/site.example", "not with `file:`", "https://www.elmgrove.example"),
        ("mailto:office@oak.example", "not with `mailto:`", "https://www.elmgrove.example"),
        ("the school website", "is not the address of a website", "https://www.elmgrove.example"),
        ("https://oak .example", "is not the address of a website", "https://www.elmgrove.example"),
        ("https://oak.example/our school", "is not the address", "https://www.elmgrove.example"),
        ("https://office:secret@oak.example", "is not the address", "https://www.elmgrove.example"),
        ("https:/oak.example", "is not the address", "https://www.elmgrove.example"),
        ("https://oak.example\\a", "is not the address", "https://www.elmgrove.example"),
        ("none", "is not the address of a website", "https://www.elmgrove.example"),
    ],
)
def test_what_nothing_can_stand_below_is_no_website(website: str, said: str, hint: str) -> None:
    """Feeds, links, search engines and QR codes all lead below it: a query, a page or another scheme breaks each."""
    _, problems = reading(LEAST + f"website: '{website}'\n", School)
    assert said in problems
    assert f"write `website: {hint}`" in problems
