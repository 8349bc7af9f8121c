// For each PDF named: how many runs of text pdf.js shows on its pages, and those that stand nowhere in its structure.
import { readFileSync } from "node:fs";

// pdf.js asks for these on loading; nothing is drawn here.
globalThis.DOMMatrix ??= class {};
globalThis.ImageData ??= class {};
globalThis.Path2D ??= class {};
console.warn = () => {};
const { getDocument } = await import("pdfjs-dist/legacy/build/pdf.mjs");

function* contentOf(node) {
  if (node?.type === "content") yield node.id;
  for (const kid of node?.children ?? []) yield* contentOf(kid);
}

const found = {};
for (const path of process.argv.slice(2)) {
  const data = new Uint8Array(readFileSync(path));
  const pdf = await getDocument({ data, verbosity: 0 }).promise;
  const untagged = [];
  let tagged = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const known = new Set(contentOf(await page.getStructTree()));
    const { items } = await page.getTextContent({ includeMarkedContent: true });
    const around = [];
    for (const item of items) {
      if (item.type === "endMarkedContent") around.pop();
      else if (item.type) around.push(item);
      else if (item.str.trim()) {
        const inside = around.some((mark) => known.has(mark.id));
        const artifact = around.some((mark) => mark.tag === "Artifact");
        if (inside && !artifact) tagged++;
        else if (!artifact) untagged.push(`page ${number}: ${item.str}`);
      }
    }
  }
  found[path] = { tagged, untagged };
}
console.log(JSON.stringify(found));
