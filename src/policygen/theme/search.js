/* Narrows the page of all rules to those that answer a question. It reads the page itself and asks nobody. */
"use strict";

const IDLE = new Set(("a about all allowed am an and any are as at be by can could do does for from get had has have how i if in is it "
  + "its let may me must my not of on or our school shall should so take that the their them there they this to use used using was we "
  + "what when where which who why will with would you your").split(" "));
/* Words that people ask with, and the words of policies for the same thing. */
const ALIKE = ["own personal private", "phone mobile telephone smartphone", "photo photograph picture image video film",
  "laptop computer device tablet ipad", "email mail", "password passphrase", "pupil child student", "parent carer family",
  "teacher staff employee", "facebook instagram tiktok social", "whatsapp message messag text", "ai artificial chatgpt copilot",
  "usb stick memory removable", "lost stolen loss theft"].map((line) => line.split(" "));

function stem(word) {
  if (word.length > 4 && word.endsWith("ies")) return word.slice(0, -3) + "y";
  return word.length > 3 ? word.replace(/(?<!s)s$/, "") : word;
}

function words(text) {
  return (text.toLowerCase().replaceAll("’", "").match(/[\p{L}\p{N}]+/gu) || []).map(stem);
}

function wanted(question) {
  const all = words(question);
  const telling = all.filter((word) => !IDLE.has(word));
  return [...new Set(telling.length ? telling : all)].map((word) => [word, ALIKE.find((group) => group.includes(word)) || []]);
}

/* How well a rule answers one word: best for the word itself, less for another word of the same meaning. */
function fits(held, word, alike) {
  if (held.some((each) => each === word)) return 3;
  if (word.length > 2 && held.some((each) => each.startsWith(word))) return 2;
  return alike.some((other) => held.includes(other)) ? 1.5 : 0;
}

function readRules() {
  return [...document.querySelectorAll("#every_rule section")].flatMap((section) =>
    [...section.querySelectorAll(".rules > li")].map((item, order) => {
      const link = item.querySelector("a");
      const text = item.querySelector("p").textContent;
      return { policy: section.dataset.policy, name: link.textContent, href: link.getAttribute("href"), text, order,
        title: words(`${link.textContent} ${section.dataset.policy}`), body: words(text) };
    }));
}

function answers(rules, asked) {
  const rare = asked.map(([word, alike]) => {
    const having = rules.filter((rule) => fits(rule.body, word, alike) || fits(rule.title, word, alike)).length;
    return Math.log(1 + rules.length / (1 + having));
  });
  const scored = rules.map((rule) => {
    const each = asked.map(([word, alike], at) =>
      rare[at] * (fits(rule.body, word, alike) + 0.6 * fits(rule.title, word, alike)));
    return { rule, met: each.filter((score) => score > 0).length, score: each.reduce((sum, score) => sum + score, 0) };
  });
  const best = Math.max(0, ...scored.map((each) => each.met));
  const enough = best > 1 ? best : 1;
  return scored.filter((each) => each.met >= enough).sort((one, other) => other.score - one.score).map((each) => each.rule);
}

function marked(text, asked) {
  const paragraph = document.createElement("p");
  const looked = new Set(asked.flatMap(([word, alike]) => [word, ...alike]));
  for (const part of text.split(/([\p{L}\p{N}’]+)/u)) {
    const plain = words(part)[0];
    if (plain && (looked.has(plain) || asked.some(([word]) => word.length > 2 && plain.startsWith(word)))) {
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

function search(question) {
  const asked = wanted(question);
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
