/* Narrows and sorts the table of schools. Without it the page says the same, and the choices still work. */
"use strict";

const table = document.querySelector(".schools table");
const form = document.querySelector(".narrow");
const said = document.querySelector(".how-many");

/* Text as people type it: without accents and capitals. */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function narrow(rows) {
  const words = folded(document.getElementById("narrow_school").value).split(/\s+/);
  const policy = document.getElementById("narrow_policy").value;
  for (const row of rows) {
    const name = folded(row.cells[0].textContent);
    row.hidden = (policy !== "" && row.dataset.policy !== policy) || !words.every((word) => name.includes(word));
  }
  const shown = rows.filter((row) => row.checkVisibility()).length;
  said.textContent = `${shown} of ${rows.length} adoptions`;
}

/* What a cell is sorted by; what says nothing stands last. */
function order(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.order ?? cell.textContent;
  return text === "\u2013" ? "" : text;
}

function sort(rows, head) {
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const sorted = [...rows].sort((one, other) => {
    const [left, right] = [order(one, head.cellIndex), order(other, head.cellIndex)];
    if (left === "" || right === "") return (left === "") - (right === "");
    return (up ? 1 : -1) * left.localeCompare(right, "en-GB", {numeric: true});
  });
  table.tBodies[0].append(...sorted);
}

if (table) {
  const rows = [...table.tBodies[0].rows];
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(rows, head));
    head.replaceChildren(button);
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => narrow(rows));
  for (const choice of document.getElementsByName("only")) choice.addEventListener("change", () => narrow(rows));
  narrow(rows);
}
