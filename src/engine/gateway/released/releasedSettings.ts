import type { Message, ModelParameters } from '../../model/message.ts';
import { PARAMETERS } from '../../models/wire/parameterNames.ts';
import type { Release } from '../../releases/release.ts';
import { RequestRefusal } from './requestRefusal.ts';

/** Left out, they would change answers: the release was evaluated with them. */
export function refuseSettings(
  { name, parameters }: Release,
  unknown: readonly (keyof ModelParameters)[],
  api: string,
): void {
  const set = PARAMETERS.filter(([ours]) => unknown.includes(ours) && parameters[ours] !== undefined);
  if (set.length === 0) return;
  const names = set.map(([, theirs]) => theirs).join(', ');
  throw new RequestRefusal(`release/${name} sets ${names}, which ${api} does not have; use another API`);
}

export function contentText({ content }: Pick<Message, 'content'>): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
