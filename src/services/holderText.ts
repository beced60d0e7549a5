import path from 'node:path';
import { type PortHolder, portHolder } from '../engine/attach/portHolder.ts';
import { excerpt } from '../engine/files/text/excerpt.ts';
import { claimant } from './portClaims.ts';

/** Who listens on a port, for a message: `Touchstone, for ~/other (process 12)`, `node (process 34)`, `another program`. */
export function holderText(port: number): string {
  const claimed = claimant(port);
  if (claimed) return `Touchstone, for ${excerpt(claimed.root, 200)} (process ${claimed.pid})`;

  const holder = portHolder(port);
  return holder === null ? 'another program' : `${nameOf(holder)} (process ${holder.pid})`;
}

/** The program, with the script that it runs where that says more. */
function nameOf({ command }: PortHolder): string {
  const [program = 'another program', script] = command;
  const name = path.basename(program);
  const isRunner = /^(node|python[\d.]*|ruby|bun|deno|java)$/.test(name);
  return excerpt(
    isRunner && script && !script.startsWith('-') ? `${name} ${path.basename(script)}` : name,
    60,
  );
}
