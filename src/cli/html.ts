// HTML as values: what is put into a template is escaped unless it is HTML already, so that no name from a map or a log
// can ever become markup.

import { harmless } from "./terminal.ts";

export interface Html {
  readonly html: string;
}

export type HtmlPart = Html | string | number | readonly Html[];

/** Nothing at all. */
export const noHtml: Html = { html: "" };

export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = texts[0];
  parts.forEach((part, at) => {
    text += htmlOf(part) + texts[at + 1];
  });
  return { html: text };
}

function htmlOf(part: HtmlPart): string {
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(part);
  if ("html" in part) return part.html;
  return part.map((each) => each.html).join("\n");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for attributes in quotes. Control characters and marks that turn the writing round are shown as codes. */
export function escapeHtml(text: string): string {
  return harmless(text).replace(/[&<>"']/g, (character) => entities[character]);
}
