import { mentions } from '../template/mentions.ts';
import { TemplateFault } from '../template/templateUse.ts';
import { parseNunjucks } from './statementParser.ts';

/**
 * Whether a template reads a variable. A template that cannot be parsed reads every variable whose name occurs in it,
 * as in promptfoo.
 */
export function readsName(template: string, name: string): boolean {
  if (!mentions(template, name)) return false;
  try {
    return holdsName(parseNunjucks(template), name);
  } catch (error) {
    if (error instanceof TemplateFault) return true;
    throw error;
  }
}

/** Trees may be deep: a sum of ten thousand parts is. */
function holdsName(tree: unknown, name: string): boolean {
  const waiting = [tree];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('kind' in node && node.kind === 'name' && 'name' in node && node.name === name) return true;
    for (const item of Object.values(node)) waiting.push(item);
  }
  return false;
}
