import { SaxesParser } from 'saxes';
import { xmlNameAt } from './xmlMarkup.ts';

const QUOTED = /^[ \t\r\n]+(?:"([^"]*)"|'([^']*)')/;
const PUBLIC_ID = /^[ \r\na-zA-Z0-9'()+,./:=?;!*#@$_%-]*$/;

/** Elements within each other. The parser looks through all that are open for the namespace of each. */
const MAX_DEPTH = 500;

type Reading = { status: 'well-formed' } | { status: 'broken' | 'too deep'; reason: string };

/**
 * Whether the text is a well-formed XML 1.0 document with namespaces. A DOCTYPE may name an external subset, which is
 * not read, and has no internal one.
 */
export function readXml(text: string): Reading {
  const parser = new SaxesParser({ xmlns: true });
  let standalone = false;
  let depth = 0;
  parser.on('xmldecl', (declaration) => {
    standalone = declaration.standalone === 'yes';
  });
  parser.on('doctype', (doctype) => {
    const { complaint, external } = readDoctype(doctype);
    if (complaint !== undefined) throw new Error(complaint);
    if (external && !standalone) allowUnknownEntities(parser);
  });
  parser.on('opentagstart', () => {
    depth++;
    if (depth > MAX_DEPTH) throw new Error(`its elements are nested more than ${MAX_DEPTH} deep`);
  });
  parser.on('closetag', () => {
    depth--;
  });

  try {
    parser.write(text).close();
    return { status: 'well-formed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: depth > MAX_DEPTH ? 'too deep' : 'broken', reason };
  }
}

/** `name`, `name SYSTEM "…"` or `name PUBLIC "…" "…"`. */
function readDoctype(doctype: string): { complaint?: string; external: boolean } {
  if (doctype.replace(/"[^"]*"|'[^']*'/g, '').includes('[')) {
    return { complaint: 'DTDs inside the document are not supported', external: false };
  }

  const malformed = { complaint: 'malformed DOCTYPE', external: false };
  const [space] = /^[ \t\r\n]*/.exec(doctype) ?? [''];
  const name = xmlNameAt(doctype, space.length);
  if (space === '' || name === undefined) return malformed;

  const rest = doctype.slice(space.length + name.length).replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '');
  if (rest === '') return { external: false };

  const [keyword, kind] = /^[ \t\r\n]+(SYSTEM|PUBLIC)/.exec(rest) ?? [];
  if (keyword === undefined) return malformed;

  let ids = rest.slice(keyword.length);
  if (kind === 'PUBLIC') {
    const found = QUOTED.exec(ids);
    if (!found || !PUBLIC_ID.test(found[1] ?? found[2] ?? '')) return malformed;
    ids = ids.slice(found[0].length);
  }

  const system = QUOTED.exec(ids);
  const wrong = !system || system[0].length !== ids.length || system[0].includes('#');

  return wrong ? malformed : { external: true };
}

/** An external subset may define entities of any name; they stay as they are written. */
function allowUnknownEntities(parser: SaxesParser): void {
  parser.ENTITIES = new Proxy(parser.ENTITIES, {
    get(known, name) {
      if (typeof name !== 'string' || Object.hasOwn(known, name)) return Reflect.get(known, name);
      return xmlNameAt(name, 0) === name ? `&${name};` : undefined;
    },
  });
}
