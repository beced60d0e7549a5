/** Parts of the sources of child programs in JavaScript; `writeSync` of `node:fs` is to be in scope. */

/**
 * `writeLine(descriptor, value)`: one value as one line of JSON, whole even where the reader is slow. `before` ends what
 * others may have begun to write there.
 */
export const WRITE_LINE = `
const writeLine = (descriptor, value, before = '') => {
  const bytes = Buffer.from(before + JSON.stringify(value) + '\\n');
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};
`;

/** `exportOf(url, name)`: what a module exports under a name, or as its default; CommonJS as it stands in its own module. */
export const EXPORT_OF = `
const exportOf = async (url, name) => {
  const module = await import(url);
  const main = module.default?.default ?? module.default ?? module;
  return name ? (module[name] ?? main[name]) : main;
};
`;
