// Saves without loading the page anew, and shows the draft that follows from the answer. The page works without it.
const said = document.getElementById("said");
let timer = 0;

// What the server says now, in place of what stands here; what somebody is typing in another place stays.
function show(page, saved) {
  const now = page.getElementById("main_content");
  const dirty = new Map();
  for (const form of document.querySelectorAll("form.point"))
    if (form !== saved && form.dataset.touched) dirty.set(form.id, form);
  const focused = document.activeElement?.id;
  for (const [id, form] of dirty) now.querySelector("#" + CSS.escape(id))?.replaceWith(form);
  document.getElementById("main_content").replaceWith(document.adoptNode(now));
  document.title = page.title;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  for (const frame of document.querySelectorAll("iframe")) frame.contentWindow.location.reload();
}

async function save(form, button, quietly) {
  clearTimeout(timer);
  const data = new URLSearchParams(new FormData(form, button));
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: data });
  } catch {
    said.textContent = "Not saved: the program has ended. Start it again with the same command.";
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("left")) { document.documentElement.replaceWith(document.adoptNode(page.documentElement)); return; }
  delete form.dataset.touched;
  show(page, form);
  const again = document.getElementById(form.id);
  if (answer.ok) {
    said.textContent = `Saved. ${document.getElementById("left").textContent}`;
    if (quietly) return;
    const all = [...document.querySelectorAll("form.point")];
    const next = all.slice(all.indexOf(again) + 1).find((each) => each.classList.contains("open"));
    (next ?? again)?.querySelector("input:not([type=hidden]), textarea, button")?.focus();
  } else if (quietly) {
    said.textContent = again?.querySelector(".error")?.textContent ?? "Not saved.";
  } else {
    document.getElementById("summary")?.focus();
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form.point");
  if (form) form.dataset.touched = "yes";
});
// A choice is saved a moment after it was made, or when the question is left: who walks through with the arrows has time.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.point");
  if (!form || event.target.name === "meant") return;
  clearTimeout(timer);
  timer = setTimeout(() => save(form, null, true), event.target.type === "radio" ? 900 : 1500);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.classList.contains("point")) return;
  event.preventDefault();
  save(form, event.submitter, false);
});
