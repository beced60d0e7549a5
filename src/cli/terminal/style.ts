import type picocolors from 'picocolors';
import { createColors } from 'picocolors';

export type Style = ReturnType<typeof picocolors.createColors>;

/** Colours for a stream: none without a terminal or with NO_COLOR (https://no-color.org), forced by FORCE_COLOR. */
export function styleFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Style {
  if (environment.NO_COLOR) return createColors(false);
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return createColors(true);
  return createColors(stream.isTTY === true && environment.TERM !== 'dumb');
}
