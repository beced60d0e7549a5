import type { Pointer } from '../../files/formats/document.ts';
import type { Role } from '../../model/message.ts';
import type { Fields } from './fields.ts';

/** Every name that the formats have for a role. */
const ROLES: { [name: string]: Role } = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** The role of that name, in any case; undefined for another word. */
export function findRole(name: string): Role | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(ROLES, key) ? ROLES[key] : undefined;
}

/** The role that a setting names. Throws PromptError where it is missing or unknown. */
export function readRole(fields: Fields, pointer: Pointer): Role {
  const name = fields.string(pointer);
  const role = name === undefined ? undefined : findRole(name);
  if (role !== undefined) return role;
  const what = name === undefined ? 'the message has no role' : `'${name}' is not a role`;
  throw fields.fail(pointer, what, 'Use system, developer, user, assistant or tool.');
}
