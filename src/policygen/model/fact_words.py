"""What each fact of a school is called by people who do not write templates: "the designated safeguarding lead"."""

from __future__ import annotations

from dataclasses import dataclass

from policygen.ground.wording import with_article

_TERMS = {
    "pupil": "pupil",
    "pupils": "pupils",
    "parent": "parent",
    "parents": "parents",
    "organisation": "school",
}
_ROLES = {
    "head": "headteacher",
    "board": "governing board",
    "deputy_head": "deputy headteacher",
    "chair": "chair of governors",
    "clerk": "clerk to the governors",
    "slt": "senior leadership team",
    "line_manager": "line manager",
    "it_support": "IT support team",
    "dsl": "designated safeguarding lead",
    "deputy_dsl": "deputy designated safeguarding lead",
    "deputy_dsls": "deputy designated safeguarding leads",
    "online_safety_lead": "online safety lead",
    "fm_slt_lead": "senior leader for filtering and monitoring",
    "fm_governor": "governor for filtering and monitoring",
    "safeguarding_governor": "safeguarding governor",
    "senco": "special educational needs co-ordinator",
    "dpo": "data protection officer",
    "lado": "local authority designated officer",
    "hr_adviser": "HR adviser",
    "compliance": "compliance officer",
    "reporting_person": "person to whom loss and damage are reported",
    "business_manager": "school business manager",
    "inventory_keeper": "keeper of the list of equipment",
    "chief_executive": "chief executive",
    "trust_chair": "chair of the trust’s board",
    "trust_safeguarding_lead": "safeguarding lead of the trust",
    "office": "school office",
}
ROLE_WORDS = frozenset(word for called in _ROLES.values() for word in called.casefold().split())
"""Who has one of them for a name is no person, but a team or whoever holds a role."""
_PROVIDERS = {
    "broadband": "broadband provider",
    "filtering": "filtering system",
    "monitoring": "monitoring system",
    "email": "email system",
    "messaging": "messaging system",
    "learning_platform": "learning platform",
    "secure_transfer": "system for sending confidential files",
    "antivirus": "antivirus product",
    "mis": "management information system",
    "parent_app": "app for parents",
    "cloud": "cloud storage",
    "social_channel": "social media channel",
    "ai": "approved AI tools",
    "storage_areas": "shared folders",
}
_POLICIES = {
    "conduct": "staff code of conduct",
    "discipline": "disciplinary procedure",
    "harassment": "policy on harassment",
    "equality": "equality policy",
    "safeguarding": "safeguarding policy",
    "data_protection": "data protection policy",
    "home_school_agreement": "home-school agreement",
    "behaviour": "behaviour policy",
    "complaints": "complaints procedure",
    "anti_bullying": "anti-bullying policy",
    "whistleblowing": "whistleblowing policy",
    "information_security": "information security policy",
    "social_media": "social media policy",
    "mobile_phones": "mobile phone policy",
    "privacy_notice": "privacy notice",
}
_SCHOOL = {
    "name": "name of the school",
    "short_name": "short name of the school",
    "type": "type of the school",
    "phase": "phase of the school",
    "ages": "ages of the pupils",
    "employer": "employer",
    "employer_name": "name of the employer",
    "local_authority": "name of the local authority",
    "trust": "name of the trust",
    "address": "lines of the school’s address",
    "website": "address of the school’s website",
    "email": "email address of the school",
    "phone": "telephone number of the school",
}
_PARTNERSHIP = {
    "name": "name of the local safeguarding partnership",
    "referrals": "name of those who take referrals",
    "phone": "telephone number for referrals",
    "night_phone": "telephone number for referrals at night",
}
_YES_NO = {
    "early_years": ("the school has children under five", "the school has no children under five"),
    "sixth_form": ("the school has a sixth form", "the school has no sixth form"),
    "special": ("the school is a special school", "the school is no special school"),
    "faith": ("the school has a religious character", "the school has no religious character"),
    "residential": ("pupils live at the school", "no pupils live at the school"),
}
_OF_PERSON = {
    "name": "name of",
    "email": "email address of",
    "phone": "telephone number of",
    "public": "leave to name",
}
_SEVERAL = {"deputy_dsls", "ai", "storage_areas", "address"}
_UNCOUNTED = {"cloud"}
"""What takes no "a"."""
_ONE_OF = {
    "deputy_dsls": "deputy designated safeguarding lead",
    "ai": "approved AI tool",
    "storage_areas": "shared folder",
    "address": "line of the school’s address",
}
_VALUES = {
    "la": "the local authority",
    "governing-board": "the governing board",
    "trust": "the trust",
    "all-through": "all-through",
    "voluntary-aided": "voluntary aided",
    "voluntary-controlled": "voluntary controlled",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact is called."""

    noun: str
    """Such as "name of the designated safeguarding lead"."""
    there: str
    """That a school has it, such as "the school has a designated safeguarding lead"."""
    not_there: str
    stands: bool = False
    """Whether the noun may stand in a sentence in place of the school's own word: a title of a role, a term."""
    one: str = ""
    """What one of several is called; empty for a single fact."""


def fact(path: tuple[str, ...]) -> Fact | None:
    """What a fact is called, by its names: `("people", "dsl", "name")`. None for what is no fact of a school."""
    match path:
        case ("terms", name) if name in _TERMS:
            return _given(_TERMS[name], stands=True)
        case ("roles", name) if name in _ROLES:
            return _had(name, _ROLES[name], _ROLES[name], stands=True)
        case ("people", name) if name in _ROLES:
            return _had(name, _ROLES[name], _ROLES[name], verb="names")
        case ("people", name, part) if name in _ROLES and part in _OF_PERSON:
            return _given(f"{_OF_PERSON[part]} the {_ROLES[name]}")
        case ("providers", name) if name in _PROVIDERS:
            called = _PROVIDERS[name]
            noun = called if name in _SEVERAL else f"name of the {called}"
            return _had(name, called, noun, verb="names")
        case ("policies", name) if name in _POLICIES:
            return _had(name, _POLICIES[name], f"title of the {_POLICIES[name]}")
        case ("partnership", name) if name in _PARTNERSHIP:
            return _given(_PARTNERSHIP[name])
        case ("school", "ages", "from"):
            return _given("lowest age of the pupils")
        case ("school", "ages", "to"):
            return _given("highest age of the pupils")
        case ("school", name) if name in _YES_NO:
            there, not_there = _YES_NO[name]
            return Fact(f"answer to whether {there}", there, not_there)
        case ("school", name) if name in _SCHOOL:
            return _given(_SCHOOL[name], one=_ONE_OF.get(name, ""))
        case _:
            return None


def part_of_person(part: str) -> str:
    """What a part of a person is called, to stand before the person: "name of"."""
    return _OF_PERSON.get(part, f"{part.replace('_', ' ')} of")


def fixed_value(value: str) -> str:
    """One of the fixed values of a fact, as people say it: `governing-board` is "the governing board"."""
    return _VALUES.get(value, value.replace("-", " "))


def _had(name: str, called: str, noun: str, *, verb: str = "has", stands: bool = False) -> Fact:
    if name in _SEVERAL:
        there, gone = f"the school {verb} any {called}", f"the school {verb} no {called}"
        return Fact(noun, there, gone, one=_ONE_OF[name])
    counted = called if name in _UNCOUNTED else with_article(called)
    return Fact(noun, f"the school {verb} {counted}", f"the school {verb} no {called}", stands)


def _given(noun: str, *, stands: bool = False, one: str = "") -> Fact:
    verb = "are" if one else "is"
    there, gone = f"the {noun} {verb} given", f"the {noun} {verb} not given"
    return Fact(noun, there, gone, stands, one)
