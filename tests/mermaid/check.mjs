// Reads a JSON list of Mermaid sources from standard input, writes a JSON list with, for each of
// them, its diagram type or the message of the parser's refusal: {"type": …} or {"error": …}.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;

const { default: mermaid } = await import("mermaid");

// A diagram with hundreds of rows is still a valid one; what is checked here is the grammar.
mermaid.initialize({ startOnLoad: false, maxTextSize: 10_000_000, maxEdges: 100_000 });

const results = [];
for (const source of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const { diagramType } = await mermaid.parse(source);
    results.push({ type: diagramType });
  } catch (error) {
    results.push({ error: String(error?.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(results));
