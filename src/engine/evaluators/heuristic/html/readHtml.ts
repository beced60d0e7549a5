import type { DefaultTreeAdapterTypes, ParserOptions } from 'parse5';
import type { HtmlElement } from './htmlElements.ts';

interface HtmlDocument {
  /** In the order of the document. */
  elements: HtmlElement[];
  /** Text directly in the body, whether the body was written or not. */
  textInBody: boolean;
}

/** Longer texts are not parsed. */
const MAX_LENGTH = 1_000_000;
/** Elements within each other, as in browsers. Each tag may look through all that are open. */
const MAX_DEPTH = 512;
class HtmlLimit extends Error {}

/**
 * The elements of a document, parsed by the rules of the HTML Standard; or why it cannot be read: parsing takes time
 * out of proportion for texts that are too deep.
 */
export async function readHtml(text: string): Promise<HtmlDocument | string> {
  if (text.length > MAX_LENGTH) return `it has more than ${MAX_LENGTH.toLocaleString('en-US')} characters`;

  const { parse, defaultTreeAdapter } = await import('parse5');
  let depth = 0;

  const options: ParserOptions<DefaultTreeAdapterTypes.DefaultTreeAdapterMap> = {
    sourceCodeLocationInfo: true,
    treeAdapter: {
      ...defaultTreeAdapter,
      // Attributes of a second <body> do not matter, and are compared with all of the first.
      adoptAttributes() {},
      onItemPush() {
        depth++;
        if (depth > MAX_DEPTH) throw new HtmlLimit(`its elements are nested more than ${MAX_DEPTH} deep`);
      },
      onItemPop() {
        depth--;
      },
    },
  };
  try {
    return collect(parse(text, options));
  } catch (error) {
    if (error instanceof HtmlLimit) return error.message;
    throw error;
  }
}

function collect(document: DefaultTreeAdapterTypes.Document): HtmlDocument {
  const elements: HtmlElement[] = [];
  let textInBody: boolean | undefined;
  const left: DefaultTreeAdapterTypes.ChildNode[] = [...document.childNodes].reverse();
  for (let node = left.pop(); node; node = left.pop()) {
    if (!('tagName' in node)) continue;
    elements.push({ tag: node.tagName.toLowerCase(), written: Boolean(node.sourceCodeLocation) });
    if (node.tagName === 'body') textInBody ??= node.childNodes.some(isText);
    for (let at = node.childNodes.length - 1; at >= 0; at--) {
      const child = node.childNodes[at];
      if (child) left.push(child);
    }
  }

  return { elements, textInBody: textInBody ?? false };
}

function isText(node: DefaultTreeAdapterTypes.ChildNode): boolean {
  return 'value' in node && node.value.trim() !== '';
}
