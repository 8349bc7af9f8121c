/* Narrows the page of all rules to those that answer a question. It reads the page itself and asks nobody. */
"use strict";

const IDLE = new Set(("a about all allowed am an and any are as at be by can could do does for from get had has have how i if in is it "
  + "its let may me must my not of on or our school shall should so take that the their them there they this to use used using was we "
  + "what when where which who why will with would you your").split(" "));
/* Forms that follow no rule, each behind the word that it is a form of. */
const IRREGULAR = new Map(["child children", "bring brought", "break broke broken", "buy bought", "choose chose chosen", "drive drove driven",
  "find found", "forget forgot forgotten", "give gave given", "hold held", "keep kept", "know knew known", "leave left", "lend lent",
  "lose lost", "make made", "meet met", "pay paid", "send sent", "speak spoke spoken", "steal stole stolen", "take took taken",
  "teach taught", "tell told", "think thought", "wear wore worn", "write wrote written"]
  .flatMap((line) => line.split(" ").slice(1).map((form) => [form, line.split(" ")[0]])));

/* --- words and their forms ----------------------------------------------------------------------------------------- */

const WORD = /[\p{L}\p{M}\p{N}]+(?:[-‐‑’'][\p{L}\p{M}\p{N}]+)*/gu;
const PLAIN = { ł: "l", ø: "o", đ: "d", ħ: "h", ı: "i", æ: "ae", œ: "oe", ß: "ss", ð: "d", þ: "th" };

/* Text without accents and capitals, as people type it. */
function folded(text) {
  return text.replaceAll("\u00ad", "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[łøđħıæœßðþ]/g, (letter) => PLAIN[letter]);
}

/* The parts of a folded word that has hyphens; of any other, itself. */
function partsOf(word) {
  return word.replace(/[’']s$/, "").replace(/[’']/g, "").split(/[-‐‑]/);
}

/* A word as vowels and consonants: "trays" is "ccvvc". */
function shape(word) {
  let shaped = "";
  for (const letter of word) shaped += "aeiou".includes(letter) || (letter === "y" && shaped.endsWith("c")) ? "v" : "c";
  return shaped;
}

/* How often a vowel is followed by a consonant: about the number of syllables. */
function measure(word) {
  return (shape(word).match(/vc/g) || []).length;
}

/* Whether it ends like "hop": such a word doubles its last letter before an ending, or has lost an "e". */
function short(word) {
  return shape(word).endsWith("cvc") && !/[wxy]$/.test(word);
}

const LONG_ENDINGS = [["ational", "ate"], ["tional", "tion"], ["enci", "ence"], ["anci", "ance"], ["iser", "ise"], ["abli", "able"],
  ["alli", "al"], ["entli", "ent"], ["eli", "e"], ["ousli", "ous"], ["isation", "ise"], ["ation", "ate"], ["ator", "ate"], ["alism", "al"],
  ["iveness", "ive"], ["fulness", "ful"], ["ousness", "ous"], ["aliti", "al"], ["iviti", "ive"], ["biliti", "ble"]];
const MIDDLE_ENDINGS = [["icate", "ic"], ["ative", ""], ["alise", "al"], ["iciti", "ic"], ["ical", "ic"], ["ful", ""], ["ness", ""]];
const LAST_ENDINGS = ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
  "ous", "ive", "ise"].sort((one, other) => other.length - one.length);

function withEnding(word, endings) {
  for (const [ending, short] of endings) {
    if (word.endsWith(ending)) {
      const root = word.slice(0, -ending.length);
      return measure(root) > 0 ? root + short : word;
    }
  }
  return word;
}

function withoutPastOrIng(word) {
  if (/eed$/.test(word)) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  if (/ied$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  const root = word.replace(/(?:ed|ing)$/, "");
  if (root === word || !shape(root).includes("v")) return word;
  if (/(?:at|bl|is)$/.test(root)) return root + "e";
  if (/([^aeioulsz])\1$/.test(root)) return root.slice(0, -1);
  return measure(root) === 1 && short(root) ? root + "e" : root;
}

/* What all regular forms of an English word have in common: Porter's algorithm (1980), with its later rules for "-us",
   "-ies", "-ied" and "-y", and one spelling for "-ise" and "-ize". */
function stem(word) {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let root = word.replace(/iz(?=(?:e|es|ed|er|ers|ing|ation|ations)$)/, "is");
  if (/ies$/.test(root)) root = root.slice(0, root.length > 4 ? -2 : -1);
  else if (/sses$/.test(root)) root = root.slice(0, -2);
  else if (/[^su]s$/.test(root) && shape(root.slice(0, -2)).includes("v")) root = root.slice(0, -1);
  root = withoutPastOrIng(root).replace(/(?<=.[^aeiou])y$/, "i");
  root = withEnding(withEnding(root, LONG_ENDINGS), MIDDLE_ENDINGS);
  const last = LAST_ENDINGS.find((ending) => root.endsWith(ending) && (ending !== "ion" || /[st]ion$/.test(root)));
  if (last && measure(root.slice(0, -last.length)) > 1) root = root.slice(0, -last.length);
  if (root.endsWith("e")) {
    const before = root.slice(0, -1);
    if (measure(before) > 1 || (measure(before) === 1 && !short(before))) root = before;
  }
  return root.endsWith("ll") && measure(root) > 1 ? root.slice(0, -1) : root;
}

/* The stems that a folded word may have: "buses" is of "bus" as "cases" is of "case"; "leaves" of "leaf", "lives" of "life". */
function stems(word) {
  const bases = [IRREGULAR.get(word) || word, word];
  if (/(?:s|x|z|ch|sh)es$/.test(word)) bases.push(word.slice(0, -2));
  if (/zzes$/.test(word)) bases.push(word.slice(0, -3));
  if (/ses$/.test(word)) bases.push(`${word.slice(0, -2)}is`);
  if (/ves$/.test(word)) bases.push(`${word.slice(0, -3)}f`, `${word.slice(0, -3)}fe`);
  return bases.map(stem);
}

/* What a text can be found by: each of its words, those with a hyphen in one word and in parts. */
function held(text) {
  const plain = (folded(text).match(WORD) || []).map(partsOf).flatMap((parts) => [parts.join(""), ...parts]);
  return { plain: [...new Set(plain)], stems: new Set(plain.flatMap(stems)) };
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

/* Words that people ask with, and the words of policies for the same thing. */
const ALIKE = ["own personal private", "phone mobile telephone smartphone", "photo photograph picture image video film",
  "laptop computer device tablet ipad", "email mail", "password passphrase", "pupil child student", "parent carer family",
  "teacher staff employee", "facebook instagram tiktok social", "whatsapp message text", "ai artificial chatgpt copilot",
  "usb stick memory removable", "lost stolen loss theft", "person people", "man men", "woman women"]
  .map((line) => new Set(line.split(" ").map(stem)));

/* One word that somebody asks for, with its forms, its parts where it has a hyphen, and other words for the same thing. */
function term(parts) {
  const word = parts.join("");
  const own = stems(word);
  const group = ALIKE.find((each) => own.some((form) => each.has(form)));
  return { word, stems: own, parts: parts.length > 1 ? parts : [], alike: group ? [...group] : [] };
}

/* The telling words of a question; all of its words where none tells anything. What people write apart and the rules write
   in one word ("wi fi") is one. */
function wanted(question, known) {
  const all = [];
  for (const parts of (folded(question).match(WORD) || []).map(partsOf)) {
    const before = all.at(-1);
    const joined = before && before.join("") + parts.join("");
    const apart = before && [before, parts].every((each) => known(each.join("")) && !IDLE.has(each.join("")));
    if (joined && known(joined) && !apart) all[all.length - 1] = [...before, ...parts];
    else all.push(parts);
  }
  const telling = all.filter((parts) => !IDLE.has(parts.join("")));
  const terms = (telling.length ? telling : all).map(term);
  return terms.filter((each, at) => terms.findIndex((other) => other.word === each.word) === at);
}

/* How well a rule answers one word: best for the word itself, less for another word of the same meaning. */
function fits(text, asked) {
  if (asked.stems.some((form) => text.stems.has(form))) return 3;
  if (asked.parts.length && asked.parts.every((part) => stems(part).some((form) => text.stems.has(form)))) return 2.5;
  if (asked.word.length > 2 && text.plain.some((each) => each.startsWith(asked.word))) return 2;
  return asked.alike.some((form) => text.stems.has(form)) ? 1.5 : 0;
}

function readRules() {
  return [...document.querySelectorAll("#every_rule section")].flatMap((section) =>
    [...section.querySelectorAll(".rules > li")].map((item, order) => {
      const link = item.querySelector("a");
      const text = item.querySelector("p").textContent;
      return { policy: section.dataset.policy, name: link.textContent, href: link.getAttribute("href"), text, order,
        title: held(`${link.textContent} ${section.dataset.policy}`), body: held(text) };
    }));
}

function answers(rules, asked) {
  const rare = asked.map((each) => {
    const having = rules.filter((rule) => fits(rule.body, each) || fits(rule.title, each)).length;
    return Math.log(1 + rules.length / (1 + having));
  });
  const scored = rules.map((rule) => {
    const scores = asked.map((each, at) => rare[at] * (fits(rule.body, each) + 0.6 * fits(rule.title, each)));
    return { rule, met: scores.filter((score) => score > 0).length, score: scores.reduce((sum, score) => sum + score, 0) };
  });
  const best = Math.max(0, ...scored.map((each) => each.met));
  const enough = best > 1 ? best : 1;
  return scored.filter((each) => each.met >= enough).sort((one, other) => other.score - one.score).map((each) => each.rule);
}

function marked(text, asked) {
  const paragraph = document.createElement("p");
  for (const part of text.split(new RegExp(`(${WORD.source})`, "u"))) {
    if (asked.some((each) => fits(held(part), each))) {
      const mark = document.createElement("mark");
      mark.textContent = part;
      paragraph.append(mark);
    } else {
      paragraph.append(part);
    }
  }
  return paragraph;
}

function shown(rule, asked) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = rule.href;
  link.textContent = rule.name;
  const which = document.createElement("p");
  which.className = "which";
  which.textContent = rule.policy;
  item.append(link, which, marked(rule.text, asked));
  return item;
}

const MOST = 30;
const field = document.getElementById("site_search");
const rules = readRules();
const everyWord = new Set(rules.flatMap((rule) => [...rule.body.stems, ...rule.title.stems]));

/* Whether any rule has a word. */
function isKnown(word) {
  return stems(word).some((form) => everyWord.has(form));
}

function search(question) {
  const asked = wanted(question, isKnown);
  const found = asked.length ? answers(rules, asked) : [];
  document.getElementById("results").replaceChildren(...found.slice(0, MOST).map((rule) => shown(rule, asked)));
  document.getElementById("found").hidden = !found.length;
  document.getElementById("every_rule").hidden = found.length > 0;
  const how = found.length === 1 ? "1 rule" : `${found.length > MOST ? `The best ${MOST} of ${found.length}` : found.length} rules`;
  const none = "No rule was found with these words. Try others, or look through the rules below.";
  document.getElementById("found_said").textContent = !asked.length ? "" : found.length ? `${how} found` : none;
}

const asked = new URLSearchParams(location.search).get("q") || "";
field.value = asked;
search(asked);
let waiting = 0;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => search(field.value), 200);
});
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  search(field.value);
});
