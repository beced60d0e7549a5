import type { Locator } from 'playwright-core';

/** The text below an element with that of its components and of what is put into their slots; one space apart, none before a comma or colon. */
export async function shownText(locator: Locator): Promise<string> {
  const text = await locator.evaluate((element) => {
    function* words(node: Node): Iterable<string> {
      if (node instanceof HTMLStyleElement || (node instanceof Element && node.closest('[hidden]'))) return;
      if (node instanceof Text) yield node.data;
      const children =
        node instanceof HTMLSlotElement && node.assignedNodes().length > 0
          ? node.assignedNodes()
          : ((node instanceof Element && node.shadowRoot) || node).childNodes;
      for (const child of children) yield* words(child);
    }
    return [...words(element)].join(' ');
  });
  return text
    .replace(/\s+/g, ' ')
    .replace(/ (?=[,:])/g, '')
    .trim();
}
