/** An element of a well-formed document; `text` is its own character data, joined. */
export interface XmlElement {
  name: string;
  attributes: { [name: string]: string };
  children: XmlElement[];
  text: string;
}

const NAME = '[A-Za-z_:][A-Za-z0-9_:.-]*';
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const REFERENCE = /&(?:#(\d+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));/y;
const ENTITIES: { [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the part of XML 1.0 that a report may use: one root, elements, attributes, references; no DTD, comment
 * or CDATA. Throws for everything that is not well-formed, characters that XML forbids included.
 */
export function readXml(document: string): XmlElement {
  const bad = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(document);
  if (bad) throw new Error(`character ${bad[0].codePointAt(0)?.toString(16)} is forbidden`);
  const body = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '').trimEnd();
  if (body.length + 1 >= document.length) throw new Error('there is no XML declaration');
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  let at = 0;
  while (at < body.length) {
    const parent = open.at(-1) ?? top;
    if (body[at] !== '<') {
      const end = body.indexOf('<', at);
      const raw = body.slice(at, end === -1 ? undefined : end);
      if (raw.includes(']]>')) throw new Error(']]> stands in text');
      parent.text += decode(raw);
      at += raw.length;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(body);
    if (!tag) throw new Error(`no tag at ${at}: ${body.slice(at, at + 40)}`);
    at = TAG.lastIndex;
    const [, closing, name = '', attributes = '', empty] = tag;
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    const element = { name, attributes: readAttributes(attributes), children: [], text: '' };
    parent.children.push(element);
    if (!empty) open.push(element);
  }
  const [root] = top.children;
  if (open.length !== 1 || !root || top.children.length !== 1 || top.text.trim() !== '')
    throw new Error('the document does not have one whole root');
  return root;
}

function readAttributes(text: string): { [name: string]: string } {
  const found: { [name: string]: string } = {};
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(found, name)) throw new Error(`the attribute ${name} is given twice`);
    // XML 1.0, section 3.3.3: blanks in an attribute are normalised, references are not.
    found[name] = decode((double ?? single ?? '').replace(/[\t\n\r]/g, ' '));
  }
  return found;
}

function decode(raw: string): string {
  let text = '';
  let at = 0;
  for (;;) {
    const next = raw.indexOf('&', at);
    if (next === -1) return text + raw.slice(at).replace(/\r\n?/g, '\n');
    text += raw.slice(at, next).replace(/\r\n?/g, '\n');
    REFERENCE.lastIndex = next;
    const found = REFERENCE.exec(raw);
    if (!found) throw new Error(`a bare & stands at ${next}`);
    const [, decimal, hexadecimal, entity] = found;
    text += entity
      ? ENTITIES[entity]
      : String.fromCodePoint(Number.parseInt(decimal ?? hexadecimal ?? '', decimal ? 10 : 16));
    at = REFERENCE.lastIndex;
  }
}
