import { InvalidArgumentError } from 'commander';
import { formatCount } from '../../engine/model/figures.ts';

/** A text that another process takes as it stands. */
export function shortText(most: number): (text: string) => string {
  return (text) => {
    if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
    if (text.length <= most) return text;
    throw new InvalidArgumentError(`It must not have more than ${formatCount(most)} characters.`);
  };
}

/** Of a deployment, as its calls take it. */
export const deploymentName = shortText(200);
/** Why somebody does what the gate does not allow, or the version that is meant. */
export const reasonText = shortText(2_000);
