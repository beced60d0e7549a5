import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { type ConfigReader, reportAt } from './configReader.ts';

interface NamedThing {
  /** e.g. `suite`. */
  what: string;
  name: string;
  /** Those that there are. */
  names: readonly string[];
  /** What to do where there are none. */
  remedy: string;
}

/** Reports a name that stands for nothing, with the one that was probably meant. */
export function reportUnknownName(
  reader: ConfigReader,
  at: Pointer,
  { what, name, names, remedy }: NamedThing,
): void {
  const guess = nearest(name, names)[0];
  const others = names.length === 0 ? remedy : `Use one of: ${names.join(', ')}.`;
  reportAt(reader, at, {
    code: `unknown-${what}`,
    message: `there is no ${what} "${name}"`,
    remedy: guess === undefined ? others : `Did you mean "${guess}"?`,
    meant: guess,
  });
}
