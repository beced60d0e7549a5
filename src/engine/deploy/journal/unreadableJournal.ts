import { UserError } from '../../errors.ts';

/** There are entries, and none that this version understands. */
export class UnreadableJournal extends UserError {
  constructor(deployment: string) {
    super(
      `the journal of the deployment '${deployment}' is damaged, or was written by another version of Touchstone`,
      {
        remedy:
          'Use that version to end the deployment, or move .touchstone/deployments.db away and set the weights with: touchstone gateway weights',
      },
    );
  }
}
