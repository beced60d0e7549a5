import { declarationEnd } from './xmlMarkup.ts';

/** What stands in an element: fields by name, several elements of one name, or null where there is only text. */
export type XmlValue = Map<string, XmlValue> | XmlValue[] | null;

interface OpenElement {
  name: string;
  fields: Map<string, XmlValue>;
}

const TEXT = '#text';
const ATTRIBUTE = /([^\s=]+)\s*(?:=\s*(?:"[^"]*"|'[^']*'))?/g;

/**
 * The elements of a text as fast-xml-parser 5 reads them, which promptfoo asks for required elements: attributes are
 * fields `@_name`, text beside them is `#text`, a name that occurs again makes a list. Forgiving: a closing tag closes
 * whatever is open. Undefined where a tag, comment or section has no end. Time is linear in the text.
 */
export function readXmlTree(text: string): Map<string, XmlValue> | undefined {
  const root: OpenElement = { name: '', fields: new Map() };
  const open: OpenElement[] = [root];
  const inner = (): OpenElement => open.at(-1) ?? root;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const plain = text.slice(at, next < 0 ? text.length : next);
    if (plain.trim() !== '' && open.length > 1) inner().fields.set(TEXT, null);
    if (next < 0) break;
    const end = readMarkup(text, next, open, inner());
    if (end === undefined) return undefined;
    at = end;
  }

  while (open.length > 1) close(open);
  return root.fields;
}

/** Whether the path leads to something: names, or places in a list counted from 0. */
export function hasPath(root: XmlValue, path: readonly string[]): boolean {
  let current: XmlValue | undefined = root;
  for (const key of path) {
    if (current === null || current === undefined) return false;
    if (!Array.isArray(current)) current = current.get(key);
    else if (/^(?:0|[1-9]\d*)$/.test(key)) current = current[Number(key)];
    else return false;
  }
  return current !== undefined;
}

/** Reads the markup that begins at `start`; the place after it, or undefined where it has no end. */
function readMarkup(
  text: string,
  start: number,
  open: OpenElement[],
  inner: OpenElement,
): number | undefined {
  if (text.startsWith('</', start)) {
    if (open.length > 1) close(open);
    return after(text, '>', start);
  }
  if (text.startsWith('<!--', start)) return after(text, '-->', start + 4);
  if (text.startsWith('<!D', start)) return declarationEnd(text, start) + 1;
  if (text.startsWith('<![', start)) {
    const end = after(text, ']]>', start);
    if (end !== undefined && end - 3 > start + 9) inner.fields.set(TEXT, null);
    return end;
  }

  const instruction = text[start + 1] === '?';
  const end = tagEnd(text, start + 1, instruction);
  if (end === undefined) return undefined;

  const { name, fields, closed } = readTag(text.slice(start + 1, end));
  if (instruction) addField(inner, name, fields.size === 0 ? null : fields);
  else {
    open.push({ name, fields });
    if (closed) close(open);
  }

  return end + (instruction ? 2 : 1);
}

function after(text: string, delimiter: string, from: number): number | undefined {
  const at = text.indexOf(delimiter, from);
  return at < 0 ? undefined : at + delimiter.length;
}

/** Where the tag ends, at `>` or `?>` outside quotes. */
function tagEnd(text: string, from: number, instruction: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") {
      at = text.indexOf(char, at + 1);
      if (at < 0) return undefined;
    } else if (instruction ? text.startsWith('?>', at) : char === '>') return at;
  }
  return undefined;
}

function readTag(written: string): { name: string; fields: Map<string, XmlValue>; closed: boolean } {
  const space = written.search(/\s/);
  const name = space < 0 ? written : written.slice(0, space);
  const rest = space < 0 ? '' : written.slice(space + 1).trimStart();
  const closed = (space < 0 ? name : rest).endsWith('/');
  const fields = new Map<string, XmlValue>();
  if (space < 0) return { name: closed ? name.slice(0, -1) : name, fields, closed };
  const attributes = closed ? rest.slice(0, -1) : rest;
  for (const [, attribute] of attributes.matchAll(ATTRIBUTE)) fields.set(`@_${attribute}`, null);
  return { name, fields, closed };
}

/** Closes the innermost element. One that holds nothing but text has no fields. */
function close(open: OpenElement[]): void {
  const element = open.pop();
  const parent = open.at(-1);
  if (!element || !parent) return;
  const { fields } = element;
  addField(
    parent,
    element.name,
    fields.size === 0 || (fields.size === 1 && fields.has(TEXT)) ? null : fields,
  );
}

function addField({ fields }: OpenElement, name: string, value: XmlValue): void {
  const known = fields.get(name);
  if (known === undefined) fields.set(name, value);
  else if (Array.isArray(known)) known.push(value);
  else fields.set(name, [known, value]);
}
