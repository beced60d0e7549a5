import { createHash } from 'node:crypto';
import type { HtmlAssets } from './htmlAssets.ts';

/**
 * The start of a page that asks the network for nothing: program, style and data are in it, and its content
 * security policy forbids the rest. Data come in `dataBlock`s, before or behind `pageScript`.
 */
export function pageHead(title: string, element: string, { script, style }: HtmlAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${sha256(script)}'`,
    `style-src '${sha256(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This report needs JavaScript to be shown. It is all in this file; nothing is fetched.</noscript>
<${element}></${element}>
`;
}

export function pageScript({ script }: HtmlAssets): string {
  return `<script>${script}</script>\n`;
}

export const PAGE_END = '</body>\n</html>\n';

/** JSON that the browser keeps as text. Without `<` nothing in it can end the element or open a comment. */
export function dataBlock(names: { [name: string]: string }, json: string): string {
  const attributes = Object.entries(names).map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`);
  return `<script type="application/json"${attributes.join('')}>${json.replaceAll('<', '\\u003c')}</script>\n`;
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escapeHtml(text: string): string {
  const entities: { [character: string]: string } = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
