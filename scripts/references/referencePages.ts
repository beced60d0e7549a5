import { cliReference } from './cliReference.ts';
import { configurationReference } from './configurationReference.ts';
import { datasetReference } from './datasetReference.ts';
import { deploymentStates } from './deploymentStates.ts';
import { evaluatorPage } from './evaluatorPage.ts';

/** The pages of docs/ that are generated from the code, each with its path from the root. */
export async function referencePages(): Promise<{ file: string; text: string }[]> {
  return [
    { file: 'docs/evaluators.md', text: evaluatorPage() },
    { file: 'docs/cli-reference.md', text: await cliReference() },
    { file: 'docs/configuration-reference.md', text: configurationReference() },
    { file: 'docs/dataset-reference.md', text: datasetReference() },
    { file: 'docs/deployment-states.md', text: deploymentStates() },
  ];
}
